"""The province's plan of the demonstration: what the source plan S4 orders, "
"signed by an invented person."""

from datetime import date

from core.plans.content import Action, Cadence, LegalBasis, Milestone, PlanContent, Responsibility
from core.plans.due import EachPeriod
from core.plans.periods import Cycle
from core.plans.selectors import Selector


def province_plan(year: int, province: str) -> PlanContent:
    """The plan of a year (S4-01 to S4-19); `province` is its name."""
    return PlanContent(
        subject="cấp ủy viên dự sinh hoạt với chi bộ khu dân cư; đảng viên công tác tại xã, phường, "
        f"thị trấn sinh hoạt Đảng tại chi bộ khu dân cư năm {year}",
        year=year,
        bases=(
            LegalBasis(
                "Nghị quyết số 26-NQ/TW",
                "Ban Chấp hành Trung ương Đảng khóa XII",
                date(2018, 5, 19),
                "về tập trung xây dựng đội ngũ cán bộ các cấp, nhất là cấp chiến lược, đủ phẩm "
                "chất, năng lực và "
                "uy tín, ngang tầm nhiệm vụ",
            ),
        ),
        purposes=(
            "Nâng cao nhận thức, trách nhiệm của các cấp ủy, tổ chức đảng, người đứng đầu, "
            "cấp ủy viên và đảng "
            "viên về vị trí, tầm quan trọng của sinh hoạt chi bộ khu dân cư.",
            "Giúp cấp ủy viên cấp trên cơ sở nắm chắc tình hình địa bàn, tâm tư, nguyện vọng "
            "của đảng viên và "
            "nhân dân; giúp chi bộ định hướng tư tưởng, dư luận.",
        ),
        demands=(
            "100 % cấp ủy viên cấp trên cơ sở và đảng viên đang công tác tại xã, phường, thị "
            "trấn dự sinh hoạt "
            "với chi bộ khu dân cư; đây là điều kiện xem xét đánh giá, phân loại, đề nghị khen thưởng.",
            "Luân phiên địa bàn, ưu tiên địa bàn đặc thù, phức tạp trước và nhiều hơn.",
        ),
        duties=tuple(
            Responsibility("", text)
            for text in (
                "Đảng ủy cơ sở lập kế hoạch phân công, theo dõi, tổng hợp kết quả hằng tháng.",
                "Thường trực cấp ủy chỉ đạo ban tổ chức lập lịch, đánh giá chất lượng tham gia "
                "của từng đồng chí.",
                "Kiến nghị, bức xúc, nổi cộm ở cơ sở được ghi nhận, chuyển cấp có thẩm quyền và trả lời.",
            )
        ),
        cadences=(
            Cadence("XA", "Cán bộ cấp xã", 1, 1, "Đảng ủy cơ sở", "mục II.1, III.2"),
            Cadence("HUYEN", "Cấp ủy viên cấp huyện", 3, 3, "Thường trực cấp ủy cùng cấp", "mục II.1, III.1"),
            Cadence("TINH", "Cấp ủy viên cấp tỉnh", 6, 3, "Thường trực Tỉnh ủy", "mục II.1, III.1"),
        ),
        selectors=(Selector("root", "Đơn vị ban hành", root=True),),
        milestones=(
            Milestone(
                "bao_cao_quy",
                "Báo cáo tổng hợp quý",
                Action.CONSOLIDATE,
                "root",
                EachPeriod(Cycle.QUARTER, days_after=10),
            ),
        ),
        starts_on=date(year, 1, 1),
        ends_on=date(year, 12, 31),
        recipients=(
            "Ban Tổ chức Trung ương (để b/c)",
            "Ủy viên Ban Chấp hành Đảng bộ tỉnh",
            "Các đảng ủy trực thuộc",
            f"Lưu Văn phòng Tỉnh ủy {province.removeprefix('Tỉnh ')}",
        ),
        authority="T/M Ban Thường vụ",
        signer_title="Phó Bí thư Thường trực",
        signer="Đoàn Thị Mai Lan",
    )
