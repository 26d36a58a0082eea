"""What publishing a draft would change, by official, and how many people it would tell (product R09)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.rotation.loading import standing_visits
from core.rotation.models import Official, RotationVersion
from core.rotation.service import assignments_of
from core.rotation.solving.changes import Change, diff
from core.rotation.solving.facts import PlannedVisit as Assigned
from tenants.access import Role
from tenants.clock import today
from tenants.conditions import valid
from tenants.models import Appointment, Person, Unit


@dataclass(frozen=True)
class Moved:
    """What a draft changes for one official: lines gained and lost, each cell and day in words.

    `forced` is whether one of his published visits could not stand; None where nothing was re-planned.
    """

    official_id: UUID
    official: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    reasons: tuple[str, ...]
    forced: bool | None = None


@dataclass(frozen=True)
class Effect:
    """What publishing a draft would do: kept lines, changes by official, people told."""

    kept: int
    people: tuple[Moved, ...]
    secretaries: int

    @property
    def told(self) -> int:
        """How many people get a notice: officials concerned and secretaries of the cells concerned."""
        return len(self.people) + self.secretaries


@dataclass(frozen=True)
class Shift:
    """One official's visit before and after, each cell and day in words; empty where there is none.

    `reason` says why without naming the visit again.
    """

    official: str
    before: str
    after: str
    forced: bool
    reason: str


def shifts_of(session: orm.Session, changes: Iterable[Change]) -> tuple[Shift, ...]:
    """Each change in words, those that are forced first, then by day."""
    every = sorted(changes, key=lambda c: (not c.forced, min(at.day for at in (c.before, c.after) if at)))
    people, cells = [UUID(change.official) for change in every], _touched(every)
    named = sa.select(Official.id, Person.full_name).join(Person, Person.id == Official.person_id)
    name = dict(session.execute(named.where(Official.id.in_(people))).all())
    place = _names(session, cells)

    def words(visit: Assigned | None) -> str:
        return f"{visit.day:%d/%m/%Y}, {place[UUID(visit.cell)]}" if visit else ""

    return tuple(
        Shift(name[UUID(c.official)], words(c.before), words(c.after), c.forced, _short(c.reason_vi))
        for c in every
    )


def _names(session: orm.Session, cells: Collection[UUID]) -> dict[UUID, str]:
    return dict(session.execute(sa.select(Unit.id, Unit.name).where(Unit.id.in_(cells))).all())


def _short(reason: str) -> str:
    said = reason.rpartition(": ")[2]
    return said[:1].upper() + said[1:]


def effect_of(session: orm.Session, version: RotationVersion) -> Effect:
    """What publishing the draft would change against the visits promised today, by official's name."""
    change = diff(standing_visits(session, version.rotation), assignments_of(session, version.id))
    return effect_of_changes(session, len(change.kept), change.changes, version.changes.get("why", ()))


def effect_of_changes(
    session: orm.Session, kept: int, changes: Iterable[Change], why: Iterable[tuple[str, bool, str]]
) -> Effect:
    """What these changes would do, by official's name; `why` gives [official, forced, reason] of each."""
    every = tuple(changes)
    return Effect(kept, _moved(session, every, why), _secretaries(session, _touched(every)))


def _touched(changes: Iterable[Change]) -> set[UUID]:
    return {UUID(at.cell) for change in changes for at in (change.before, change.after) if at}


def _moved(
    session: orm.Session, changes: tuple[Change, ...], why: Iterable[tuple[str, bool, str]]
) -> tuple[Moved, ...]:
    by_official: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_official[change.official].append(change)
    names = session.execute(
        sa.select(Official.id, Person.full_name)
        .join(Person, Person.id == Official.person_id)
        .where(Official.id.in_(map(UUID, by_official)))
        .order_by(Person.sort_key, Official.id)
    ).all()
    cells = _names(session, _touched(changes))
    said: dict[str, list[tuple[bool, str]]] = defaultdict(list)
    for official, forced, reason in why:
        said[official].append((forced, reason))
    return tuple(
        _one_moved(row.id, row.full_name, by_official[str(row.id)], cells, said[str(row.id)]) for row in names
    )


def _one_moved(
    official_id: UUID,
    name: str,
    changes: list[Change],
    cells: Mapping[UUID, str],
    why: list[tuple[bool, str]],
) -> Moved:
    def words(visit: Assigned) -> str:
        return f"{visit.day:%d/%m/%Y} – {cells[UUID(visit.cell)]}"

    gained = tuple(words(c.after) for c in changes if c.after)
    lost = tuple(words(c.before) for c in changes if c.before)
    reasons = [reason for _forced, reason in why] or [c.reason_vi for c in changes]
    forced = any(forced for forced, _reason in why) if why else None
    return Moved(official_id, name, gained, lost, tuple(dict.fromkeys(filter(None, reasons))), forced)


def _secretaries(session: orm.Session, cell_ids: set[UUID]) -> int:
    query = sa.select(sa.func.count(Appointment.person_id.distinct())).where(
        Appointment.role == Role.SECRETARY, valid(Appointment, today()), Appointment.unit_id.in_(cell_ids)
    )
    return session.scalar(query) or 0
