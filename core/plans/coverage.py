"""What a plan's rules do with the units there are: caught by none or two, guests nobody can fill, pilots too
few, cells too small (design: product F03; S0-18, S0-24, S2-08)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.plans.checks import Problem, Severity, plan_problems, unknown
from core.plans.compiler import Circumstances, Compiled, compile_plan
from core.plans.content import Action, PilotQuota, PlanContent
from core.plans.guests import At, Guest, Post, guests_of, holders, rules_for
from core.plans.joining import JointProposal, joint_proposals
from core.plans.selectors import PlanUnit, UnitTree
from tenants.tree import UnitKind


@dataclass(frozen=True)
class Checked:
    """The compiled plan, every problem of it, and what is proposed for its small cells."""

    compiled: Compiled
    problems: tuple[Problem, ...]
    joints: tuple[JointProposal, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that keep the plan from being published."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def check(content: PlanContent, around: Circumstances, posts: Iterable[Post] | None = None) -> Checked:
    """Compile, and tell every problem at once. `posts` is the roster; None where it is not known."""
    compiled = compile_plan(content, around)
    found = list(plan_problems(content))
    checks: tuple[Callable[[PlanContent, UnitTree, Compiled], Iterable[Problem]], ...] = (
        _names, _selectors, _left_out, _doubled, _guest_rules, _routes, _pilots, _deadlines,
    )  # fmt: skip
    for one in checks:
        found += one(content, around.tree, compiled)
    if posts is not None:
        found += _unfilled(content, around.tree, compiled, tuple(posts))
    concerned = _concerned(content, around.tree, compiled)
    joints = joint_proposals(concerned, content.rules.small_cell) if content.rules.joint_clause else ()
    found += (_small(proposal, content.rules.joint_clause) for proposal in joints)
    return Checked(compiled, tuple(found), joints)


def _concerned(content: PlanContent, tree: UnitTree, compiled: Compiled) -> tuple[PlanUnit, ...]:
    """Cells that hold a meeting under the plan."""
    holding = {one.code for one in content.milestones if one.action is Action.HOLD}
    codes = {task.unit_code for task in compiled.tasks if task.milestone in holding}
    return tuple(unit for unit in tree.units if unit.code in codes and unit.kind is UnitKind.CELL)


def _names(content: PlanContent, tree: UnitTree, _compiled: Compiled) -> Iterator[Problem]:
    known = [*tree.by_code, *(unit.name for unit in tree.units)]
    for number, one in enumerate(content.selectors):
        for word in (*one.include, *one.exclude):
            if not tree.named(word):
                yield Problem(f"selectors[{number}]", unknown(word, known, "đơn vị"), Severity.WARNING)
    for number, quota in enumerate(content.pilots):
        for word in quota.named:
            if not tree.named(word):
                yield Problem(f"pilots[{number}].named", unknown(word, known, "đơn vị"), Severity.WARNING)


def _selectors(content: PlanContent, _tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    used = {one.who for one in content.milestones}
    for number, one in enumerate(content.selectors):
        if one.code in used and not compiled.caught.members.get(one.code):
            yield Problem(
                f"selectors[{number}]", f"Nhóm “{one.title}” không có đơn vị nào.", Severity.WARNING
            )


def _left_out(content: PlanContent, tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    if not content.milestones:
        return
    tasked = {task.unit_code for task in compiled.tasks}
    missed = tuple(u.code for u in tree.units if u.kind is UnitKind.CELL and u.code not in tasked)
    if missed:
        yield Problem(
            "selectors",
            f"{len(missed)} chi bộ không thuộc nhóm nào nên không có việc.",
            Severity.WARNING,
            missed,
        )


def _doubled(content: PlanContent, _tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    """Two milestones of holding the same kind of meeting once catch one unit: which day is it to be?"""
    once = {
        one.code: (one.meeting, one.pilot)
        for one in content.milestones
        if one.action is Action.HOLD and one.meeting
    }
    seen = Counter(
        (task.unit_code, once[task.milestone])
        for task in compiled.tasks
        if task.milestone in once and not task.period
    )
    units = tuple(sorted({code for (code, _), count in seen.items() if count > 1}))
    if units:
        yield Problem(
            "milestones",
            f"{len(units)} đơn vị thuộc hai nhóm có hạn khác nhau cho cùng một việc.",
            Severity.ERROR,
            units,
        )


def _guest_rules(content: PlanContent, tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    if not content.guests:
        return
    counts = {
        unit.code: sum(not rule.adds for rule in rules_for(unit, content.guests, compiled.caught))
        for unit in _concerned(content, tree, compiled)
    }
    if none := tuple(code for code, count in counts.items() if count == 0):
        yield Problem(
            "guests", f"{len(none)} đơn vị không có quy định thành phần mời.", Severity.WARNING, none
        )
    if many := tuple(code for code, count in counts.items() if count > 1):
        yield Problem(
            "guests", f"{len(many)} đơn vị thuộc hai quy định thành phần mời.", Severity.WARNING, many
        )


def _routes(content: PlanContent, _tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    sent = {one.code for one in content.milestones if one.route}
    lost = tuple(dict.fromkeys(t.unit_code for t in compiled.tasks if t.milestone in sent and not t.route))
    if lost:
        yield Problem("routes", f"{len(lost)} đơn vị chưa có nơi nhận báo cáo.", Severity.ERROR, lost)
    several = _twice(content, compiled)
    if several:
        yield Problem(
            "routes",
            f"{len(several)} đơn vị thuộc hai tuyến báo cáo; lấy tuyến ghi trước.",
            Severity.WARNING,
            several,
        )


def _twice(content: PlanContent, compiled: Compiled) -> tuple[str, ...]:
    seen = Counter(code for route in content.routes for code in compiled.caught.members.get(route.who, ()))
    named = {code for route in content.routes for code in compiled.caught.named.get(route.who, ())}
    return tuple(sorted(code for code, count in seen.items() if count > 1 and code not in named))


def _pilots(content: PlanContent, tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    for number, quota in enumerate(content.pilots):
        for place, chosen, available in _groups(quota, tree, compiled):
            least = min(quota.least, available)
            if chosen < least:
                text = f"{place}: mới chọn {chosen} chi bộ làm điểm, cần ít nhất {quota.least}."
            elif quota.most is not None and chosen > quota.most:
                text = f"{place}: đã chọn {chosen} chi bộ làm điểm, nhiều nhất {quota.most}."
            else:
                continue
            yield Problem(f"pilots[{number}]", text, Severity.WARNING)


def _groups(quota: PilotQuota, tree: UnitTree, compiled: Compiled) -> Iterator[tuple[str, int, int]]:
    """Per committee and block: its name, how many are chosen, how many there are to choose from."""
    named = {code for word in quota.named for code in tree.named(word)}
    groups: dict[tuple[str, str], list[bool]] = {}
    for code in sorted(compiled.caught.members.get(quota.among, ())):
        unit = tree.by_code[code]
        committee = committee_of(unit, tree) if quota.each_committee else ""
        block = tree.blocks[code] if quota.each_block else ""
        groups.setdefault((committee, block), []).append(unit.pilot or code in named)
    for (committee, block), chosen in groups.items():
        name = tree.by_code[committee].name if committee else "Toàn đảng bộ"
        yield (f"{name}, khối {block}" if block else name), sum(chosen), len(chosen)


def committee_of(unit: PlanUnit, tree: UnitTree) -> str:
    """The base committee a cell belongs to: the unit above it that hangs from the root, or the root."""
    above = list(tree.above(unit))
    return above[-2].code if len(above) >= 2 else above[-1].code if above else ""


def _deadlines(content: PlanContent, _tree: UnitTree, compiled: Compiled) -> Iterator[Problem]:
    titles = {one.code: one.title for one in content.milestones}
    wrong: dict[str, list[str]] = {}
    for task in compiled.tasks:
        if task.opens_on and task.due_on and task.due_on < task.opens_on:
            wrong.setdefault(task.milestone, []).append(task.unit_code)
    for code, units in wrong.items():
        yield Problem(
            "milestones",
            f"“{titles[code]}”: hạn trước ngày bắt đầu ở {len(units)} đơn vị.",
            Severity.ERROR,
            tuple(units),
        )


def _unfilled(
    content: PlanContent, tree: UnitTree, compiled: Compiled, posts: tuple[Post, ...]
) -> Iterator[Problem]:
    by_unit: dict[str, list[Post]] = {}
    for post in posts:
        by_unit.setdefault(post.unit_code, []).append(post)
    missing: dict[str, list[str]] = {}
    for unit in _concerned(content, tree, compiled):
        for guest in guests_of(unit, content.guests, compiled.caught):
            asked = guest.invited.role or guest.invited.function
            place = place_of(guest, unit, tree)
            if (
                asked
                and not guest.if_any
                and not any(holders(guest, place, by_unit.get(place.code if place else "", ())))
            ):
                missing.setdefault(guest.text, []).append(unit.code)
    for text, units in missing.items():
        yield Problem(
            "guests",
            f"Chưa có ai trong danh sách để mời “{text}” ({len(units)} đơn vị).",
            Severity.WARNING,
            tuple(units),
        )


def place_of(guest: Guest, unit: PlanUnit, tree: UnitTree) -> PlanUnit | None:
    """Where the guest holds his post, seen from the unit that meets."""
    if guest.invited.at is At.UNIT:
        return unit
    if guest.invited.at is At.ROOT:
        return tree.root
    if guest.invited.at is At.COMMITTEE:
        return tree.by_code.get(committee_of(unit, tree))
    return None


def _small(proposal: JointProposal, clause: str) -> Problem:
    others = ", ".join(unit.name for unit in proposal.others)
    joint = f"đề xuất sinh hoạt ghép với {others}" if others else "chưa có chi bộ tương đồng để ghép"
    cell = proposal.cell
    text = f"{cell.name}: {cell.members} đảng viên, {joint} (mục {clause})."
    return Problem("rules.small_cell", text, Severity.WARNING, (cell.code,))
