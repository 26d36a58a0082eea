"""A plan's parts in words: a heading and a few lines each, for the editor's lists and the plan's own page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.plans.agenda import AgendaStep, Catalogue, ContentPart, Manifestation, Prompt, Topic
from core.plans.content import (
    Cadence,
    Gate,
    LegalBasis,
    Milestone,
    PilotQuota,
    PlanContent,
    Responsibility,
    Route,
)  # fmt: skip
from core.plans.guests import GuestRule, Invited
from core.plans.selectors import Selector, Span
from core.plans.sentences import day_text, rule_words
from core.rotation.solving.facts import cadence_words
from tenants.access import DepartmentFunction, Role
from tenants.codes import RANKS, name_of

EVERY = "Mọi đơn vị"


@dataclass(frozen=True)
class Said:
    """An item in words."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """The titles of what parts name by code."""

    selectors: Mapping[str, str]
    milestones: Mapping[str, str]
    contents: Mapping[str, str]


def names_of(content: PlanContent) -> Names:
    """Titles by code of the plan's selectors, milestones and contents."""
    lists = (content.selectors, content.milestones, content.contents)
    return Names(*({one.code: one.title for one in items} for items in lists))


def said(item: Any, names: Names) -> Said:
    """An item of any list in words."""
    title, *rest = SAYING[type(item)](item, names)
    return Said(title or "(chưa đặt tên)", tuple(line for line in rest if line))


Words = tuple[str, ...]


def _who(code: str, names: Names) -> str:
    return names.selectors.get(code, code) if code else EVERY


def _clause(text: str) -> str:
    return f"Mục {text}" if text else ""


def _joined(label: str, items: Any) -> str:
    words = "; ".join(items)
    return f"{label}: {words}" if words else ""


def _milestone(item: Milestone, names: Names) -> Words:
    due = f"Hạn: {rule_words(item.due, item.meeting, names.milestones) or 'không ấn định ngày'}"
    opens = f"Bắt đầu: {rule_words(item.opens, item.meeting, names.milestones)}" if item.opens else ""
    facts = (item.action.label, _who(item.who, names), item.performer, _clause(item.clause))
    where = " · ".join(filter(None, facts))
    return item.title, where, due, opens


def _selector(item: Selector, names: Names) -> Words:
    return (item.title, "; ".join(filter(None, _conditions(item, names))) or EVERY)


def _conditions(item: Selector, names: Names) -> Words:
    def others(codes: Words) -> Any:
        return (names.selectors.get(code, code) for code in codes)

    return (
        item.kind.label if item.kind else "",
        _joined("loại hình", map(name_of, item.setting)),
        _joined("khối", map(name_of, item.block)),
        _joined("cấp", (RANKS.get(code, code) for code in item.rank)),
        _joined("trực thuộc cấp", (RANKS.get(code, code) for code in item.parent_rank)),
        _joined("trực thuộc khối", map(name_of, item.parent_block)),
        {True: "làm điểm", False: "không làm điểm"}.get(item.pilot, "") if item.pilot is not None else "",
        _span("đảng viên", item.members),
        _span("lần đã tổ chức", item.rounds_held),
        _span("mức địa bàn đặc thù", item.special),
        {True: "đơn vị gốc", False: "trừ đơn vị gốc"}[item.root] if item.root is not None else "",
        _joined("thuộc mọi nhóm", others(item.all_of)),
        _joined("thuộc một trong", others(item.any_of)),
        _joined("không thuộc", others(item.none_of)),
        _joined("kể cả", item.include),
        _joined("trừ", item.exclude),
    )


def _span(what: str, span: Span | None) -> str:
    if span is None:
        return ""
    least = f"từ {span.least} " if span.least is not None else ""
    return f"{least}{f'đến {span.most} ' if span.most is not None else ''}{what}"


def _content(item: ContentPart, names: Names) -> Words:
    first = "Phải gửi tài liệu, gợi ý trước" if item.documents_first else ""
    return item.title, _who(item.who, names), f"{len(item.steps)} bước", first, _clause(item.clause)


def _step(item: AgendaStep, _names: Names) -> Words:
    time = f"{item.minutes} phút" if item.minutes else ""
    facts = filter(None, (item.performer, time, "có thể bỏ qua" if item.optional else ""))
    return item.title, " · ".join(facts), _joined("Ghi biên bản", item.records)


def _guests(item: GuestRule, names: Names) -> Words:
    invited = _joined("Mời thêm" if item.adds else "Mời", (one.text for one in item.invite))
    return _who(item.who, names), invited or "Chưa mời ai", _clause(item.clause)


def _invited(item: Invited, _names: Names) -> Words:
    role = Role(item.role).label if item.role in set(Role) else item.role
    known = item.function in set(DepartmentFunction)
    function = DepartmentFunction(item.function).label if known else item.function
    return (
        item.text,
        " · ".join(filter(None, (role, function, item.at.label))),
        "Nếu có" if item.if_any else "",
    )


def _pilots(item: PilotQuota, names: Names) -> Words:
    most = f", nhiều nhất {item.most:02d}" if item.most is not None else ""
    each = " và từng khối" if item.each_block else ""
    place = f" ở mỗi đảng bộ{each}" if item.each_committee else (" ở từng khối" if item.each_block else "")
    kinds = _joined("Loại sinh hoạt", (kind.label for kind in item.meetings))
    named = _joined("Nêu tên", item.named)
    return (
        _who(item.among, names),
        f"Ít nhất {item.least:02d}{most}{place}",
        kinds,
        named,
        _clause(item.clause),
    )


def _gate(item: Gate, names: Names) -> Words:
    waits = _joined("Chờ xong", (names.milestones.get(code, code) for code in item.until))
    how = "Chặn cho đến khi xong" if item.blocks else "Chỉ cảnh báo"
    people = _joined("Cho ý kiến", item.reviewers)
    return names.milestones.get(item.holds_back, item.holds_back), waits, people, how, _clause(item.clause)


def _route(item: Route, names: Names) -> Words:
    via = f" (qua {item.via})" if item.via else ""
    on = "Nơi nhận tổng hợp rồi gửi tiếp" if item.consolidates else ""
    only = _joined("Chỉ cho", (names.milestones.get(code, code) for code in item.milestones))
    also = _joined("Đồng gửi", item.also)
    return _who(item.who, names), f"Gửi {item.to}{via}", also, only, on, _clause(item.clause)


def _cadence(item: Cadence, _names: Names) -> Words:
    cadence = cadence_words(item.period_months, item.per_year)
    often = f"{cadence}, báo cáo trong {item.report_days:02d} ngày sau khi dự"
    via = f" (qua {item.via})" if item.via else ""
    return item.level_name, often[:1].upper() + often[1:], f"Gửi {item.report_to}{via}", _clause(item.clause)


def _basis(item: LegalBasis, _names: Names) -> Words:
    day = f", ngày {day_text(item.issued_on)}" if item.issued_on else ""
    return (
        f"{item.number}{day}",
        " ".join(filter(None, (item.body, item.about))),
        item.relation.label,
        item.lessons,
    )


def _catalogue(item: Catalogue, _names: Names) -> Words:
    more = "thêm vào danh mục có sẵn" if item.extends else "biểu hiện"
    return item.title, f"{len(item.items)} {more}", item.source


def _duty(item: Responsibility, _names: Names) -> Words:
    return item.who, item.text, _clause(item.clause)


def _prompt(item: Prompt, names: Names) -> Words:
    return item.text, _who(item.who, names)


def _manifestation(item: Manifestation, _names: Names) -> Words:
    return f"{item.code}. {item.text}", item.group


def _topic(item: Topic, _names: Names) -> Words:
    return (item.text,)


SAYING: Final[dict[type, Callable[[Any, Names], Words]]] = {
    AgendaStep: _step, Cadence: _cadence, Catalogue: _catalogue, ContentPart: _content, Gate: _gate,
    GuestRule: _guests, Invited: _invited, LegalBasis: _basis, Manifestation: _manifestation,
    Milestone: _milestone, PilotQuota: _pilots, Prompt: _prompt, Responsibility: _duty, Route: _route,
    Selector: _selector, Topic: _topic,
}  # fmt: skip
