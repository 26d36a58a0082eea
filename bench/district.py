"""An invented district with a year behind it, in a database of its own: who visited, reported, asked."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from bench.rotation_baselines import careful_greedy
from core.meetings.models import Petition
from core.plans.models import Plan
from core.rotation.models import Official, Rotation, RotationLevel, Visit, VisitReport
from core.rotation.solving.facts import PlannedVisit
from core.rotation.solving.invented import LEVELS, MONTHS, SCALES, instance
from core.rotation.solving.problem import Problem
from tenants.access import Actor, Grant, Role
from tenants.accounts import PLATFORM_PATH
from tenants.clock import LOCAL
from tenants.db import Base
from tenants.models import CellSetting, Person, Unit
from tenants.provisioning import NewTenant, open_tenant
from tenants.scope import across_tenants, new_row, tenant_scope, transaction
from tenants.tree import UnitKind
from tenants.vietnamese import fold, sort_key

SCALE = replace(SCALES["district"], commune_officials=320)
REPORT_DAYS = {"commune": 1, "district": 3, "province": 3}
OPENED = date(2024, 12, 1)
OPERATOR = Actor(None, None, None, "Đo hiệu năng", (Grant(Role.OPERATOR, PLATFORM_PATH),))
Row = dict[str, Any]


def open_district(code: str, seed: int) -> UUID:
    """A new tenant with about 300 cells and 4,000 visits, reports and petitions of the year; its id."""
    new = NewTenant(
        code, "Đảng bộ huyện Mẫu", "Huyện ủy Mẫu", "Mẫu", "HUYEN", "", "Quản trị Mẫu", "quantri", OPENED
    )
    with across_tenants("bench"), transaction() as session:
        tenant_id = open_tenant(session, OPERATOR, new).tenant_id
    with tenant_scope(tenant_id), transaction() as session:
        _Furnisher(session, instance(SCALE, seed), Random(seed)).furnish()
    return tenant_id


class _Furnisher:
    """Writes an instance of the rotation and what came of its visits."""

    def __init__(self, session: orm.Session, problem: Problem, dice: Random) -> None:
        self.session, self.problem, self.dice = session, problem, dice
        self.ids: dict[str, UUID] = {}
        self.level = {official.id: official.level for official in problem.officials}

    def furnish(self) -> None:
        """Tree, people, plan, then the year."""
        self._units()
        self._officials()
        plan = Plan(title="Dự sinh hoạt chi bộ khu dân cư", year=MONTHS[0].year, body={})
        self.session.add(plan)
        self.session.flush()
        rotation = Rotation(plan_id=plan.id, first_month=MONTHS[0], months=len(MONTHS))
        self.session.add(rotation)
        self.session.flush()
        self._year(rotation.id)

    def _units(self) -> None:
        root = self.session.scalars(sa.select(Unit).where(Unit.parent_id.is_(None))).one()
        home = self.session.scalars(sa.select(CellSetting.id).where(CellSetting.is_residential)).one()
        names = dict.fromkeys(cell.unit for cell in self.problem.cells)
        communes = [
            self._unit(name.upper(), f"Đảng bộ xã {name}", UnitKind.ORGANISATION, root.id, root.path)
            for name in names
        ]
        self._insert(Unit, communes)
        paths = {row["code"].lower(): row["path"] for row in communes}
        cells = [
            self._unit(cell.id.upper(), f"{cell.name}, xã {cell.unit}", UnitKind.CELL, self.ids[cell.unit],
                       paths[cell.unit], home, cell.special)
            for cell in self.problem.cells
        ]  # fmt: skip
        self._insert(Unit, cells)

    def _unit(
        self, code: str, name: str, kind: UnitKind, parent_id: UUID, above: str,
        setting_id: UUID | None = None, special: int = 0,
    ) -> Row:  # fmt: skip
        row = new_row(
            code=code, name=name, search_key=fold(name), kind=kind, parent_id=parent_id,
            setting_id=setting_id, path=f"{above}{code}/", special=special,
            former_name="", valid_from=OPENED, revision=1,
        )  # fmt: skip
        self.ids[code.lower()] = row["id"]
        return row

    def _officials(self) -> None:
        levels = {
            level.code: new_row(code=level.code, name=level.name, period_months=level.period_months,
                                report_days=REPORT_DAYS[level.code])
            for level in LEVELS
        }  # fmt: skip
        people = {official.id: self._person(official.id) for official in self.problem.officials}
        officials = [
            new_row(person_id=people[official.id]["id"], level_id=levels[official.level]["id"])
            for official in self.problem.officials
        ]
        self.ids |= {o.id: row["id"] for o, row in zip(self.problem.officials, officials, strict=True)}
        self._insert(RotationLevel, list(levels.values()))
        self._insert(Person, list(people.values()))
        self._insert(Official, officials)

    def _person(self, who: str) -> Row:
        name = f"Người Mẫu {who.upper()}"
        return new_row(
            code=who.upper(), full_name=name, sort_key=sort_key(name), search_key=fold(name),
            phone="", email="", revision=1,
        )  # fmt: skip

    def _year(self, rotation_id: UUID) -> None:
        """Of a hundred visits 88 are reported, 4 only attended, 5 missed, 2 silent, 1 cancelled."""
        visits, reports, petitions = list[Row](), list[Row](), list[Row]()
        for planned in careful_greedy(self.problem):
            visit = self._visit(rotation_id, planned)
            fate = self.dice.choices(("report", "attend", "miss", "silent", "cancel"), (88, 4, 5, 2, 1))[0]
            visits.append(visit | self._outcome(fate, planned.day))
            if fate == "report":
                reports.append(self._report(visit["id"], planned))
                petitions += self._petitions(visit["id"], planned)
        self._insert(Visit, visits)
        self._insert(VisitReport, reports)
        self._insert(Petition, petitions)

    def _visit(self, rotation_id: UUID, planned: PlannedVisit) -> Row:
        return new_row(
            rotation_id=rotation_id, official_id=self.ids[planned.official], cell_id=self.ids[planned.cell],
            month=planned.month, meets_on=planned.day, assigned_at=_at(OPENED), cancelled_reason="",
        )  # fmt: skip

    def _outcome(self, fate: str, day: date) -> Row:
        done = fate in ("report", "attend")
        return {
            "attended_on": day if done else None,
            "missed_reason": "Đi công tác" if fate == "miss" else None,
            "settled_at": _at(day) if done or fate == "miss" else None,
            "cancelled_at": _at(OPENED) if fate == "cancel" else None,
        }

    def _report(self, visit_id: UUID, planned: PlannedVisit) -> Row:
        days = REPORT_DAYS[self.level[planned.official]]
        sent = planned.day + timedelta(self.dice.randint(0, days) + (self.dice.random() < 0.05) * 3)
        return new_row(
            visit_id=visit_id, submitted_at=_at(sent), due_on=planned.day + timedelta(days),
            regularity="kept", quality="good",
            content="Chi bộ bàn việc thôn và nhiệm vụ tháng tới. " * 4, information="",
            proposal="", sha256="0" * 64,
        )  # fmt: skip

    def _petitions(self, visit_id: UUID, planned: PlannedVisit) -> list[Row]:
        if self.dice.random() >= 0.25:
            return []
        answered, referred = self.dice.random() < 0.5, self.dice.random() < 0.4
        return [
            new_row(
                visit_id=visit_id, cell_id=self.ids[planned.cell],
                text="Đề nghị sửa đoạn kênh tưới bị sạt lở.", field="Nông nghiệp",
                urgent=self.dice.random() < 0.05, raised_on=planned.day,
                referred_at=_at(planned.day) if referred else None,
                answer="Đã xử lý." if answered else None, answered_at=_at(planned.day) if answered else None,
            )
        ]  # fmt: skip

    def _insert(self, kind: type[Base], rows: list[Row]) -> None:
        self.session.execute(sa.insert(kind), rows)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(20), LOCAL).astimezone(UTC)
