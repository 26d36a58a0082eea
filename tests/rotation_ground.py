"""A rotation of the cast's district, drawn up by its job, published, and visits ready to be reported.

Three residential cells meet on the 5th, 6th and 7th in the evening. "huyen-a.official" and two more people
of commune level attend one cell a month. Time stands at 10:00 on 10/03/2026 unless a test moves it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, orm

from core.meetings.petitions import NewPetition
from core.plans.models import Plan
from core.rotation.models import Official, OfficialArea, Rotation, RotationLevel, RotationVersion, Visit
from core.rotation.service import draft_of, generate, open_rotation, publish
from core.rotation.visiting import Quality, Regularity, VisitFacts, report
from tenants.access import Role
from tenants.accounts import Identity
from tenants.clock import frozen
from tenants.models import Account, Appointment, Person, Unit
from tenants.vietnamese import fold, sort_key
from tests.cast import OPENED, Cast
from tests.reporting_ground import published_plan, run_jobs
from tests.stories import story

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
CONTENT = "Chi bộ bàn việc làm đường thôn, thống nhất mức đóng góp."
OTHERS = ("Bùi Văn Sáu", "Đinh Thị Tám")


@story
def furnished(cast: Cast, code: str = "huyen-a") -> UUID:
    """The tenant's published plan, officials with their area, cells with their usual days; the plan's id."""
    plan_id = published_plan(cast, code)
    with cast.session(code) as session:
        for number in (1, 2, 3):
            cell = session.get_one(Unit, cast.unit(f"{code}/CB-{number}"))
            cell.meeting_day, cell.meeting_slot = 4 + number, "evening"
        level = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "commune")).one()
        person = session.get_one(Person, cast.actor(f"{code}.official").person_id)
        for one in (person, *(_person(session, name) for name in OTHERS)):
            _official(session, one, level, cast.unit(f"{code}/XA-1"))
        secretary = session.get_one(Person, cast.actor(f"{code}.secretary").person_id)
        secretary.phone = "0905 123 456"
    return plan_id


def _person(session: orm.Session, name: str) -> Person:
    person = Person(code=f"OF-{name}", full_name=name, sort_key=sort_key(name), search_key=fold(name))
    session.add(person)
    session.flush()
    return person


def _official(session: orm.Session, person: Person, level: RotationLevel, area_id: UUID) -> None:
    official = Official(person_id=person.id, level_id=level.id)
    session.add(official)
    session.flush()
    session.add(OfficialArea(official_id=official.id, unit_id=area_id))


def colleague(cast: Cast, name: str = OTHERS[0]) -> str:
    """One of the other officials as somebody who signs in: "huyen-a.partner"."""
    with cast.session("huyen-a") as session:
        person = session.scalars(sa.select(Person).where(Person.full_name == name)).one()
        account = Account(person_id=person.id, login="partner")
        at = {"unit_id": cast.unit("huyen-a/"), "role": Role.OFFICIAL, "valid_from": OPENED}
        session.add_all([account, Appointment(person_id=person.id, **at)])
        session.flush()
        cast.accounts["huyen-a.partner"] = Identity(cast.tenants["huyen-a"], account.id, None)
    return "huyen-a.partner"


@story
def drafted(cast: Cast, code: str = "huyen-a", months: int = 6) -> UUID:
    """A rotation from January 2026 with a draft drawn up by its job; the rotation's id."""
    plan_id = furnished(cast, code)
    with cast.session(code) as session:
        officer = cast.actor(f"{code}.officer")
        rotation = open_rotation(session, officer, session.get_one(Plan, plan_id), date(2026, 1, 1), months)
        generate(session, officer, rotation)
    run_jobs(cast, code)
    return rotation.id


@story
def published(cast: Cast, code: str = "huyen-a", months: int = 6) -> UUID:
    """The rotation with its first version published; the rotation's id."""
    rotation_id = drafted(cast, code, months)
    with cast.session(code) as session:
        publish(session, cast.actor(f"{code}.standing"), version_of(session, rotation_id))
    return rotation_id


def version_of(session: orm.Session, rotation_id: UUID) -> RotationVersion:
    """The draft, else the newest version."""
    return draft_of(session, rotation_id) or session.get_one(Rotation, rotation_id).versions[-1]


def visits_of(cast: Cast, who: str = "huyen-a.official") -> list[UUID]:
    """The person's visits, by day."""
    actor = cast.actor(who)
    query = sa.select(Visit.id).join(Official, Official.id == Visit.official_id)
    with cast.session(who) as session:
        return list(
            session.scalars(query.where(Official.person_id == actor.person_id).order_by(Visit.meets_on))
        )


@story
def reported(cast: Cast, place: int = 0, *asked: NewPetition, who: str = "huyen-a.official") -> UUID:
    """The person's visit of that place in the year, reported on the day it was made; its id."""
    visit_id = visits_of(cast, who)[place]
    with cast.session(who) as session:
        visit = session.get_one(Visit, visit_id)
        facts = VisitFacts(visit.meets_on, Regularity.KEPT, Quality.GOOD, CONTENT, petitions=asked)
        day = datetime(visit.meets_on.year, visit.meets_on.month, visit.meets_on.day, 14, 0, tzinfo=UTC)
        with frozen(day):
            report(session, cast.actor(who), visit, facts)
    return visit_id


@contextmanager
def statements(session_engine: sa.Engine) -> Iterator[list[str]]:
    """What the database was asked inside the block, apart from naming the tenant."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SET LOCAL"):
            asked.append(statement)

    event.listen(session_engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(session_engine, "before_cursor_execute", note)
