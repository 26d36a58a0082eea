"""A due date in one Vietnamese sentence with its clause, so that nobody has to believe it (F04, X11)."""

from datetime import date

from core.meetings.kinds import MeetingKind
from core.plans.deadlines import DueDate
from core.plans.due import Anchor, BeforeDate, ByDate, DaysAfter, DaysBefore, Due, EachPeriod, Within
from core.plans.periods import Period


def day_text(day: date) -> str:
    """As documents write it: "05/9/2022", days under 10 and months 1 and 2 with a zero."""
    return (
        f"{day.day:02d}/{day.month:02d}/{day.year}" if day.month < 3 else f"{day:%d}/{day.month}/{day.year}"
    )


def cited(clause: str) -> str:
    """How a sentence ends: ", theo mục II.7"; empty without a clause."""
    words = clause.strip()
    if not words:
        return ""
    return (
        f", theo {words[0].lower()}{words[1:]}" if words.lower().startswith("mục") else f", theo mục {words}"
    )


def sentence(
    rule: Due,
    found: DueDate,
    clause: str = "",
    meeting: MeetingKind | None = None,
    titles: dict[str, str] | None = None,
    period: str = "",
    working: bool = False,
) -> str:
    """Why the due day is what it is. `titles` name milestones by code; `meeting` as for `due_date`."""
    said = _said(rule, found, meeting, titles or {}, period, working)
    return f"{said[0].upper()}{said[1:]}{cited(clause)}."


def _said(
    rule: Due, found: DueDate, meeting: MeetingKind | None, titles: dict[str, str], period: str, working: bool
) -> str:
    match rule:
        case BeforeDate():
            return _before(rule.date, found)
        case ByDate():
            return f"chậm nhất ngày {day_text(rule.date)}"
        case Within():
            return _window(rule, found)
        case EachPeriod():
            return _each(rule, Period.parse(period), found, working or rule.working)
        case DaysBefore() | DaysAfter():
            return _relative(rule, found, meeting, titles, working or rule.working)


def _before(day: date, found: DueDate) -> str:
    kept = f"chậm nhất hết ngày {day_text(found.due_on)}" if found.due_on else ""
    return f"trước ngày {day_text(day)}, {kept}"


def _window(rule: Within, found: DueDate) -> str:
    if rule.period:
        return f"trong {Period.parse(rule.period).label}" + (
            f" (đến hết ngày {day_text(found.due_on)})" if found.due_on else ""
        )
    start = f"từ ngày {day_text(rule.first)}, " if rule.first else ""
    if rule.before:
        return start + _before(rule.before, found)
    return f"{start}đến hết ngày {day_text(rule.last)}" if rule.last else start.removesuffix(", ")


def _each(rule: EachPeriod, period: Period, found: DueDate, working: bool) -> str:
    often = f"mỗi {rule.period.noun} ít nhất {rule.times:02d} lần" if rule.times else ""
    if rule.days_after:
        often = f"{rule.days_after:02d} {_days(working)} sau khi hết {period.label}"
        return f"{often}, chậm nhất ngày {day_text(found.due_on)}" if found.due_on else often
    return f"{often}; {period.label} đến hết ngày {day_text(found.due_on)}" if found.due_on else often


def _relative(
    rule: DaysBefore | DaysAfter,
    found: DueDate,
    meeting: MeetingKind | None,
    titles: dict[str, str],
    working: bool,
) -> str:
    side = "trước" if isinstance(rule, DaysBefore) else "sau"
    count = f"{rule.days:02d} {_days(working)} {side}"
    what = _what(rule, rule.meeting or meeting, titles)
    if found.base_on is None or found.due_on is None:
        return f"{count} {what}; chưa có ngày {what} nên chưa xác định được hạn"
    return f"{count} {what} ngày {day_text(found.base_on)}, chậm nhất ngày {day_text(found.due_on)}"


def _what(rule: DaysBefore | DaysAfter, meeting: MeetingKind | None, titles: dict[str, str]) -> str:
    kind = meeting.label[0].lower() + meeting.label[1:] if meeting else "buổi sinh hoạt"
    return {
        Anchor.MEETING: kind,
        Anchor.CONCLUSION: f"buổi kết luận {kind}",
        Anchor.VISIT: "buổi dự sinh hoạt",
        Anchor.MILESTONE: f"việc “{titles.get(rule.milestone, rule.milestone)}”",
        Anchor.ISSUE: "khi ban hành kế hoạch",
    }[rule.of]


def _days(working: bool) -> str:
    return "ngày làm việc" if working else "ngày"


def rule_words(rule: Due, meeting: MeetingKind | None, titles: dict[str, str], strict: bool = True) -> str:
    """The rule in words that hold for every unit: what the plan's text says, not yet worked out."""
    match rule:
        case BeforeDate():
            return f"trước ngày {day_text(rule.date)}" + (
                "" if (rule.strict is None and strict) or rule.strict else " (kể cả ngày ấy)"
            )
        case EachPeriod():
            often = (
                f"{rule.period.label}, mỗi {rule.period.noun} ít nhất {rule.times:02d} lần"
                if rule.times > 1
                else rule.period.label
            )
            return (
                f"{often}, chậm nhất {rule.days_after:02d} ngày sau khi hết kỳ" if rule.days_after else often
            )
        case DaysBefore() | DaysAfter():
            side = "trước" if isinstance(rule, DaysBefore) else "sau"
            return (
                f"{rule.days:02d} {_days(rule.working)} {side} {_what(rule, rule.meeting or meeting, titles)}"
            )
        case ByDate() | Within():
            return _said(rule, DueDate(None), meeting, titles, "", False).removesuffix(", ")
