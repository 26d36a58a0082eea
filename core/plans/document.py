"""A plan as an official document: bases, purposes, demands, cadences, duties."""

from core.documents.figures_table import Align, Column, RowGroup, Table
from core.documents.form import Block, Bullet, Heading, Paragraph
from core.plans.content import Cadence, LegalBasis, PlanContent


def plan_body(content: PlanContent) -> tuple[Block, ...]:
    """The text of the plan under its headings, as S4 orders it."""
    return (
        *(Paragraph(_basis(basis)) for basis in content.bases),
        Heading("Mục đích, yêu cầu"),
        Heading("Mục đích", 2),
        *(Bullet(text) for text in content.purposes),
        Heading("Yêu cầu", 2),
        *(Bullet(text) for text in content.demands),
        Heading("Nội dung"),
        Paragraph("Định kỳ dự sinh hoạt chi bộ khu dân cư và báo cáo kết quả như sau:"),
        _cadences(content.cadences),
        Heading("Tổ chức thực hiện"),
        *(Bullet(text) for text in content.duties),
        Bullet(f"Báo cáo tổng hợp hằng quý gửi cấp trên sau khi hết quý {content.report_due_days} ngày."),
    )


def _basis(basis: LegalBasis) -> str:
    return f"Căn cứ {basis.number} ngày {basis.issued_on:%d/%m/%Y} của {basis.body} {basis.about};"


def _cadences(cadences: tuple[Cadence, ...]) -> Table:
    columns = (
        Column("Đối tượng", 3),
        Column("Định kỳ dự", 2, Align.CENTER),
        Column("Hạn báo cáo sau khi dự", 2, Align.CENTER),
        Column("Nơi nhận báo cáo", 3),
    )
    rows = tuple(
        (c.level_name, period_words(c.period_months), f"{c.report_days:02d} ngày", c.report_to)
        for c in cadences
    )
    return Table(columns, (RowGroup(rows),))


def period_words(months: int) -> str:
    """As people say it: "hằng tháng", "hằng quý", "06 tháng một lần"."""
    names = {1: "hằng tháng", 3: "hằng quý", 12: "hằng năm"}
    return names.get(months, f"{months:02d} tháng một lần")
