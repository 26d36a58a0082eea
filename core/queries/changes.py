"""What publishing a draft would change, by official, and how many people it would tell (product R09)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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


def effect_of(session: orm.Session, version: RotationVersion) -> Effect:
    """What publishing the draft would change against the visits promised today, by official's name."""
    change = diff(standing_visits(session, version.rotation), assignments_of(session, version.id))
    touched = {UUID(at.cell) for c in change.changes for at in (c.before, c.after) if at}
    moved = _moved(session, change.changes, version.changes.get("why", ()))
    return Effect(len(change.kept), moved, _secretaries(session, touched))


def _moved(
    session: orm.Session, changes: Iterable[Change], why: Iterable[tuple[str, bool, str]]
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
    cells = dict(session.execute(sa.select(Unit.id, Unit.name)).all()) if names else {}
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
