"""The four rosters a tenant imports, as data (X04). docs/roster-files.md shows them to people."""

from typing import Final

from core.rosters.columns import Column, RosterKind
from core.rosters.parsers import (
    DAY,
    EMAIL,
    LOGIN,
    NAME,
    PERSON_CODE,
    PHONE,
    SLUG,
    UNIT_CODE,
    UNIT_CODES,
    YES_NO,
    choice_of,
    degrees,
    text_of,
    whole_number,
)
from tenants.codes import RANKS
from tenants.tree import UnitKind

UNIT_KINDS: Final = {
    "Đảng bộ": UnitKind.ORGANISATION,
    "Chi bộ": UnitKind.CELL,
    "Đảng bộ bộ phận": UnitKind.ORGANISATION,
}
SLOTS: Final = {"Sáng": "morning", "Chiều": "afternoon", "Tối": "evening"}
ROLES: Final = {
    "Bí thư": "secretary",
    "Phó Bí thư": "deputy_secretary",
    "Chi ủy viên": "cell_committee_member",
    "Đảng viên": "member",
    "Đảng ủy viên": "committee_member",
    "Cán bộ ban": "department_officer",
    "Thường trực cấp ủy": "standing_body",
    "Văn phòng đảng ủy cơ sở": "base_officer",
    "Quản trị": "tenant_admin",
}

UNITS: Final = RosterKind(
    "units",
    "Danh sách tổ chức đảng",
    (
        Column(
            "code",
            "Mã đơn vị",
            UNIT_CODE,
            "CB-001",
            "Mã riêng của đơn vị, không trùng trong toàn danh sách.",
            required=True,
            aliases=("Mã tổ chức đảng", "Mã chi bộ", "Mã"),
        ),
        Column(
            "name",
            "Tên đơn vị",
            text_of(200),
            "Chi bộ khu dân cư số 1",
            "Tên đầy đủ của tổ chức đảng.",
            required=True,
            aliases=("Tên tổ chức đảng", "Tên chi bộ", "Tên"),
        ),
        Column(
            "kind",
            "Loại",
            choice_of(UNIT_KINDS),
            "Chi bộ",
            "Đảng bộ, Chi bộ hoặc Đảng bộ bộ phận.",
            required=True,
            aliases=("Loại đơn vị", "Loại tổ chức"),
        ),
        Column(
            "parent",
            "Mã đơn vị cấp trên",
            UNIT_CODE,
            "DB-01",
            "Mã của đơn vị cấp trên trực tiếp, trong tệp hoặc đã có trên hệ thống; cao nhất thì để trống.",
            aliases=("Mã cấp trên", "Trực thuộc", "Mã đơn vị trực thuộc"),
        ),
        Column(
            "setting",
            "Loại hình chi bộ",
            text_of(100),
            "Khu dân cư",
            "Ví dụ: Khu dân cư, Cơ quan, Trường học, Trạm y tế, Doanh nghiệp, Lực lượng vũ trang.",
            aliases=("Loại hình",),
        ),
        Column(
            "special",
            "Mức đặc thù",
            whole_number(0, 3),
            "0",
            "Từ 0 (bình thường) đến 3 (địa bàn đặc thù, cần dự sinh hoạt nhiều nhất).",
            aliases=("Đặc thù",),
        ),
        Column(
            "meeting_day",
            "Ngày sinh hoạt",
            whole_number(1, 28),
            "3",
            "Ngày sinh hoạt thường kỳ trong tháng, từ 1 đến 28.",
            aliases=("Ngày sinh hoạt thường kỳ", "Ngày họp"),
        ),
        Column(
            "meeting_slot",
            "Buổi",
            choice_of(SLOTS),
            "Tối",
            "Sáng, Chiều hoặc Tối.",
            aliases=("Buổi sinh hoạt", "Buổi họp"),
        ),
        Column(
            "former_name",
            "Tên cũ trước 01/7/2025",
            text_of(200),
            "Chi bộ tổ dân phố 5",
            "Tên trước khi sắp xếp đơn vị hành chính, nếu có.",
            aliases=("Tên cũ", "Tên trước sắp xếp"),
        ),
        Column(
            "longitude",
            "Kinh độ",
            degrees(102, 118),
            "105.8342",
            "Kinh độ nơi sinh hoạt, độ thập phân, từ 102 đến 118.",
        ),
        Column(
            "latitude", "Vĩ độ", degrees(6, 24), "21.0278", "Vĩ độ nơi sinh hoạt, độ thập phân, từ 6 đến 24."
        ),
        Column(
            "block",
            "Khối",
            SLUG,
            "Nông thôn",
            "Khối của đơn vị khi chọn làm điểm, ví dụ: Nông thôn, Cơ quan, Trường học.",
            aliases=("Thuộc khối",),
        ),
        Column(
            "rank",
            "Cấp tổ chức",
            choice_of({label: code for code, label in RANKS.items()}),
            "Cấp xã",
            f"Chỉ điền cho đảng bộ: {', '.join(RANKS.values())}.",
            aliases=("Cấp của đảng bộ", "Cấp ủy"),
        ),
        Column(
            "members",
            "Số đảng viên",
            whole_number(0, 9999),
            "28",
            "Chỉ điền cho chi bộ: số đảng viên hiện có, từ 0 đến 9999.",
            aliases=("Tổng số đảng viên", "Số lượng đảng viên"),
        ),
        Column(
            "rounds_held",
            "Số lần đã tổ chức diễn đàn",
            whole_number(0, 99),
            "1",
            "Chỉ điền cho chi bộ: số lần đã tổ chức diễn đàn chi bộ, từ 0 đến 99.",
            aliases=("Số lần tổ chức diễn đàn", "Số lần diễn đàn"),
        ),
        Column(
            "visitors_wanted",
            "Số đồng chí dự cùng buổi",
            whole_number(1, 9),
            "1",
            "Chỉ điền cho chi bộ: bao nhiêu đồng chí có thể cùng dự một buổi, từ 1 đến 9; để trống là 1.",
            aliases=("Số đồng chí mỗi buổi",),
        ),
        Column(
            "visits_least",
            "Số lượt dự ít nhất một năm",
            whole_number(1, 99),
            "4",
            "Chỉ điền cho chi bộ: từ 1 đến 99; để trống thì chia đều trong đảng bộ.",
            aliases=("Số lượt dự tối thiểu",),
        ),
        Column(
            "visited_first",
            "Dự ngay tháng đầu",
            YES_NO,
            "Không",
            "Chỉ điền cho chi bộ: Có nếu cần đồng chí về dự ngay tháng đầu của lịch.",
            aliases=("Ưu tiên dự trước", "Dự trước"),
        ),
    ),
    key_columns=("code",),
)

_PERSON: Final = Column(
    "person",
    "Mã đảng viên",
    PERSON_CODE,
    "DV-00001",
    "Mã của đồng chí trong danh sách cán bộ, đảng viên.",
    required=True,
    aliases=("Mã cán bộ", "Số thẻ đảng viên", "Mã ĐV"),
)

PEOPLE: Final = RosterKind(
    "people",
    "Danh sách cán bộ, đảng viên và phân công",
    (
        _PERSON,
        Column(
            "full_name",
            "Họ và tên",
            NAME,
            "Trần Thị Ví Dụ",
            "Họ, tên đệm và tên.",
            required=True,
            aliases=("Họ tên", "Họ và tên đảng viên", "Tên đảng viên"),
        ),
        Column(
            "born_on",
            "Ngày sinh",
            DAY,
            "05/09/1980",
            "Ngày/tháng/năm; để trống nếu chưa rõ ngày, tháng.",
            aliases=("Ngày tháng năm sinh", "Sinh ngày"),
        ),
        Column(
            "phone",
            "Điện thoại",
            PHONE,
            "0912345678",
            "Số điện thoại để liên hệ và nhắc việc.",
            aliases=("Số điện thoại", "Di động", "SĐT"),
        ),
        Column(
            "email",
            "Thư điện tử",
            EMAIL,
            "vidu@example.com",
            "Địa chỉ thư để nhận thông báo.",
            aliases=("Email", "E-mail", "Hộp thư"),
        ),
        Column(
            "unit",
            "Mã đơn vị",
            UNIT_CODE,
            "CB-001",
            "Mã đơn vị nơi đồng chí giữ chức vụ này.",
            required=True,
            aliases=("Mã chi bộ", "Mã tổ chức đảng"),
        ),
        Column(
            "role",
            "Chức vụ",
            choice_of(ROLES),
            "Đảng viên",
            f"Một trong: {', '.join(ROLES)}. Đồng chí giữ nhiều chức vụ thì ghi nhiều dòng.",
            required=True,
            aliases=("Chức vụ đảng", "Chức danh"),
        ),
        Column(
            "login",
            "Tên đăng nhập",
            LOGIN,
            "tranthividu",
            "Điền khi cần tạo tài khoản; để trống nếu đồng chí không dùng hệ thống.",
            aliases=("Tài khoản",),
        ),
    ),
    key_columns=("person", "unit", "role"),
)

OFFICIALS: Final = RosterKind(
    "officials",
    "Cán bộ dự sinh hoạt",
    (
        _PERSON,
        Column(
            "level",
            "Cấp",
            text_of(40),
            "XA",
            "Mã cấp của cán bộ dự sinh hoạt, ví dụ XA, HUYEN, TINH.",
            required=True,
            aliases=("Mã cấp", "Cấp cán bộ"),
        ),
        Column(
            "own_cell",
            "Mã chi bộ sinh hoạt",
            UNIT_CODE,
            "CB-001",
            "Chi bộ nơi đồng chí là đảng viên; có được phân công dự chi bộ này hay không là theo cấp.",
            aliases=("Chi bộ sinh hoạt", "Mã chi bộ của cán bộ"),
        ),
        Column(
            "area",
            "Địa bàn phụ trách",
            UNIT_CODES,
            "DB-01; CB-105",
            "Mã các đơn vị phụ trách, cách nhau bằng dấu chấm phẩy; một đảng bộ gồm mọi chi bộ trực thuộc.",
            required=True,
            aliases=("Địa bàn", "Đơn vị phụ trách"),
        ),
    ),
    key_columns=("person",),
)

ABSENCES: Final = RosterKind(
    "absences",
    "Lịch bận",
    (
        _PERSON,
        Column(
            "starts_on",
            "Từ ngày",
            DAY,
            "01/03/2026",
            "Ngày bắt đầu vắng mặt.",
            required=True,
            aliases=("Ngày bắt đầu", "Từ"),
        ),
        Column(
            "ends_on",
            "Đến ngày",
            DAY,
            "07/03/2026",
            "Ngày cuối cùng vắng mặt.",
            required=True,
            aliases=("Ngày kết thúc", "Đến"),
        ),
        Column(
            "reason", "Lý do", text_of(200), "Đi công tác", "Lý do vắng, viết ngắn gọn.", aliases=("Ghi chú",)
        ),
    ),
    key_columns=("person", "starts_on", "ends_on"),
)

KINDS: Final = {kind.code: kind for kind in (UNITS, PEOPLE, OFFICIALS, ABSENCES)}
