"""What a plan's rules do with the units there are: caught by none or two, pilots too few, cells too small
(design: product F03; S0-18, S0-24, S2-08)."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.plans.checks import plan_problems
from core.plans.compiler import Circumstances, Compiled, compile_plan, routes_of
from core.plans.content import Action, Milestone, PilotQuota, PlanContent
from core.plans.guests import Post
from core.plans.inviting import concerned, guest_problems
from core.plans.joining import JointProposal, joint_proposals
from core.plans.problems import Problem, Severity, unknown
from core.plans.selectors import Caught, PlanUnit, UnitTree
from core.plans.unit_timing import timing_problems
from tenants.codes import name_of
from tenants.tree import UnitKind


@dataclass(frozen=True)
class Checked:
    """The compiled plan, every problem of it by itself and with its units, and what is proposed for its small
    cells."""

    compiled: Compiled
    of_plan: tuple[Problem, ...]
    of_units: tuple[Problem, ...]
    joints: tuple[JointProposal, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem."""
        return self.of_plan + self.of_units

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that keep the plan from being published."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def check(content: PlanContent, around: Circumstances, posts: Iterable[Post] | None = None) -> Checked:
    """Compile, and tell every problem at once. `posts` is the roster; None where it is not known."""
    compiled = compile_plan(content, around)
    checks: tuple[Callable[[PlanContent, Compiled], Iterable[Problem]], ...] = (
        _names, _selectors, _left_out, _doubled, _routes, _pilots,
    )  # fmt: skip
    found = [problem for one in checks for problem in one(content, compiled)]
    found += guest_problems(content, compiled, posts)
    found += timing_problems(content, around, compiled)
    joints = _joints(content, compiled)
    found += (_small(proposal, content.rules.joint_clause) for proposal in joints)
    return Checked(compiled, tuple(plan_problems(content)), tuple(found), joints)


def _joints(content: PlanContent, compiled: Compiled) -> tuple[JointProposal, ...]:
    if not content.rules.joint_clause:
        return ()
    return joint_proposals(concerned(content, compiled), content.rules.small_cell)


def _names(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    """Units named that nobody is called, or several are."""
    tree = compiled.tree
    for path, word in _named(content):
        found = tree.named(word)
        if not found:
            known = [*tree.by_code, *(unit.name for unit in tree.units)]
            yield Problem(path, unknown(word, known, "đơn vị"), Severity.WARNING)
        elif len(found) > 1:
            text = f"“{word}” là tên của {len(found)} đơn vị; xin ghi mã của đơn vị định nói."
            yield Problem(path, text, Severity.WARNING, found)


def _named(content: PlanContent) -> Iterator[tuple[str, str]]:
    for number, one in enumerate(content.selectors):
        for name in ("include", "exclude"):
            for place, word in enumerate(getattr(one, name)):
                yield f"selectors[{number}].{name}[{place}]", word
    for number, quota in enumerate(content.pilots):
        for place, word in enumerate(quota.named):
            yield f"pilots[{number}].named[{place}]", word


def _selectors(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    used = {one.who for one in content.milestones}
    for number, one in enumerate(content.selectors):
        if one.code in used and not compiled.caught.members.get(one.code):
            text = f"Nhóm “{one.title}” không có đơn vị nào."
            yield Problem(f"selectors[{number}]", text, Severity.WARNING)


def _left_out(_content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    tasked = {task.unit_code for task in compiled.tasks}
    cells = [unit.code for unit in compiled.tree.units if unit.kind is UnitKind.CELL]
    missed = tuple(code for code in cells if code not in tasked)
    if 0 < len(missed) < len(cells):
        text = f"{len(missed)} chi bộ không thuộc nhóm nào nên không có việc."
        yield Problem("selectors", text, Severity.WARNING, missed)


def _doubled(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    """Two milestones of holding the same kind of meeting once catch one unit: which day is it to be?"""
    once = {
        one.code: (one.meeting, one.pilot)
        for one in content.milestones
        if one.action is Action.HOLD and one.meeting
    }
    tasks = (task for task in compiled.tasks if task.milestone in once and not task.period)
    seen = Counter((task.unit_code, once[task.milestone]) for task in tasks)
    units = tuple(sorted({code for (code, _), count in seen.items() if count > 1}))
    if units:
        text = f"{len(units)} đơn vị thuộc hai nhóm có hạn khác nhau cho cùng một việc."
        yield Problem("milestones", text, Severity.ERROR, units)


def _routes(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    sent = {one.code for one in content.milestones if one.route}
    lost = tuple(dict.fromkeys(t.unit_code for t in compiled.tasks if t.milestone in sent and not t.route))
    if lost:
        yield Problem("routes", f"{len(lost)} đơn vị chưa có nơi nhận báo cáo.", Severity.ERROR, lost)
    several = sorted({code for one in content.milestones for code in _twice(one, content, compiled)})
    if several:
        text = f"{len(several)} đơn vị thuộc hai tuyến báo cáo; lấy tuyến ghi trước."
        yield Problem("routes", text, Severity.WARNING, tuple(several))


def _twice(milestone: Milestone, content: PlanContent, compiled: Compiled) -> Iterator[str]:
    """Units with two routes for one milestone's work, both its own or both everybody's."""
    found = routes_of(milestone, content.routes)
    own = [route for route in found if route.milestones]
    tasked = compiled.caught.members.get(milestone.who, frozenset())
    for group in (own, [route for route in found if not route.milestones]):
        seen = Counter(code for route in group for code in compiled.caught.members.get(route.who, ()))
        named = {code for route in group for code in compiled.caught.named.get(route.who, ())}
        yield from (code for code, count in seen.items() if count > 1 and code in tasked - named)


def _pilots(content: PlanContent, compiled: Compiled) -> Iterator[Problem]:
    for number, quota in enumerate(content.pilots):
        for place, cells in quota_groups(quota, compiled.tree, compiled.caught):
            if text := quota_fault(quota, [cell for cell in cells if cell.pilot], len(cells)):
                yield Problem(f"pilots[{number}]", f"{place}: {text}", Severity.WARNING)


def quota_fault(quota: PilotQuota, chosen: list[PlanUnit], available: int) -> str:
    """What is wrong with the cells chosen: too few, too many, or not one of each kind of meeting."""
    if len(chosen) < (least := min(quota.least, available)):
        return f"mới chọn {len(chosen)} chi bộ làm điểm, cần ít nhất {least}."
    if quota.most is not None and len(chosen) > quota.most:
        return f"đã chọn {len(chosen)} chi bộ làm điểm, nhiều nhất {quota.most}."
    kinds = sorted(cell.pilot_meeting for cell in chosen if cell.pilot_meeting)
    if len(quota.meetings) < 2 or not chosen or kinds == sorted(quota.meetings):
        return ""
    wanted = ", ".join(f"01 {kind.label.lower()}" for kind in quota.meetings)
    return f"mỗi chi bộ làm điểm phải được ghi một loại sinh hoạt: {wanted}."


def quota_groups(quota: PilotQuota, tree: UnitTree, caught: Caught) -> Iterator[tuple[str, list[PlanUnit]]]:
    """Per committee and block: its name, and the cells there are to choose from."""
    groups: dict[tuple[str, str], list[PlanUnit]] = {}
    for code in sorted(caught.members.get(quota.among, ())):
        committee = tree.committee_of(tree.by_code[code]) if quota.each_committee else None
        block = tree.blocks[code] if quota.each_block else ""
        key = (committee.code if committee else "", block)
        groups.setdefault(key, []).append(tree.by_code[code])
    for (committee_code, block), cells in groups.items():
        name = tree.by_code[committee_code].name if committee_code else "Toàn đảng bộ"
        yield (f"{name}, khối {name_of(block).lower()}" if block else name), cells


def _small(proposal: JointProposal, clause: str) -> Problem:
    others = ", ".join(unit.name for unit in proposal.others)
    joint = f"đề xuất sinh hoạt ghép với {others}" if others else "chưa có chi bộ tương đồng để ghép"
    cell = proposal.cell
    text = f"{cell.name}: {cell.members} đảng viên, {joint} (mục {clause})."
    return Problem("rules.small_cell", text, Severity.WARNING, (cell.code,))
