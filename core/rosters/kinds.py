"""The four rosters a tenant imports, as data (X04). docs/roster-files.md shows them to people."""

import re
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from core.rosters.columns import CellError, Column, Parser, RosterKind
from tenants.tree import CODE, UnitKind
from tenants.vietnamese import fold, nfc

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

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_PHONE = re.compile(r"0[0-9]{9,10}")
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EARLIEST, _LATEST = 1900, 2100


def suggestion(text: str, names: tuple[str, ...]) -> str:
    """A question, "Có phải là “…”?", after the nearest of the names; nothing when none is near."""
    near = _nearest(fold(text)[:100], names)
    return f" Có phải là “{near}”?" if near else ""


@lru_cache(maxsize=4096)
def _nearest(folded: str, names: tuple[str, ...]) -> str | None:
    by_fold = {fold(name): name for name in names}
    near = get_close_matches(folded, by_fold, n=1, cutoff=0.5)
    return by_fold[near[0]] if near else None


def _words(cell: str) -> str:
    return " ".join(nfc(cell).split())


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _text(longest: int) -> Parser:
    def read(cell: str) -> str:
        words = _words(cell)
        if len(words) > longest:
            raise CellError(f"dài quá {longest} ký tự; đề nghị viết gọn lại.")
        return words

    return Parser(read)


def _read_name(cell: str) -> str:
    words = _words(cell)
    if len(words) > 100 or not any(map(str.isalpha, words)):
        raise CellError(f"“{_shortened(words)}” không phải là họ và tên; đề nghị ghi đủ họ, tên đệm và tên.")
    return words


def _code(pattern: re.Pattern[str], allowed: str) -> Parser:
    def read(cell: str) -> str:
        code = nfc(cell).strip().upper()
        if not pattern.fullmatch(code):
            raise CellError(
                f"“{_shortened(code)}” không hợp lệ; mã viết liền, tối đa 40 ký tự, chỉ gồm {allowed}."
            )
        return code

    return Parser(read)


def _choice(values: Mapping[str, str]) -> Parser:
    by_fold = {fold(label): value for label, value in values.items()}
    labels = {value: label for label, value in reversed(list(values.items()))}

    def read(cell: str) -> str:
        value = by_fold.get(fold(cell))
        if value is None:
            hint = suggestion(cell, tuple(values)) or f" Chọn một trong: {', '.join(values)}."
            raise CellError(f"“{_shortened(_words(cell))}” không có trong danh mục.{hint}")
        return value

    return Parser(read, labels.__getitem__)


def _whole(low: int, high: int) -> Parser:
    def read(cell: str) -> int:
        text = cell.strip()
        if not re.fullmatch("[0-9]{1,4}", text) or not low <= int(text) <= high:
            raise CellError(f"“{_shortened(text)}” không hợp lệ; ghi số nguyên từ {low} đến {high}.")
        return int(text)

    return Parser(read)


def _degrees(low: int, high: int) -> Parser:
    def read(cell: str) -> float:
        text = cell.strip().replace(",", ".")
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,20})?", text) or not low <= float(text) <= high:
            raise CellError(f"“{_shortened(text)}” không hợp lệ; ghi độ thập phân từ {low} đến {high}.")
        return float(text)

    return Parser(read)


def _read_day(cell: str) -> date:
    text = cell.strip()
    year, month, day = _day_parts(text)
    try:
        if _EARLIEST <= year <= _LATEST:
            return date(year, month, day)
    except ValueError:
        pass
    raise CellError(f"“{_shortened(text)}” không phải là ngày; ghi ngày/tháng/năm, ví dụ 05/09/1980.")


def _day_parts(text: str) -> tuple[int, int, int]:
    if found := _DAY.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _ISO_DAY.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    return 0, 0, 0


def _read_phone(cell: str) -> str:
    digits = re.sub(r"[\s.()-]", "", cell)
    digits = re.sub(r"^(?:\+84|84(?=[0-9]{9}$))", "0", digits)
    if re.fullmatch("[35789][0-9]{8}", digits):
        digits = f"0{digits}"
    if not _PHONE.fullmatch(digits):
        raise CellError(f"“{_shortened(cell.strip())}” không hợp lệ; ghi 10 chữ số, ví dụ 0912345678.")
    return digits


def _read_email(cell: str) -> str:
    address = cell.strip()
    if not _EMAIL.fullmatch(address):
        raise CellError(f"“{_shortened(address)}” không hợp lệ; ghi dạng ten@example.com.")
    return address.lower()


def _read_login(cell: str) -> str:
    login = cell.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise CellError(
            f"“{_shortened(login)}” không hợp lệ; dùng 3 đến 40 chữ không dấu, chữ số, dấu chấm, gạch nối."
        )
    return login


def _read_units(cell: str) -> tuple[str, ...]:
    codes = dict.fromkeys(UNIT_CODE.read(part) for part in re.split(r"[;,\n]", cell) if part.strip())
    if not codes:
        raise CellError("chưa có mã đơn vị nào; ghi một hoặc nhiều mã, cách nhau bằng dấu chấm phẩy.")
    return tuple(codes)


UNIT_CODE: Final = _code(CODE, "chữ không dấu, chữ số, dấu chấm, gạch nối")
PERSON_CODE: Final = _code(re.compile(r"\w[\w./-]{0,39}"), "chữ, chữ số, dấu chấm, gạch nối, gạch chéo")
DAY: Final = Parser(_read_day, lambda day: f"{day:%d/%m/%Y}")

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
            _text(200),
            "Chi bộ khu dân cư số 1",
            "Tên đầy đủ của tổ chức đảng.",
            required=True,
            aliases=("Tên tổ chức đảng", "Tên chi bộ", "Tên"),
        ),
        Column(
            "kind",
            "Loại",
            _choice(UNIT_KINDS),
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
            _text(100),
            "Khu dân cư",
            "Ví dụ: Khu dân cư, Cơ quan, Trường học, Trạm y tế, Doanh nghiệp, Lực lượng vũ trang.",
            aliases=("Loại hình",),
        ),
        Column(
            "special",
            "Mức đặc thù",
            _whole(0, 3),
            "0",
            "Từ 0 (bình thường) đến 3 (địa bàn đặc thù, cần dự sinh hoạt nhiều nhất).",
            aliases=("Đặc thù",),
        ),
        Column(
            "meeting_day",
            "Ngày sinh hoạt",
            _whole(1, 28),
            "3",
            "Ngày sinh hoạt thường kỳ trong tháng, từ 1 đến 28.",
            aliases=("Ngày sinh hoạt thường kỳ", "Ngày họp"),
        ),
        Column(
            "meeting_slot",
            "Buổi",
            _choice(SLOTS),
            "Tối",
            "Sáng, Chiều hoặc Tối.",
            aliases=("Buổi sinh hoạt", "Buổi họp"),
        ),
        Column(
            "former_name",
            "Tên cũ trước 01/7/2025",
            _text(200),
            "Chi bộ tổ dân phố 5",
            "Tên trước khi sắp xếp đơn vị hành chính, nếu có.",
            aliases=("Tên cũ", "Tên trước sắp xếp"),
        ),
        Column(
            "longitude",
            "Kinh độ",
            _degrees(102, 118),
            "105.8342",
            "Kinh độ nơi sinh hoạt, độ thập phân, từ 102 đến 118.",
        ),
        Column(
            "latitude", "Vĩ độ", _degrees(6, 24), "21.0278", "Vĩ độ nơi sinh hoạt, độ thập phân, từ 6 đến 24."
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
            Parser(_read_name),
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
            Parser(_read_phone),
            "0912345678",
            "Số điện thoại để liên hệ và nhắc việc.",
            aliases=("Số điện thoại", "Di động", "SĐT"),
        ),
        Column(
            "email",
            "Thư điện tử",
            Parser(_read_email),
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
            _choice(ROLES),
            "Đảng viên",
            f"Một trong: {', '.join(ROLES)}. Đồng chí giữ nhiều chức vụ thì ghi nhiều dòng.",
            required=True,
            aliases=("Chức vụ đảng", "Chức danh"),
        ),
        Column(
            "login",
            "Tên đăng nhập",
            Parser(_read_login),
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
            _text(40),
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
            "Chi bộ nơi đồng chí là đảng viên; đồng chí không được phân công dự chi bộ này.",
            aliases=("Chi bộ sinh hoạt", "Mã chi bộ của cán bộ"),
        ),
        Column(
            "area",
            "Địa bàn phụ trách",
            Parser(_read_units, "; ".join),
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
            "reason", "Lý do", _text(200), "Đi công tác", "Lý do vắng, viết ngắn gọn.", aliases=("Ghi chú",)
        ),
    ),
    key_columns=("person", "starts_on", "ends_on"),
)

KINDS: Final = {kind.code: kind for kind in (UNITS, PEOPLE, OFFICIALS, ABSENCES)}
