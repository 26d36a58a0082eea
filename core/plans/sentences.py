"""A due date in one Vietnamese sentence with its clause, so that nobody has to believe it (F04, X11)."""

from collections.abc import Mapping
from datetime import date

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import DueDate
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, Due, EachPeriod, Undated, Within
from core.plans.periods import Period

NOTHING: Mapping[str, str] = {}


def day_text(day: date) -> str:
    """As documents write it: "05/9/2022", days under 10 and months 1 and 2 with a zero."""
    return f"{day:%d/%m/%Y}" if day.month < 3 else f"{day:%d}/{day.month}/{day.year}"


def cited(clause: str) -> str:
    """How a sentence ends: ", theo mục II.7"; empty without a clause."""
    words = clause.strip()
    if not words:
        return ""
    said = words[0].lower() + words[1:]
    return f", theo {said if said.startswith(('mục', 'khoản', 'điểm', 'điều', 'phần')) else f'mục {words}'}"


def sentence(
    rule: Due,
    found: DueDate,
    clause: str = "",
    meeting: MeetingKind | None = None,
    titles: Mapping[str, str] = NOTHING,
    period: str = "",
    working: bool = False,
) -> str:
    """Why the due day is what it is. `titles` name milestones by code; `meeting`, `period` as for `due_date`;
    `working` where the whole plan counts working days."""
    said = _said(rule, found, meeting, titles, period, working)
    return f"{said[:1].upper()}{said[1:]}{cited(clause)}."


def _said(
    rule: Due,
    found: DueDate,
    meeting: MeetingKind | None,
    titles: Mapping[str, str],
    period: str,
    working: bool,
) -> str:
    match rule:
        case BeforeDate():
            return _before(rule.date, found)
        case ByDate():
            return f"chậm nhất hết ngày {day_text(rule.date)}"
        case Within():
            return _window(rule, found)
        case EachPeriod():
            return _each(rule, period, found, working)
        case DaysBefore() | DaysAfter():
            return _relative(rule, found, meeting, titles, working)
        case Undated():
            return f"{rule.when}; kế hoạch không ấn định ngày" if rule.when else "kế hoạch không ấn định ngày"


def _latest(found: DueDate) -> str:
    return f"chậm nhất hết ngày {day_text(found.due_on)}" if found.due_on else "chưa xác định được hạn"


def _before(day: date, found: DueDate) -> str:
    counts = "tính cả ngày này" if found.due_on == day else "không tính ngày này"
    return f"trước ngày {day_text(day)} ({counts}), {_latest(found)}"


def _window(rule: Within, found: DueDate) -> str:
    if rule.period:
        return f"trong {Period.parse(rule.period).label}, {_latest(found)}"
    start = f"từ ngày {day_text(rule.first)}, " if rule.first else ""
    return start + (_before(rule.before, found) if rule.before else _latest(found))


def _each(rule: EachPeriod, period: str, found: DueDate, working: bool) -> str:
    often = f"mỗi {rule.period.noun} ít nhất {rule.times:02d} lần"
    if not period:
        return often
    label = Period.parse(period).label
    if not rule.days_after:
        return f"{often}; {label}: {_latest(found)}"
    after = f"{_count(rule.days_after, working or rule.working)} sau khi hết {label}, {_latest(found)}"
    return after if rule.times == 1 else f"{often}; {after}"


def _relative(
    rule: DaysBefore | DaysAfter,
    found: DueDate,
    meeting: MeetingKind | None,
    titles: Mapping[str, str],
    working: bool,
) -> str:
    start = _distance(rule, meeting, titles, working)
    if found.base_on is None:
        return f"{start}; {_WAITING[rule.of]} nên chưa xác định được hạn"
    return f"{start} ({day_text(found.base_on)}), {_latest(found)}"


def _distance(
    rule: DaysBefore | DaysAfter, meeting: MeetingKind | None, titles: Mapping[str, str], working: bool
) -> str:
    side = "trước" if isinstance(rule, DaysBefore) else "sau"
    what = _what(rule, rule.meeting or meeting, titles)
    if not rule.days:
        return f"cùng ngày với {what}"
    return f"{_count(rule.days, working or rule.working)} {side} {what}"


def _count(days: int, working: bool) -> str:
    return f"{days:02d} ngày làm việc" if working else f"{days:02d} ngày"


_WAITING = {
    Anchor.MEETING: "chưa có lịch",
    Anchor.CONCLUSION: "chưa có ngày kết luận",
    Anchor.VISIT: "chưa có lịch dự",
    Anchor.MILESTONE: "việc ấy chưa có hạn",
    Anchor.ISSUE: "kế hoạch chưa ban hành",
}


def _what(rule: DaysBefore | DaysAfter, meeting: MeetingKind | None, titles: Mapping[str, str]) -> str:
    kind = meeting.occasion if meeting else "buổi sinh hoạt"
    return {
        Anchor.MEETING: kind,
        Anchor.CONCLUSION: f"ngày kết luận {kind}",
        Anchor.VISIT: "ngày dự sinh hoạt",
        Anchor.MILESTONE: f"việc “{titles.get(rule.milestone, rule.milestone)}”",
        Anchor.ISSUE: "ngày ban hành kế hoạch",
    }[rule.of]


def rule_words(
    rule: Due, meeting: MeetingKind | None, titles: Mapping[str, str] = NOTHING, strict: bool = True
) -> str:
    """The rule in words that hold for every unit, as a plan's text says it, not yet worked out; `strict`
    where the plan does not count the day of "trước ngày"."""
    match rule:
        case BeforeDate():
            counted = "" if (strict if rule.strict is None else rule.strict) else " (tính cả ngày này)"
            return f"trước ngày {day_text(rule.date)}{counted}"
        case ByDate():
            return f"chậm nhất hết ngày {day_text(rule.date)}"
        case Within():
            return _window_words(rule)
        case EachPeriod():
            return _each_words(rule)
        case DaysBefore() | DaysAfter():
            return _distance(rule, meeting, titles, False)
        case Undated():
            return rule.when


def _window_words(rule: Within) -> str:
    if rule.period:
        return f"trong {Period.parse(rule.period).label}"
    start = f"từ ngày {day_text(rule.first)}" if rule.first else ""
    last = f"đến hết ngày {day_text(rule.last)}" if rule.last else ""
    before = f"trước ngày {day_text(rule.before)}" if rule.before else ""
    return ", ".join(filter(None, (start, last or before)))


def _each_words(rule: EachPeriod) -> str:
    often = f"{rule.period.label}, ít nhất {rule.times:02d} lần" if rule.times > 1 else rule.period.label
    if not rule.days_after:
        return often
    return f"{often}, chậm nhất {_count(rule.days_after, rule.working)} sau khi hết kỳ"
