"""What milestones wait for: the bases of their deadlines, and the order they are asked in (design: F03)."""

from collections.abc import Iterable, Iterator

from core.plans.circles import in_order
from core.plans.content import Gate, Milestone, PlanContent
from core.plans.due import refers_to


def bases(milestone: Milestone) -> tuple[str, ...]:
    """The milestones that one's deadline or opening counts from."""
    return tuple(filter(None, (refers_to(milestone.due), refers_to(milestone.opens))))


def bases_of(milestones: Iterable[Milestone]) -> dict[str, tuple[str, ...]]:
    """By milestone, those its deadline or opening counts from."""
    return {one.code: bases(one) for one in milestones}


def ordered(milestones: tuple[Milestone, ...]) -> list[Milestone]:
    """Milestones, bases first; those that go round in a circle are left out."""
    known = {one.code: one for one in milestones}
    return [known[code] for code in in_order(bases_of(milestones))]


def sequence(content: PlanContent) -> Iterator[tuple[str, str, Gate | None]]:
    """What comes first, what then, and the gate that says so where one does (domain: rules, order, gates)."""
    for one in content.milestones:
        yield from ((earlier, one.code, None) for earlier in one.after)
    for gate in content.gates:
        yield from ((earlier, gate.holds_back, gate) for earlier in gate.until)


def depends_on(content: PlanContent, milestone: str) -> frozenset[str]:
    """The milestones whose dates a milestone's own follow from, itself included."""
    known = {one.code: one for one in content.milestones}
    found: set[str] = set()
    asked = [milestone]
    while asked:
        code = asked.pop()
        if code in known and code not in found:
            found.add(code)
            asked += bases(known[code])
    return frozenset(found)
