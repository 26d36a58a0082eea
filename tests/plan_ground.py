"""Plans for the rules' tests: a small district, and any plan that the schema accepts."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from core.meetings.kinds import MeetingKind
from core.plans.compiler import Circumstances
from core.plans.content import Action, Milestone, PlanContent
from core.plans.deadlines import MeetingFact
from core.plans.due import ByDate, Due
from core.plans.file import adapter
from core.plans.selectors import PlanUnit, Selector, UnitTree
from core.plans.workdays import WorkCalendar
from tenants.tree import UnitKind

ORGANISATION, CELL = UnitKind.ORGANISATION, UnitKind.CELL
FORUM = MeetingKind.FORUM
TREE = UnitTree(
    (
        PlanUnit("H", "Đảng bộ huyện", ORGANISATION, rank="district"),
        PlanUnit("TA", "Chi bộ Tòa án", CELL, "H", "agency", "agency", members=9),
        PlanUnit("X", "Đảng bộ xã Một", ORGANISATION, "H", rank="commune"),
        PlanUnit("X1", "Chi bộ Xóm Một", CELL, "X", "rural", "rural", members=12, pilot=True, rounds_held=1),
        PlanUnit("X2", "Chi bộ Xóm Hai", CELL, "X", "rural", "rural", members=40, rounds_held=2),
        PlanUnit("X3", "Chi bộ Trường học", CELL, "X", "school", "school", members=3),
        PlanUnit("Y", "Đảng bộ xã Hai", ORGANISATION, "H", rank="commune"),
        PlanUnit("Y1", "Chi bộ Trạm y tế", CELL, "Y", "health_station", members=None),
    )
)
CELLS = Selector("chi_bo", "Mọi chi bộ", CELL)
COMMITTEES = Selector("dang_uy", "Các đảng ủy", ORGANISATION)


def plan(*milestones: Milestone, **parts: Any) -> PlanContent:
    """A plan of these milestones for every cell and committee, right but for what `parts` say."""
    known = {"signer": "Người ký", "selectors": (CELLS, COMMITTEES), "milestones": milestones}
    return PlanContent("Diễn đàn", 2018, **{**known, **parts})


def step(code: str, due: Due | None = None, action: Action = Action.OTHER, **parts: Any) -> Milestone:
    """A milestone of every cell, due on a day of April unless said otherwise."""
    known = {"who": "chi_bo", "due": due or ByDate(date(2018, 4, 10))}
    return Milestone(code, f"Việc {code}", action, **{**known, **parts})


def circumstances(*meetings: MeetingFact, tree: UnitTree = TREE, **parts: Any) -> Circumstances:
    """Seen on 1/5/2018."""
    known = {
        "tree": tree,
        "calendar": WorkCalendar(),
        "today": date(2018, 5, 1),
        "horizon": date(2018, 12, 31),
    }
    return Circumstances(**{**known, "meetings": meetings, **parts})


def held(unit: str, day: date, concluded: bool | None = None, kind: MeetingKind = FORUM) -> MeetingFact:
    """A unit's meeting."""
    return MeetingFact(unit, kind, day, concluded)


DAYS = st.dates(date(2018, 1, 1), date(2018, 12, 31))
CODES = st.sampled_from(["a", "b", "c", "d"])
UNITS = st.sampled_from([unit.code for unit in TREE.units])
WORDS = st.text("abc ệữ“:#-'\"\n0", max_size=12)
_KINDS = st.none() | st.sampled_from([kind.value for kind in MeetingKind])
_FEW = st.integers(0, 5)


def _rule(name: str, needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"rule": st.just(name), **needed}, optional=optional)


_RELATIVE = {
    "of": st.sampled_from(["meeting", "conclusion", "visit", "milestone", "issue"]),
    "meeting": _KINDS,
    "milestone": CODES,
    "working": st.booleans(),
}
_PERIODS = st.sampled_from(["2018", "2018-04", "2018-Q2", "2018-H1", ""])
DUES = st.one_of(
    _rule("before_date", {"date": DAYS}, strict=st.none() | st.booleans()),
    _rule("by_date", {"date": DAYS}),
    _rule(
        "within", {}, period=_PERIODS, first=st.none() | DAYS, last=st.none() | DAYS, before=st.none() | DAYS
    ),
    _rule("days_before", {"days": st.integers(0, 366)}, **_RELATIVE),
    _rule("days_after", {"days": st.integers(0, 366)}, **_RELATIVE),
    _rule(
        "each_period",
        {"period": st.sampled_from(["month", "quarter", "half_year", "year"])},
        times=st.integers(1, 3),
        days_after=st.integers(0, 92),
        working=st.booleans(),
    ),
    _rule("undated", {}, when=WORDS),
)


def _table(needed: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(needed, optional=optional)


def _several(one: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=most)


_SPAN = st.none() | _table({}, least=st.none() | _FEW, most=st.none() | _FEW)
_NAMES = _several(CODES, 2)
_UNIT_NAMES = _several(st.sampled_from(["X1", "Chi bộ Tòa án", "trường học", "Ngoài"]), 2)
SELECTORS = _table(
    {"code": CODES, "title": WORDS},
    kind=st.none() | st.sampled_from(["organisation", "cell"]),
    pilot=st.none() | st.booleans(),
    setting=_several(st.sampled_from(["rural", "Trường học"])),
    parent_rank=_several(st.sampled_from(["commune", "xã"])),
    members=_SPAN,
    rounds_held=_SPAN,
    root=st.none() | st.booleans(),
    all_of=_NAMES,
    any_of=_NAMES,
    none_of=_NAMES,
    include=_UNIT_NAMES,
    exclude=_UNIT_NAMES,
)
MILESTONES = _table(
    {
        "code": CODES,
        "title": WORDS,
        "action": st.sampled_from([one.value for one in Action]),
        "who": CODES,
        "due": DUES,
    },
    opens=st.none() | DUES,
    meeting=_KINDS,
    pilot=st.booleans(),
    after=_NAMES,
    route=st.booleans(),
    contents=_NAMES,
    topics=_FEW,
    clause=st.sampled_from(["II.7", "mục 2", ""]),
    package=_several(WORDS),
)
_INVITED = _table(
    {"text": WORDS},
    role=st.sampled_from(["secretary", ""]),
    if_any=st.booleans(),
    at=st.sampled_from(["unit", "parent", "committee", "root", "above"]),
)
PLANS = _table(
    {"subject": WORDS, "year": st.sampled_from([2017, 2018])},
    signer=WORDS,
    selectors=_several(SELECTORS),
    milestones=_several(MILESTONES, 5),
    starts_on=st.none() | DAYS,
    ends_on=st.none() | DAYS,
    guests=_several(_table({"code": CODES, "who": CODES, "invite": _several(_INVITED)}, adds=st.booleans())),
    pilots=_several(
        _table(
            {"code": CODES, "among": CODES},
            least=_FEW,
            most=st.none() | _FEW,
            named=_UNIT_NAMES,
            each_committee=st.booleans(),
            each_block=st.booleans(),
        )
    ),
    gates=_several(_table({"code": CODES, "holds_back": CODES, "until": _NAMES}, blocks=st.booleans())),
    routes=_several(_table({"code": CODES, "who": CODES, "to": WORDS}, milestones=_NAMES)),
    rules=_table(
        {},
        strict_before=st.booleans(),
        working_days=st.booleans(),
        sessions=st.integers(1, 2),
        joint_clause=st.sampled_from(["", "II.6"]),
    ),
).map(lambda data: adapter().validate_python(data))
"""Any plan that the schema accepts, wrong ones included."""
MEETINGS = st.lists(
    st.builds(
        MeetingFact, UNITS, st.sampled_from(MeetingKind), DAYS, st.none() | st.booleans(), st.booleans()
    ),
    max_size=6,
).map(tuple)
