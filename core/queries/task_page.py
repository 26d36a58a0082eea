"""One task's page: what the plan says of it, who is invited, how its due day moved (design: D2, B1, B2)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.meetings.models import Meeting
from core.plans.agenda import ContentPart
from core.plans.content import Action, LegalBasis, Milestone, PlanContent
from core.plans.guests import Guest, Post, guests_of, holders, place_of
from core.plans.loading import roster_posts, unit_tree
from core.plans.recomputing import in_force
from core.plans.selectors import Caught, UnitTree, caught_by
from core.plans.task_models import DueChange, Task
from core.plans.tasks import known_meeting, registered_kind
from core.queries.reading import Rows
from tenants.models import Account, Person, Unit


@dataclass(frozen=True)
class GuestRow:
    """Who is invited, by which clause, and who that is today by the roster."""

    text: str
    if_any: bool
    clause: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What the plan says about one unit's task; empty parts are not ordered by it."""

    milestone: Milestone | None = None
    contents: tuple[ContentPart, ...] = ()
    emphasis: str = ""
    lessons: tuple[LegalBasis, ...] = ()
    guests: tuple[GuestRow, ...] = ()
    banner: tuple[str, ...] = ()
    banner_clause: str = ""
    meeting: Meeting | None = None
    sets_meeting: bool = False


@dataclass(frozen=True)
class MovedDay:
    """One step of a due day's history."""

    due_from: date | None
    due_to: date | None
    why: str
    at: datetime
    by: str | None


MEETINGS = frozenset(
    {Action.REGISTER, Action.PREPARE, Action.SEND_DOCUMENTS, Action.SUGGEST, Action.AGREE, Action.HOLD}
)


def what_is_said(session: orm.Session, task: Task) -> Said:
    """What the plan in force says about the task, with the unit's guests found in the roster."""
    content = in_force(session, task.plan_id)
    said = (
        next((one for one in content.milestones if one.code == task.milestone.code), None)
        if content
        else None
    )
    if content is None or said is None:
        return Said()
    kind = registered_kind(task, content) or said.meeting
    meeting = known_meeting(session, task, kind) if kind else None
    tree = unit_tree(session, task.plan_id, task.unit.tree_path)
    tree = tree.with_pilots(name for quota in content.pilots for name in quota.named)
    caught = caught_by(content.selectors, tree)
    parts = _contents(content, said, task.unit.code, caught)
    titles = {part.code: part.title for part in content.contents}
    meets = kind is not None and said.action in MEETINGS
    return Said(
        said,
        parts,
        titles.get(said.emphasis, said.emphasis),
        tuple(basis for basis in content.bases if basis.lessons),
        _guests(session, content, task, tree, caught) if meets else (),
        _banner(content, task.unit, meeting) if meets else (),
        content.banner.clause if content.banner else "",
        meeting,
        registered_kind(task, content) is not None,
    )


def _contents(
    content: PlanContent, said: Milestone, unit_code: str, caught: Caught
) -> tuple[ContentPart, ...]:
    own = [part for part in content.contents if part.code in said.contents]
    return tuple(part for part in own if not part.who or unit_code in caught.members.get(part.who, ()))


def _guests(
    session: orm.Session, content: PlanContent, task: Task, tree: UnitTree, caught: Caught
) -> tuple[GuestRow, ...]:
    unit = tree.by_code.get(task.unit.code)
    if unit is None or not (found := guests_of(unit, content.guests, caught)):
        return ()
    posts = roster_posts(session, task.unit.tree_path)
    return tuple(
        GuestRow(guest.text, guest.if_any, guest.clause, _names(guest, tree, task.unit.code, posts))
        for guest in found
    )


def _names(guest: Guest, tree: UnitTree, unit_code: str, posts: tuple[Post, ...]) -> tuple[str, ...]:
    """Nobody is named where the words ask for no post of the roster, or for the one who directs
    this very unit."""
    if guest.invited.directing or not (guest.invited.role or guest.invited.function):
        return ()
    place = place_of(guest, tree.by_code[unit_code], tree)
    return tuple(dict.fromkeys(post.holder for post in holders(guest, place, posts) if post.holder))


def _banner(content: PlanContent, unit: Unit, meeting: Meeting | None) -> tuple[str, ...]:
    if content.banner is None:
        return ()
    day = f"{meeting.meets_on:%d/%m/%Y}" if meeting else "…"
    filled = {"{unit}": unit.name, "{place}": (meeting.place if meeting else "") or "…", "{day}": day}
    return tuple(_filled(line, filled) for line in content.banner.lines)


def _filled(line: str, words: dict[str, str]) -> str:
    for mark, text in words.items():
        line = line.replace(mark, text)
    return line


def moved_days(session: orm.Session, task_id: UUID) -> tuple[MovedDay, ...]:
    """How the task's due day moved, the newest first."""
    query: Rows = (
        sa.select(DueChange.due_from, DueChange.due_to, DueChange.why, DueChange.at)
        .add_columns(Person.full_name)
        .outerjoin(Account, Account.id == DueChange.by)
        .outerjoin(Person, Person.id == Account.person_id)
        .where(DueChange.task_id == task_id)
    )
    return tuple(
        MovedDay(*row) for row in session.execute(query.order_by(DueChange.at.desc(), DueChange.id.desc()))
    )


def doer_name(session: orm.Session, task: Task) -> str:
    """Who said that the task was done; empty where nobody did."""
    query = sa.select(Person.full_name).join(Account, Account.person_id == Person.id)
    return session.scalar(query.where(Account.id == task.done_by)) or ""
