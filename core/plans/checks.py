"""Everything wrong with a plan that can be seen without its units, at once, in Vietnamese (design: F03)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum

from core.plans.content import MONTHS_IN_PERIOD, Milestone, PilotQuota, PlanContent
from core.plans.deadlines import Ground, due_date
from core.plans.due import Anchor, DaysAfter, DaysBefore, Due, EachPeriod, Within, refers_to
from core.plans.graph import bases_of, circle
from core.plans.periods import Period
from core.plans.workdays import WorkCalendar


class Severity(StrEnum):
    """Whether a problem keeps the plan from being published."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {"error": "Lỗi", "warning": "Lưu ý"}[self.value]


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where in the plan (`milestones[2].due`), in words, and about which units."""

    path: str
    text: str
    severity: Severity = Severity.ERROR
    units: tuple[str, ...] = ()


def plan_problems(content: PlanContent) -> list[Problem]:
    """Every problem of the plan by itself; the units' are told by `coverage`."""
    checks: tuple[Callable[[PlanContent], Iterable[Problem]], ...] = (
        _said, _doubles, _references, _circles, _dates, _orders, _numbers, _cadences,
    )  # fmt: skip
    return [problem for check in checks for problem in check(content)]


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """That a word names nothing, with the nearest that would."""
    near = get_close_matches(word, list(known), 1, 0.5)
    return f"Không có {what} “{word}”" + (f"; có phải “{near[0]}”?" if near else ".")


def _said(content: PlanContent) -> Iterator[Problem]:
    if not content.subject.strip():
        yield Problem("subject", "Kế hoạch chưa có trích yếu nội dung.")
    if not content.signer.strip():
        yield Problem("signer", "Kế hoạch chưa ghi người ký.")
    if not content.milestones and not content.cadences:
        yield Problem(
            "milestones", "Kế hoạch chưa giao việc nào: chưa có mốc thời gian hay định kỳ dự sinh hoạt."
        )
    if content.starts_on and content.ends_on and content.ends_on < content.starts_on:
        yield Problem("ends_on", "Ngày kết thúc trước ngày bắt đầu.")
    if content.issuer.kind == "department" and content.authority.upper().startswith("T/M"):
        yield Problem("authority", "Văn bản của ban do trưởng ban ký, không ghi “T/M”.", Severity.WARNING)


def _doubles(content: PlanContent) -> Iterator[Problem]:
    for name in ("selectors", "milestones", "guests", "pilots", "gates", "routes", "contents", "topics"):
        codes = Counter(item.code for item in getattr(content, name))
        for code in sorted(code for code, count in codes.items() if count > 1):
            yield Problem(name, f"Mã “{code}” được dùng {codes[code]} lần; mỗi mã chỉ dùng một lần.")


def _references(content: PlanContent) -> Iterator[Problem]:
    selectors = [one.code for one in content.selectors]
    milestones = [one.code for one in content.milestones]
    contents = [one.code for one in content.contents]
    for path, word, known, what in _mentions(content, selectors, milestones, contents):
        if word and word not in known:
            yield Problem(path, unknown(word, known, what))


Mention = tuple[str, str, list[str], str]


def _mentions(
    content: PlanContent, selectors: list[str], milestones: list[str], contents: list[str]
) -> Iterator[Mention]:
    group, mark, part = "nhóm đối tượng", "mốc", "nội dung"
    for name in ("milestones", "guests", "routes", "contents", "prompts"):
        for number, item in enumerate(getattr(content, name)):
            yield f"{name}[{number}].who", item.who, selectors, group
    for number, quota in enumerate(content.pilots):
        yield f"pilots[{number}].among", quota.among, selectors, group
    for number, selector in enumerate(content.selectors):
        for word in selector.names:
            yield f"selectors[{number}]", word, selectors, group
    for number, one in enumerate(content.milestones):
        for word in (*one.after, refers_to(one.due), refers_to(one.opens)):
            yield f"milestones[{number}]", word, milestones, mark
        for word in (*one.contents, one.emphasis):
            yield f"milestones[{number}].contents", word, contents, part
    for number, gate in enumerate(content.gates):
        for word in (gate.holds_back, *gate.until):
            yield f"gates[{number}]", word, milestones, mark


def _circles(content: PlanContent) -> Iterator[Problem]:
    rings = (
        (
            "selectors",
            "Nhóm đối tượng nhắc đến nhau thành vòng",
            {s.code: s.names for s in content.selectors},
        ),
        ("milestones", "Hạn tính theo nhau thành vòng", bases_of(content.milestones)),
        ("milestones", "Thứ tự các mốc thành vòng", {m.code: m.after for m in content.milestones}),
        ("gates", "Các điều kiện chờ nhau thành vòng", _waits(content)),
    )
    for path, words, needs in rings:
        if found := circle(needs):
            yield Problem(path, f"{words}: {' → '.join(found)}.")


def _waits(content: PlanContent) -> dict[str, tuple[str, ...]]:
    waits: dict[str, tuple[str, ...]] = {one.code: () for one in content.milestones}
    for gate in content.gates:
        waits[gate.holds_back] = (*waits.get(gate.holds_back, ()), *gate.until)
    return waits


def _dates(content: PlanContent) -> Iterator[Problem]:
    for number, one in enumerate(content.milestones):
        path = f"milestones[{number}]"
        yield from _due_problems(f"{path}.due", one.due, one)
        if one.opens is not None:
            yield from _due_problems(f"{path}.opens", one.opens, one)
            opens, due = fixed(one.opens, content, start=True), fixed(one.due, content)
            if opens and due and due < opens:
                yield Problem(path, f"“{one.title}”: hạn {due:%d/%m/%Y} trước ngày bắt đầu {opens:%d/%m/%Y}.")


def _due_problems(path: str, due: Due, milestone: Milestone) -> Iterator[Problem]:
    title = milestone.title
    if isinstance(due, Within):
        yield from _window_problems(path, due, title)
    if isinstance(due, DaysBefore | DaysAfter):
        if due.of is Anchor.MILESTONE and not due.milestone:
            yield Problem(path, f"“{title}”: hạn tính theo mốc khác nhưng chưa nêu mốc nào.")
        needs_kind = due.of in (Anchor.MEETING, Anchor.CONCLUSION)
        if needs_kind and (due.meeting or milestone.meeting) is None:
            yield Problem(path, f"“{title}”: hạn tính theo buổi sinh hoạt nhưng chưa nêu loại sinh hoạt.")


def _window_problems(path: str, due: Within, title: str) -> Iterator[Problem]:
    ends = [end for end in (due.period, due.last, due.before) if end]
    if len(ends) != 1:
        yield Problem(path, f"“{title}”: nêu đúng một trong “trong kỳ”, “đến ngày”, “trước ngày”.")
    last = due.last or due.before
    if due.first and last and last < due.first:
        yield Problem(path, f"“{title}”: thời gian kết thúc {last:%d/%m/%Y} trước ngày bắt đầu.")
    if due.period:
        try:
            Period.parse(due.period)
        except ValueError as error:
            yield Problem(path, str(error))


def fixed(due: Due | None, content: PlanContent, start: bool = False) -> date | None:
    """The due day (or the window's first) where it is the same for every unit; None where it is each one's own."""
    if due is None or isinstance(due, DaysBefore | DaysAfter | EachPeriod):
        return None
    ground = Ground(WorkCalendar(), content.rules.strict_before)
    try:
        found = due_date(due, ground)
    except ValueError:
        return None
    return (found.opens_on or found.due_on) if start else found.due_on


def _orders(content: PlanContent) -> Iterator[Problem]:
    known = {one.code: one for one in content.milestones}
    for number, one in enumerate(content.milestones):
        for earlier in (known[code] for code in one.after if code in known):
            first, then = fixed(earlier.due, content), fixed(one.due, content)
            if first and then and then < first:
                yield Problem(
                    f"milestones[{number}].after",
                    f"“{one.title}” (hạn {then:%d/%m/%Y}) phải sau “{earlier.title}” (hạn {first:%d/%m/%Y}).",
                )


def _numbers(content: PlanContent) -> Iterator[Problem]:
    for number, quota in enumerate(content.pilots):
        yield from (Problem(f"pilots[{number}]", f"Làm điểm: {text}") for text in _quota_problems(quota))
    for number, selector in enumerate(content.selectors):
        for span in (selector.members, selector.rounds_held, selector.special):
            if span and span.least is not None and span.most is not None and span.most < span.least:
                text = f"“{selector.title}”: từ {span.least} đến {span.most} là khoảng rỗng."
                yield Problem(f"selectors[{number}]", text)
    for number, one in enumerate(content.milestones):
        if one.topics > len(content.topics):
            text = f"“{one.title}”: phải chọn {one.topics} chuyên đề, kế hoạch chỉ có {len(content.topics)}."
            yield Problem(f"milestones[{number}].topics", text)


def _quota_problems(quota: PilotQuota) -> Iterator[str]:
    if quota.most is None:
        return
    if quota.most < quota.least:
        yield f"nhiều nhất {quota.most} lại nhỏ hơn ít nhất {quota.least}."
    if quota.most < len(quota.meetings):
        yield f"{len(quota.meetings)} loại sinh hoạt nhưng chỉ chọn {quota.most} chi bộ."
    if quota.most < len(quota.named):
        yield f"nêu tên {len(quota.named)} đơn vị, nhiều nhất {quota.most}."


def _cadences(content: PlanContent) -> Iterator[Problem]:
    codes = Counter(cadence.level_code for cadence in content.cadences)
    for code in sorted(code for code, count in codes.items() if count > 1):
        yield Problem("cadences", f"Cấp “{code}” được nêu {codes[code]} lần.")
    for number, one in enumerate(content.cadences):
        path = f"cadences[{number}]"
        if one.period_months not in MONTHS_IN_PERIOD:
            yield Problem(path, f"{one.level_name}: chu kỳ phải là 1, 2, 3, 4, 6 hoặc 12 tháng.")
        if not 1 <= one.report_days <= 60:
            yield Problem(path, f"{one.level_name}: hạn báo cáo phải từ 1 đến 60 ngày sau khi dự.")
