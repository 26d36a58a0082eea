"""Five tenants full of work, each with its own canary words in everything it holds.

    tinh ── huyen-a ── xa-c      huyen-a is "own": tinh its parent, xa-c its child,
         └─ huyen-b              huyen-b its sibling,
    tinh-x ── huyen-x            and tinh-x a stranger of another tree (huyen-x only receives its plan)

The private canary stands in what never leaves a tenant: names of cells and people, petitions, reports of
visits, absences, uploads, notices, drafts. The public one stands in plans and answers, which go down; the
told one in names of units and urgent petitions, which reports tell the levels above (S4-17).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.documents.models import Artifact, OfficialDocument
from core.exchange.models import Direction, Dispatch, DispatchKind
from core.following import FOLLOWS
from core.meetings.models import Meeting, MeetingKind, Petition
from core.meetings.petitions import NewPetition
from core.notices.mailing import choose_mail, write_letters
from core.notices.models import Job, JobKind, JobState, Notice
from core.notices.reminder_models import DigestDay, ReminderSetting
from core.notices.work import owe, post
from core.plans.calendars import CalendarDay
from core.plans.extending import ask_extension
from core.plans.models import Plan, PlanVersion
from core.plans.pilots import select_pilots
from core.plans.service import derive, draft, publish
from core.plans.task_models import Extension, Milestone, Task
from core.plans.tasks import Appointed, Done, complete, set_meeting
from core.plans.workdays import DayKind
from core.reports.models import Report, ReportVersion
from core.reports.service import accept, consolidate, newest, open_report, send_back, submit
from core.rosters.kinds import KINDS
from core.rosters.models import RosterUpload
from core.rosters.service import upload
from core.rosters.writing import write_sheet
from core.rotation import service as rotations
from core.rotation.board import keep, moved, preview
from core.rotation.by_hand import Pin, Swap, Trial, TrialKind
from core.rotation.happenings import Away
from core.rotation.links import renew_link
from core.rotation.models import (
    Absence,
    Official,
    OfficialArea,
    PlannedVisit,
    Rotation,
    RotationLevel,
    RotationVersion,
    Visit,
    VisitReport,
)
from core.rotation.own_plan import add_pin
from core.rotation.replanning import add as add_event
from core.rotation.replanning import preview as preview_events
from core.rotation.sheet import sheet_of
from core.rotation.solving.facts import Weights
from core.rotation.swapping import ask, partners_for
from core.rotation.trying import try_out
from core.rotation.visiting import Quality, Regularity, VisitFacts, miss, report
from core.rotation.weighing import set_weights
from jobs.run import Outcome, run_pending
from tenants.access import Role
from tenants.accounts import Identity, invite, start_session
from tenants.clock import frozen
from tenants.models import Account, Appointment, AuditEntry, CellSetting, Department, Invitation, Person, Unit
from tenants.people import UnitFacts, plan_event, save_unit
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import across_tenants, new_row, tenant_scope, transaction
from tenants.tree import UnitKind
from tenants.unit_events import EventKind, Successor, UnitChange
from tenants.unit_models import EventState, UnitEvent
from tenants.vietnamese import fold, sort_key
from tests.cast import OPENED, SYSTEM, Cast, _furnish, _person
from tests.reporting_ground import QUARTER, content, received
from tests.task_ground import task_of, with_tasks

NOW = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)
OWN, PARENT, CHILD, SIBLING, STRANGER = "huyen-a", "tinh", "xa-c", "huyen-b", "tinh-x"
CODES = (PARENT, OWN, SIBLING, CHILD, STRANGER)
RELATIONS = {"own": OWN, "sibling": SIBLING, "parent": PARENT, "child": CHILD, "stranger": STRANGER}
LOGINS = ("admin", "officer", "standing", "base-officer", "secretary", "official", "member")


def private(code: str) -> str:
    """The word that stands in what never leaves the tenant."""
    return f"zq{code.replace('-', '')}qz"


def public(code: str) -> str:
    """The word that stands in what the tenant sends up or down."""
    return f"wk{code.replace('-', '')}kw"


def told(code: str) -> str:
    """The word that stands in what the tenant's reports tell above: names of units, urgent petitions."""
    return f"hs{code.replace('-', '')}sh"


@dataclass(frozen=True)
class World:
    """The people, one sample of everything by tenant and name, and the secret of everyone's web session."""

    cast: Cast
    samples: dict[tuple[str, str], str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def sample(self, code: str, name: str) -> str:
        """The id (or token) of a tenant's sample; KeyError names what the world lacks."""
        return self.samples[code, name]


def build_world(known: Cast) -> World:
    """Fill the database that the sessions are bound to; the cast of the tests is already in it."""
    world = World(Cast(dict(known.tenants), dict(known.units), dict(known.accounts)))
    with frozen(NOW):
        _open_stranger(world.cast)
        for code in CODES:
            _name_after_canary(world.cast, code)
        _pass_plans_down(world.cast)
        for code in CODES:
            _draw_up_and_visit(world.cast, code)
        _pass_reports_up(world.cast)
        for code in CODES:
            _keep_files(world.cast, code)
            _do_tasks(world.cast, code)
            _reorganise(world.cast, code)
            _collect(world, code)
        _sign_everyone_in(world)
    return world


def _open_stranger(cast: Cast) -> None:
    for code, level, parent in ((STRANGER, "TINH", ""), ("huyen-x", "HUYEN", STRANGER)):
        names = (f"Nơi {code}", f"Cấp ủy {code}", f"Đất {code}")
        new = NewTenant(code, *names, level, parent, "Trần Văn Bền", "admin", OPENED)
        with across_tenants("a test"), transaction() as session:
            cast.tenants[code] = open_tenant(session, SYSTEM, new).tenant_id
    with cast.session(STRANGER) as session:
        _furnish(session, cast, STRANGER, "")


def _name_after_canary(cast: Cast, code: str) -> None:
    word = private(code)
    with cast.session(code) as session:
        cell = session.get_one(Unit, cast.unit(f"{code}/CB-1"))
        _person(session, "member", "Đặng Thị Mai", Role.MEMBER, cell)
        for unit in session.scalars(sa.select(Unit).where(Unit.parent_id.is_not(None))):
            unit.name = f"{unit.name} {told(code)}"
            unit.former_name, unit.search_key = f"Cũ {word}", fold(unit.name)
            if unit.code.startswith("CB"):
                unit.meeting_day, unit.meeting_slot = 4 + int(unit.code[-1]), "evening"
        for person in session.scalars(sa.select(Person)):
            person.full_name = f"{word} {person.full_name}"
            person.sort_key, person.search_key = sort_key(person.full_name), fold(person.full_name)
            person.email = f"{word}@example.vn"
        session.add(CellSetting(name=f"Loại {word}"))
        session.add(Department(name=f"Ban {word}", function="office"))
        session.add_all([ReminderSetting(), DigestDay(day=date(2026, 1, 5), people=1)])
        session.add(CalendarDay(day=date(2026, 7, 15), kind=DayKind.OFF, label=f"Nghỉ {word}"))
        account = session.scalars(sa.select(Account).where(Account.login == "member")).one()
        cast.accounts[f"{code}.member"] = Identity(account.tenant_id, account.id, None)


def _run(cast: Cast, *codes: str) -> None:
    for code in codes:
        with cast.scope(code):
            assert set(run_pending()) <= {Outcome.DONE}, code


def _pass_plans_down(cast: Cast) -> None:
    for code in (PARENT, STRANGER):
        said = with_tasks(subject=f"Dự sinh hoạt {public(code)}", signer=f"Ông {public(code)}")
        with cast.session(code) as session:
            publish(
                session, cast.actor(f"{code}.standing"), draft(session, cast.actor(f"{code}.standing"), said)
            )
        _run(cast, code)
    for code in (OWN, SIBLING, CHILD):
        actor = cast.actor(f"{code}.standing")
        with cast.session(code) as session:
            came = received(session, DispatchKind.PLAN)
            publish(session, actor, derive(session, actor, came, f"Ông {public(code)}"))
        _run(cast, code)
    for code in CODES:
        with cast.session(code) as session:
            draft(session, cast.actor(f"{code}.standing"), content(subject=f"Dự thảo {private(code)}"))


def _do_tasks(cast: Cast, code: str) -> None:
    """The commune chooses cell 1 to go first; the cell sets a day, which moves others, and asks for time."""
    base, secretary, word = cast.actor(f"{code}.base-officer"), cast.actor(f"{code}.secretary"), private(code)
    with cast.session(code) as session:
        select_pilots(session, base, task_of(session, "chon_diem", "XA-1"), {"CB-1": None})
        appointed = Appointed(date(2026, 5, 4), place=f"Nhà {word}")
        set_meeting(session, secretary, task_of(session, "to_chuc"), appointed)
        ask_extension(session, secretary, task_of(session, "dang_ky"), date(2026, 5, 1), f"Bão {word}")
        complete(session, secretary, task_of(session, "gui_tai_lieu"), Done(NOW.date(), f"Gửi {word}"))


def _draw_up_and_visit(cast: Cast, code: str) -> None:
    with cast.session(code) as session:
        plan = session.scalars(sa.select(Plan).where(Plan.versions.any())).one()
        for person in _attending(session, code):
            _make_official(session, cast, code, person)
        officer = cast.actor(f"{code}.officer")
        rotation = rotations.open_rotation(session, officer, plan, date(2026, 1, 1), 6)
        rotations.generate(session, officer, rotation)
    _run(cast, code)
    with cast.session(code) as session:
        first = session.scalars(sa.select(RotationVersion)).one()
        rotations.publish(session, cast.actor(f"{code}.standing"), first)
    _report_visits(cast, code)
    _settle_by_hand(cast, code)
    with cast.session(code) as session:
        rotations.adjust(session, officer, session.get_one(Rotation, rotation.id), f"Vì {private(code)}")
    _run(cast, code)
    _change_the_draft(cast, code, rotation.id)


def _settle_by_hand(cast: Cast, code: str) -> None:
    """The official's wish of a month, and an exchange he asks for."""
    actor = cast.actor(f"{code}.official")
    with cast.session(code) as session:
        official = session.scalars(sa.select(Official).where(Official.person_id == actor.person_id)).one()
        add_pin(session, actor, official, cast.unit(f"{code}/CB-1"), date(2026, 12, 1))
        mine = session.scalars(_MINE_ROWS.where(Visit.meets_on > NOW.date()).limit(1)).one()
        ask(session, actor, mine, partners_for(session, mine)[0], f"Bận {private(code)}")


def _change_the_draft(cast: Cast, code: str, rotation_id: UUID) -> None:
    """A change of the draft by hand, prices of the rules, and a trial with its answer."""
    officer = cast.actor(f"{code}.officer")
    with cast.session(code) as session:
        rotation = session.get_one(Rotation, rotation_id)
        version = session.scalars(
            sa.select(RotationVersion).where(RotationVersion.published_at.is_(None))
        ).one()
        sheet = sheet_of(session, version)
        lines = sa.select(PlannedVisit).where(PlannedVisit.version_id == version.id)
        may, june = session.scalars(lines.order_by(PlannedVisit.official_id, PlannedVisit.month)).all()[4:6]
        free = next(
            cast.unit(f"{code}/CB-{n}") for n in (2, 3) if cast.unit(f"{code}/CB-{n}") != june.cell_id
        )
        asked = preview(sheet, moved(sheet.problem, may, free, june.month))
        keep(session, officer, version, asked, f"Vì {private(code)}")
        set_weights(session, cast.actor(f"{code}.admin"), asdict(Weights()))
        try_out(session, officer, rotation, [{"kind": "rule", "rule": "travel"}])
        ill = Away(may.official_id, date(2026, 5, 1), date(2026, 5, 31), f"Mổ {private(code)}")
        add_event(session, officer, rotation, ill)
        preview_events(session, officer, rotation)
    _run(cast, code)


def _attending(session: orm.Session, code: str) -> list[Person]:
    for number in (1, 2):
        name = f"{private(code)} Cán Bộ {number}"
        key = {"sort_key": sort_key(name), "search_key": fold(name)}
        session.add(Person(code=f"OF-{number}", full_name=name, **key))
    session.flush()
    official = sa.select(Account.person_id).where(Account.login == "official")
    wanted = sa.or_(Person.id.in_(official), Person.code.like("OF-%"))
    return list(session.scalars(sa.select(Person).where(wanted).order_by(Person.code)))


def _make_official(session: orm.Session, cast: Cast, code: str, person: Person) -> None:
    level = session.scalars(sa.select(RotationLevel).where(RotationLevel.code == "commune")).one()
    official = Official(person_id=person.id, level_id=level.id)
    session.add(official)
    session.flush()
    session.add(OfficialArea(official_id=official.id, unit_id=cast.unit(f"{code}/XA-1")))
    day = date(2026, 6, 20)
    session.add(Absence(person_id=person.id, starts_on=day, ends_on=day, reason=f"Bận {private(code)}"))


def _report_visits(cast: Cast, code: str) -> None:
    """The official's visit of cell 1 is reported with two petitions, one more is missed."""
    word, actor = private(code), cast.actor(f"{code}.official")
    asked = (
        NewPetition(f"Đề nghị {told(code)}", "Giao thông", True),
        NewPetition(f"Hỏi {word}", answer=f"Rồi {word}"),
    )
    with cast.session(code) as session:
        visits = _own_visits(session, actor.person_id)
        made = next(v for v in visits if v.cell_id == cast.unit(f"{code}/CB-1"))
        facts = VisitFacts(
            made.meets_on, Regularity.KEPT, Quality.GOOD, f"Nội dung {word}", f"Tin {word}", f"Ý {word}",
            asked,
        )  # fmt: skip
        report(session, actor, made, facts)
        missed = next(v for v in visits if v is not made)
        miss(session, actor, missed, f"Đi họp {word}")


def _own_visits(session: orm.Session, person_id: UUID | None) -> list[Visit]:
    query = sa.select(Visit).join(Official, Official.id == Visit.official_id).order_by(Visit.meets_on)
    query = query.where(Official.person_id == person_id, Visit.meets_on < NOW.date())
    return list(session.scalars(query))


def _pass_reports_up(cast: Cast) -> None:
    for code in (CHILD, OWN, SIBLING, PARENT, STRANGER):
        with cast.session(code) as session:
            plan = session.scalars(sa.select(Plan).where(Plan.versions.any())).one()
            opened = open_report(session, cast.actor(f"{code}.officer"), plan, QUARTER)
            consolidate(session, cast.actor(f"{code}.officer"), opened)
        _run(cast, code)
        if code in (CHILD, OWN, SIBLING):
            with cast.session(code) as session:
                version = newest(session, opened.id)
                assert version is not None
                submit(session, cast.actor(f"{code}.standing"), version)
            _run(cast, code)
            _decide(cast, OWN if code == CHILD else PARENT, accepted=code != SIBLING)


def _decide(cast: Cast, code: str, *, accepted: bool) -> None:
    actor = cast.actor(f"{code}.standing")
    with cast.session(code) as session:
        came = received(session, DispatchKind.REPORT)
        if accepted:
            accept(session, actor, came)
        else:
            send_back(session, actor, came, f"Thiếu số liệu {public(code)}")
    _run(cast, code)


def _keep_files(cast: Cast, code: str) -> None:
    word, admin = private(code), cast.actor(f"{code}.admin")
    with cast.session(code) as session:
        columns = KINDS["people"].columns
        rows = [
            [
                {"person": key, "full_name": f"{word} Mới"}.get(column.key, column.example)
                for column in columns
            ]
            for key in ("ZZ-1", "")
        ]
        file = write_sheet("Danh sách", [column.heading_vi for column in columns], rows)
        upload(session, admin, "people", f"{word}.xlsx", file)
        owe(session, admin, JobKind.COUNT_TENANT, "count")
    _run(cast, code)
    with cast.session(code) as session:
        told = dict.fromkeys(session.scalars(sa.select(Account.person_id)), f"Nhắc {word}")
        post(session, told, "test", "canary", "/tasks/")
        choose_mail(session, admin, wanted=True)
        write_letters(session, admin, told, f"Nhắc {word}", "canary", "https://localhost/tasks/")
        session.execute(sa.update(Job).where(Job.kind == JobKind.SEND_MAIL).values(state=JobState.DONE))
        dead = new_row(
            kind=JobKind.REMIND, args={}, dedup_key="dead", state=JobState.DEAD, error="TimeoutError",
            requested_by=admin.account_id,
        )  # fmt: skip
        session.execute(sa.insert(Job).values(dead))


def _reorganise(cast: Cast, code: str) -> None:
    """Two cells of their own, merged today; a rename to come."""
    actor, word = cast.actor(f"{code}.admin"), f"{told(code)} {private(code)}"
    with cast.session(code) as session:
        for cell in ("CB-8", "CB-9"):
            facts = UnitFacts(cell, f"Chi bộ {word}", UnitKind.CELL, cast.unit(f"{code}/XA-1"), OPENED)
            save_unit(session, actor, facts)
        cells = session.scalars(
            sa.select(Unit).where(Unit.code.in_(("CB-8", "CB-9"))).order_by(Unit.code)
        ).all()
        first, second = (cell.id for cell in cells)
        merged = UnitChange(EventKind.MERGE, NOW.date(), (first, second), (Successor(first),))
        plan_event(session, actor, merged, FOLLOWS)
        plan_event(
            session, actor, UnitChange(EventKind.RENAME, NOW.date(), (first,), name="Chi bộ Tám"), FOLLOWS
        )
        later = NOW.date() + timedelta(days=30)
        renamed = UnitChange(EventKind.RENAME, later, (first,), name=f"Chi bộ mới {word}")
        plan_event(session, actor, renamed, FOLLOWS)


def _collect(world: World, code: str) -> None:
    with world.cast.session(code) as session:
        kept = {name: session.scalars(query.limit(1)).one() for name, query in QUERIES.items()}
        for login in LOGINS:
            account = session.get_one(Account, world.cast.accounts[f"{code}.{login}"].account_id)
            mine = sa.select(Notice.id).where(Notice.person_id == account.person_id)
            kept[f"notice {login}"] = session.scalars(mine.limit(1)).one()
        member = session.scalars(sa.select(Account).where(Account.login == "member")).one()
        world.samples[code, "token"] = invite(session, member)
        world.samples[code, "code"] = code
        world.samples[code, "all dispatches"] = " ".join(map(str, session.scalars(sa.select(Dispatch.id))))
        world.samples[code, "calendar key"] = renew_link(session, world.cast.actor(f"{code}.official"))
        for kind in (DispatchKind.PLAN, DispatchKind.REPORT):
            came = sa.select(Dispatch.id).where(Dispatch.kind == kind, Dispatch.direction == Direction.IN)
            if (found := session.scalar(came)) is not None:
                kept[f"{kind} dispatch"] = found
    world.samples.update({(code, name): str(key) for name, key in kept.items()})


_IN_CELL = sa.select(Unit.id).where(Unit.code == "CB-1").scalar_subquery()
_OFFICIAL = (
    sa.select(Official.id)
    .join(Account, Account.person_id == Official.person_id)
    .where(Account.login == "official")
    .scalar_subquery()
)
_MINE_ROWS = sa.select(Visit).where(Visit.official_id == _OFFICIAL).order_by(Visit.meets_on)
_MINE = sa.select(Visit.id).where(Visit.official_id == _OFFICIAL).order_by(Visit.meets_on)
_PUBLISHED = sa.select(RotationVersion.id).where(RotationVersion.published_at.is_not(None)).scalar_subquery()
_TASKS = sa.select(Task.id).join(Milestone, Milestone.id == Task.milestone_id)
QUERIES: dict[str, sa.Select[Any]] = {
    "unit": sa.select(Unit.id).where(Unit.code == "CB-1"),
    "unit event": sa.select(UnitEvent.id).where(UnitEvent.state == EventState.APPLIED),
    "coming unit event": sa.select(UnitEvent.id).where(UnitEvent.state == EventState.PLANNED),
    "person": sa.select(Account.person_id).where(Account.login == "secretary"),
    "account": sa.select(Account.id).where(Account.login == "secretary"),
    "appointment": sa.select(Appointment.id).where(Appointment.role == Role.SECRETARY),
    "setting": sa.select(CellSetting.id).where(CellSetting.name.like("Loại zq%")),
    "department": sa.select(Department.id).where(Department.name.like("Ban zq%")),
    "calendar day": sa.select(CalendarDay.id),
    "reminder setting": sa.select(ReminderSetting.id),
    "level": sa.select(RotationLevel.id).where(RotationLevel.code == "commune"),
    "official": sa.select(Official.id).where(Official.id == _OFFICIAL),
    "absence": sa.select(Absence.id),
    "meeting": sa.select(Meeting.id).where(Meeting.cell_id == _IN_CELL, Meeting.kind == MeetingKind.REGULAR),
    "plan": sa.select(Plan.id).where(Plan.versions.any()),
    "plan draft": sa.select(Plan.id).where(~Plan.versions.any()),
    "plan version": sa.select(PlanVersion.id),
    "task": _TASKS.where(Milestone.code == "to_chuc", Task.unit_id == _IN_CELL),
    "pilots task": _TASKS.where(Milestone.code == "chon_diem"),
    "extension": sa.select(Extension.id),
    "rotation": sa.select(Rotation.id),
    "version": sa.select(RotationVersion.id).where(RotationVersion.published_at.is_not(None)),
    "draft": sa.select(RotationVersion.id).where(RotationVersion.published_at.is_(None)),
    "planned": sa.select(PlannedVisit.id).where(
        PlannedVisit.version_id == _PUBLISHED, PlannedVisit.cell_id == _IN_CELL
    ),
    "visit": _MINE.where(Visit.cell_id == _IN_CELL, Visit.attended_on.is_not(None)),
    "open visit": _MINE.where(Visit.settled_at.is_(None), Visit.meets_on < NOW.date()),
    "coming visit": _MINE.where(Visit.meets_on > NOW.date(), Visit.cancelled_at.is_(None)),
    "own absence": sa.select(Absence.id)
    .join(Official, Official.person_id == Absence.person_id)
    .where(Official.id == _OFFICIAL),
    "pin": sa.select(Pin.id),
    "swap": sa.select(Swap.id),
    "draft line": sa.select(PlannedVisit.id).where(
        PlannedVisit.version_id.in_(
            sa.select(RotationVersion.id).where(RotationVersion.published_at.is_(None))
        )
    ),
    "trial": sa.select(Trial.id).where(Trial.kind == TrialKind.SCENARIOS),
    "events": sa.select(Trial.id).where(Trial.kind == TrialKind.EVENTS),
    "visit report": sa.select(VisitReport.id),
    "petition": sa.select(Petition.id).where(Petition.urgent, Petition.cell_id == _IN_CELL),
    "report": sa.select(Report.id),
    "report version": sa.select(ReportVersion.id),
    "dispatch": sa.select(Dispatch.id).order_by(Dispatch.direction, Dispatch.kind, Dispatch.sent_at.desc()),
    "document": sa.select(OfficialDocument.id).where(OfficialDocument.artifacts.any()),
    "artifact": sa.select(Artifact.id),
    "upload": sa.select(RosterUpload.id),
    "job": sa.select(Job.id).where(Job.kind == JobKind.GENERATE_ROTATION),
    "dead job": sa.select(Job.id).where(Job.state == JobState.DEAD),
    "entry": sa.select(AuditEntry.id),
    "invitation": sa.select(Invitation.id),
}


def _sign_everyone_in(world: World) -> None:
    names = [f"{code}.{login}" for code in CODES for login in LOGINS]
    with across_tenants("a test"), transaction() as session:
        for name in (*names, "operator"):
            world.secrets[name] = start_session(session, world.cast.accounts[name])


@contextmanager
def scoped(world: World, code: str) -> Iterator[orm.Session]:
    """A transaction of a tenant, taken back at the end."""
    with tenant_scope(world.cast.tenants[code]), transaction() as session:
        yield session
        session.rollback()
