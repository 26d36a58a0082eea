"""Codes within a plan: used once, naming what there is, not in circles (design: F03)."""

from collections.abc import Iterator

from core.plans.circles import circle
from core.plans.content import PlanContent
from core.plans.due import refers_to
from core.plans.graph import bases_of, sequence
from core.plans.problems import Problem, unknown


def doubles(content: PlanContent) -> Iterator[Problem]:
    """Codes used twice."""
    names = (
        "selectors",
        "milestones",
        "guests",
        "pilots",
        "gates",
        "routes",
        "contents",
        "topics",
        "catalogues",
    )
    for name in names:
        seen = set[str]()
        for number, item in enumerate(getattr(content, name)):
            if item.code in seen:
                yield Problem(f"{name}[{number}].code", f"Mã “{item.code}” đã dùng ở trên; mỗi mã một lần.")
            seen.add(item.code)


Mention = tuple[str, str]
"""Where a code is mentioned, and the code."""


def references(content: PlanContent) -> Iterator[Problem]:
    """Codes that name nothing, each with the nearest that would."""
    for mentions, what, name in (
        (_of_selectors(content), "nhóm đối tượng", "selectors"),
        (_of_milestones(content), "mốc", "milestones"),
        (_of_contents(content), "nội dung", "contents"),
    ):
        known = [one.code for one in getattr(content, name)]
        for path, word in mentions:
            if word and word not in known:
                yield Problem(path, unknown(word, known, what))


def _of_selectors(content: PlanContent) -> Iterator[Mention]:
    for name in ("milestones", "guests", "routes", "contents", "prompts"):
        for number, item in enumerate(getattr(content, name)):
            yield f"{name}[{number}].who", item.who
    for number, quota in enumerate(content.pilots):
        yield f"pilots[{number}].among", quota.among
    for number, selector in enumerate(content.selectors):
        for name in ("all_of", "any_of", "none_of"):
            yield from _each(f"selectors[{number}].{name}", getattr(selector, name))


def _of_milestones(content: PlanContent) -> Iterator[Mention]:
    for number, one in enumerate(content.milestones):
        path = f"milestones[{number}]"
        yield from _each(f"{path}.after", one.after)
        yield f"{path}.due.milestone", refers_to(one.due)
        yield f"{path}.opens.milestone", refers_to(one.opens)
    for number, route in enumerate(content.routes):
        yield from _each(f"routes[{number}].milestones", route.milestones)
    for number, gate in enumerate(content.gates):
        yield f"gates[{number}].holds_back", gate.holds_back
        yield from _each(f"gates[{number}].until", gate.until)


def _of_contents(content: PlanContent) -> Iterator[Mention]:
    for number, one in enumerate(content.milestones):
        yield from _each(f"milestones[{number}].contents", one.contents)
        yield f"milestones[{number}].emphasis", one.emphasis


def _each(path: str, words: tuple[str, ...]) -> Iterator[Mention]:
    return ((f"{path}[{number}]", word) for number, word in enumerate(words))


def circles(content: PlanContent) -> Iterator[Problem]:
    """What goes round in a circle, shown; one of order and gates together where neither alone has any."""
    groups = {selector.code: selector.names for selector in content.selectors}
    after = {one.code: one.after for one in content.milestones}
    waits: dict[str, tuple[str, ...]] = {}
    for gate in content.gates:
        waits[gate.holds_back] = waits.get(gate.holds_back, ()) + gate.until
    rings = (
        ("selectors", "Nhóm đối tượng nhắc đến nhau thành vòng", groups),
        ("milestones", "Hạn tính theo nhau thành vòng", bases_of(content.milestones)),
        ("milestones", "Thứ tự các mốc thành vòng", after),
        ("gates", "Các điều kiện chờ nhau thành vòng", waits),
    )
    found = [
        Problem(path, f"{words}: {' → '.join(ring)}.")
        for path, words, needs in rings
        if (ring := circle(needs))
    ]
    yield from found or _mixed_circle(content)


def _mixed_circle(content: PlanContent) -> Iterator[Problem]:
    """A circle that only order and gates together make."""
    needs: dict[str, list[str]] = {one.code: [] for one in content.milestones}
    for earlier, then, _gate in sequence(content):
        needs.setdefault(then, []).append(earlier)
    if ring := circle(needs):
        yield Problem("gates", f"Thứ tự và điều kiện của các mốc thành vòng: {' → '.join(ring)}.")
