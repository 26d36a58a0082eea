"""A plan as an official document, in the order of the source plans: bases, purposes, contents, times, guests,
reports, who does what (S0, S2; domain: document_format)."""

from collections.abc import Iterator

from core.documents.figures_table import Align, Column, RowGroup, Table
from core.documents.form import Block, Bullet, Heading, Paragraph
from core.plans.content import Cadence, LegalBasis, Milestone, PlanContent, Relation
from core.plans.sentences import rule_words
from core.rotation.solving.facts import cadence_words


def plan_body(content: PlanContent) -> tuple[Block, ...]:
    """The text of the plan under its headings; parts it does not order are left out."""
    return (
        *(Paragraph(_basis(basis)) for basis in content.bases if basis.relation is not Relation.PREDECESSOR),
        *_aims(content),
        *_work(content),
        *_times(content),
        *_guests(content),
        *_duties(content),
    )


def _basis(basis: LegalBasis) -> str:
    day = f" ngày {basis.issued_on:%d/%m/%Y}" if basis.issued_on else ""
    return f"{basis.relation.opening} {basis.number}{day} của {basis.body} {basis.about}".rstrip() + ";"


def _aims(content: PlanContent) -> Iterator[Block]:
    if content.purposes or content.demands:
        yield Heading("Mục đích, yêu cầu")
    for title, texts in (("Mục đích", content.purposes), ("Yêu cầu", content.demands)):
        if texts:
            yield Heading(title, 2)
            yield from (Bullet(text) for text in texts)


def _work(content: PlanContent) -> Iterator[Block]:
    if content.contents or content.cadences or content.topics:
        yield Heading("Nội dung")
    for part in content.contents:
        yield Heading(part.title, 2)
        yield from (
            Bullet(step.title + (f" ({step.performer})" if step.performer else "")) for step in part.steps
        )
        if part.notes:
            yield Paragraph(f"Lưu ý: {part.notes}", italic=True)
    if content.cadences:
        yield Paragraph("Định kỳ dự sinh hoạt chi bộ khu dân cư và báo cáo kết quả như sau:")
        yield _cadences(content.cadences)
    if content.topics:
        yield Heading("Chuyên đề", 2)
        yield from (Bullet(topic.text) for topic in content.topics)


def _times(content: PlanContent) -> Iterator[Block]:
    if not content.milestones:
        return
    yield Heading("Thời gian thực hiện")
    titles = {one.code: one.title for one in content.selectors}
    rows = tuple(
        (one.title, titles.get(one.who, ""), milestone_words(one, content)) for one in content.milestones
    )
    columns = (Column("Nội dung công việc", 4), Column("Đơn vị thực hiện", 3), Column("Thời hạn", 4))
    yield Table(columns, (RowGroup(rows),))


def milestone_words(one: Milestone, content: PlanContent) -> str:
    """When the milestone is due, in words that hold for every unit."""
    return rule_words(
        one.due, one.meeting, {m.code: m.title for m in content.milestones}, content.rules.strict_before
    )


def _guests(content: PlanContent) -> Iterator[Block]:
    if not content.guests:
        return
    yield Heading("Thành phần mời")
    titles = {one.code: one.title for one in content.selectors}
    for rule in content.guests:
        who = titles.get(rule.who, rule.who)
        invited = "; ".join(one.text + (" (nếu có)" if one.if_any else "") for one in rule.invite)
        yield Bullet(f"{who}: mời{' thêm' if rule.adds else ''} {invited}.")


def _duties(content: PlanContent) -> Iterator[Block]:
    if not content.duties:
        return
    yield Heading("Tổ chức thực hiện")
    for duty in content.duties:
        yield Bullet(f"{duty.who}: {duty.text}" if duty.who else duty.text)


def _cadences(cadences: tuple[Cadence, ...]) -> Table:
    columns = (
        Column("Đối tượng", 3),
        Column("Định kỳ dự", 2, Align.CENTER),
        Column("Hạn báo cáo sau khi dự", 2, Align.CENTER),
        Column("Nơi nhận báo cáo", 3),
    )
    rows = tuple(
        (c.level_name, cadence_words(c.period_months, c.per_year), f"{c.report_days:02d} ngày", c.report_to)
        for c in cadences
    )
    return Table(columns, (RowGroup(rows),))
