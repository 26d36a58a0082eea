"""A plan's days by themselves: deadlines that make sense, in an order that can hold (domain: rules)."""

from collections.abc import Iterator
from datetime import date

from core.plans.content import Milestone, PlanContent
from core.plans.deadlines import Ground, due_date
from core.plans.due import Anchor, DaysAfter, DaysBefore, Due, EachPeriod, Within
from core.plans.graph import sequence
from core.plans.problems import Problem, Severity
from core.plans.workdays import WorkCalendar


def dates(content: PlanContent) -> Iterator[Problem]:
    """Deadlines that say too little, too much, or end before they begin."""
    recurring = {one.code for one in content.milestones if isinstance(one.due, EachPeriod)}
    for number, one in enumerate(content.milestones):
        path = f"milestones[{number}]"
        for name, due in (("due", one.due), ("opens", one.opens)):
            for text in _due_problems(due, one, recurring):
                yield Problem(f"{path}.{name}", f"“{one.title}”: {text}")
        opens, last = fixed(one.opens, content, start=True), fixed(one.due, content)
        if opens and last and last < opens:
            text = f"“{one.title}”: hạn {last:%d/%m/%Y} trước ngày bắt đầu {opens:%d/%m/%Y}."
            yield Problem(f"{path}.opens", text)
        if last and content.ends_on and last > content.ends_on:
            text = f"“{one.title}”: hạn {last:%d/%m/%Y} sau ngày kết thúc {content.ends_on:%d/%m/%Y}."
            yield Problem(f"{path}.due", text, Severity.WARNING)


def _due_problems(due: Due | None, milestone: Milestone, recurring: set[str]) -> Iterator[str]:
    if isinstance(due, Within):
        yield from _window_problems(due)
    if isinstance(due, DaysBefore | DaysAfter):
        yield from _relative_problems(due, milestone, recurring)
    if isinstance(due, EachPeriod) and not isinstance(milestone.due, EachPeriod):
        yield "chỉ việc lặp lại theo kỳ mới bắt đầu theo kỳ."


def _window_problems(due: Within) -> Iterator[str]:
    if sum(end is not None and end != "" for end in (due.period, due.last, due.before)) != 1:
        yield "nêu đúng một trong “trong kỳ”, “đến ngày”, “trước ngày”."
    if due.period and due.first:
        yield "đã nêu “trong kỳ” thì không nêu “từ ngày”."
    last = due.last or due.before
    if due.first and last and last < due.first:
        yield f"thời gian kết thúc {last:%d/%m/%Y} trước ngày bắt đầu."


def _relative_problems(
    due: DaysBefore | DaysAfter, milestone: Milestone, recurring: set[str]
) -> Iterator[str]:
    if due.of is Anchor.MILESTONE and not due.milestone:
        yield "hạn tính theo mốc khác nhưng chưa nêu mốc nào."
    if due.of is Anchor.MILESTONE and due.milestone in recurring:
        yield f"hạn tính theo mốc “{due.milestone}” lặp lại theo kỳ, không rõ kỳ nào."
    if due.of is not Anchor.MILESTONE and due.milestone:
        yield f"nêu mốc “{due.milestone}” nhưng hạn không tính theo mốc khác (of: milestone)."
    if due.of in (Anchor.MEETING, Anchor.CONCLUSION) and (due.meeting or milestone.meeting) is None:
        yield "hạn tính theo buổi sinh hoạt nhưng chưa nêu loại sinh hoạt."


def fixed(due: Due | None, content: PlanContent, start: bool = False) -> date | None:
    """The due day (or the window's first) where it is the same for every unit; None where it is each one's
    own."""
    if due is None or isinstance(due, DaysBefore | DaysAfter | EachPeriod):
        return None
    found = due_date(due, Ground(WorkCalendar(), content.rules.strict_before))
    return (found.opens_on or found.due_on) if start else found.due_on


def orders(content: PlanContent) -> Iterator[Problem]:
    """What must come later and is due earlier; where days are each unit's own, `coverage` tells."""
    places = {one.code: number for number, one in enumerate(content.milestones)}
    for before, after, gate in sequence(content):
        if before not in places or after not in places:
            continue
        earlier, one = content.milestones[places[before]], content.milestones[places[after]]
        first, then = fixed(earlier.due, content), fixed(one.due, content)
        if first and then and then < first:
            text = f"“{one.title}” (hạn {then:%d/%m/%Y}) phải sau “{earlier.title}” (hạn {first:%d/%m/%Y})."
            severity = Severity.ERROR if gate is None or gate.blocks else Severity.WARNING
            yield Problem(f"milestones[{places[after]}].after", text, severity)
