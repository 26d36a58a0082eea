"""Everything wrong with a plan that can be seen without its units, at once, in Vietnamese (design: F03)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from core.plans.content import MONTHS_IN_PERIOD, TIMES_A_YEAR, PilotQuota, PlanContent
from core.plans.library import CATALOGUES, completed
from core.plans.problems import Problem as Problem
from core.plans.problems import Severity as Severity
from core.plans.problems import unknown
from core.plans.references import circles, doubles, references
from core.plans.selectors import Selector
from core.plans.timing import dates, orders


def plan_problems(content: PlanContent) -> list[Problem]:
    """Every problem of the plan by itself; the units' are told by `coverage`."""
    checks: tuple[Callable[[PlanContent], Iterable[Problem]], ...] = (
        _said, _times, doubles, references, circles, dates, orders, _numbers, _cadences, _catalogues,
    )  # fmt: skip
    return [problem for check in checks for problem in check(content)]


def _said(content: PlanContent) -> Iterator[Problem]:
    if not content.subject.strip():
        yield Problem("subject", "Kế hoạch chưa có trích yếu nội dung.")
    if not content.signer.strip():
        yield Problem("signer", "Kế hoạch chưa ghi người ký.")
    if not content.milestones and not content.cadences:
        text = "Kế hoạch chưa giao việc nào: chưa có mốc thời gian hay định kỳ dự sinh hoạt."
        yield Problem("milestones", text)
    if content.issuer.kind == "department" and content.authority.upper().startswith("T/M"):
        yield Problem("authority", "Văn bản của ban do trưởng ban ký, không ghi “T/M”.", Severity.WARNING)


def _times(content: PlanContent) -> Iterator[Problem]:
    starts, ends = content.starts_on, content.ends_on
    if starts and ends and ends < starts:
        yield Problem("ends_on", "Ngày kết thúc trước ngày bắt đầu.")
    elif (starts and starts.year > content.year) or (ends and ends.year < content.year):
        yield Problem("year", f"Thời gian thực hiện không có ngày nào trong năm {content.year}.")


def _numbers(content: PlanContent) -> Iterator[Problem]:
    for number, quota in enumerate(content.pilots):
        yield from (Problem(f"pilots[{number}]", f"Làm điểm: {text}") for text in _quota_problems(quota))
    for number, selector in enumerate(content.selectors):
        yield from (Problem(f"selectors[{number}].{name}", text) for name, text in _empty_spans(selector))
    for number, one in enumerate(content.milestones):
        if one.topics > len(content.topics):
            text = f"“{one.title}”: phải chọn {one.topics} chuyên đề, kế hoạch chỉ có {len(content.topics)}."
            yield Problem(f"milestones[{number}].topics", text)
    rules = content.rules
    if rules.sessions > 1 and rules.large_cell < rules.small_cell:
        text = (
            f"Chi bộ đông (từ {rules.large_cell}) lại ít đảng viên hơn chi bộ ít (dưới {rules.small_cell})."
        )
        yield Problem("rules.large_cell", text)


def _empty_spans(selector: Selector) -> Iterator[tuple[str, str]]:
    for name in ("members", "rounds_held", "special"):
        span = getattr(selector, name)
        if span and span.least is not None and span.most is not None and span.most < span.least:
            yield name, f"“{selector.title}”: từ {span.least} đến {span.most} là khoảng rỗng."


def _quota_problems(quota: PilotQuota) -> Iterator[str]:
    if quota.most is None:
        return
    if quota.most < quota.least:
        yield f"nhiều nhất {quota.most} lại nhỏ hơn ít nhất {quota.least}."
    if quota.most < len(quota.meetings):
        yield f"{len(quota.meetings)} loại sinh hoạt nhưng chỉ chọn {quota.most} chi bộ."
    if quota.most < len(quota.named) and not quota.each_committee:
        yield f"nêu tên {len(quota.named)} đơn vị, nhiều nhất {quota.most}."


def _cadences(content: PlanContent) -> Iterator[Problem]:
    codes = Counter(cadence.level_code for cadence in content.cadences)
    for code in sorted(code for code, count in codes.items() if count > 1):
        yield Problem("cadences", f"Cấp “{code}” được nêu {codes[code]} lần.")
    for number, one in enumerate(content.cadences):
        path = f"cadences[{number}]"
        if (one.period_months is None) == (one.per_year is None):
            said = "chọn một trong hai, định kỳ theo tháng hoặc số lần ít nhất một năm."
            yield Problem(f"{path}.period_months", f"{one.level_name}: {said}")
        if one.period_months not in (None, *MONTHS_IN_PERIOD):
            yield Problem(
                f"{path}.period_months", f"{one.level_name}: chu kỳ phải là 1, 2, 3, 4, 6 hoặc 12 tháng."
            )
        if one.per_year not in (None, *TIMES_A_YEAR):
            yield Problem(f"{path}.per_year", f"{one.level_name}: số lần một năm phải từ 1 đến 12.")
        if not 1 <= one.report_days <= 60:
            yield Problem(
                f"{path}.report_days", f"{one.level_name}: hạn báo cáo phải từ 1 đến 60 ngày sau khi dự."
            )


def _catalogues(content: PlanContent) -> Iterator[Problem]:
    for number, own in enumerate(content.catalogues):
        if own.extends and own.extends not in CATALOGUES:
            yield Problem(
                f"catalogues[{number}].extends", unknown(own.extends, CATALOGUES, "danh mục có sẵn")
            )
            continue
        codes = Counter(item.code for item in completed(own).items)
        for code in sorted(code for code, count in codes.items() if count > 1):
            yield Problem(f"catalogues[{number}].items", f"Biểu hiện mã “{code}” có {codes[code]} lần.")
