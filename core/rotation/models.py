"""Officials, their absences, the versions of a rotation, and the visits that came of them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.rotation.solving.facts import OwnCell, cadence_words
from tenants.clock import now, today
from tenants.db import Base, choice, tenant_key
from tenants.models import Person, Unit
from tenants.scope import TenantOwned


class RotationLevel(TenantOwned, Base):
    """How often officials of a level attend, and within how many days they report (S4-03, S4-10, S4-13).

    Either one visit each `period_months` or at least `per_year` a calendar year, no two in a month.
    `own_cell`: whether they may attend the cell they belong to (S4-07).
    """

    __tablename__ = "rotation_level"
    code: Mapped[str]
    name: Mapped[str]
    period_months: Mapped[int | None] = mapped_column(sa.SmallInteger)
    per_year: Mapped[int | None] = mapped_column(sa.SmallInteger)
    own_cell: Mapped[OwnCell] = mapped_column(choice(OwnCell, "own_cell"), default=OwnCell.EXCLUDED)
    report_days: Mapped[int] = mapped_column(sa.SmallInteger)
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "code"),
        sa.CheckConstraint("period_months IN (1, 2, 3, 4, 6, 12)", name="period"),
        sa.CheckConstraint("per_year BETWEEN 1 AND 12", name="per_year"),
        sa.CheckConstraint("num_nonnulls(period_months, per_year) = 1", name="cadence"),
        sa.CheckConstraint("report_days BETWEEN 1 AND 60", name="report_days"),
    )

    @property
    def cadence_vi(self) -> str:
        """As "hằng quý" or "ít nhất 04 lần một năm"."""
        return cadence_words(self.period_months, self.per_year)

    def __str__(self) -> str:
        return self.name


class Official(TenantOwned, Base):
    """A person who attends cells' meetings: level, own cell and, in `areas`, where (S4-02, S4-07).

    From `joined_on`, where given, he owes the periods that end on or after it; from `retired_on` none.
    """

    __tablename__ = "official"
    person_id: Mapped[UUID]
    level_id: Mapped[UUID]
    own_cell_id: Mapped[UUID | None]
    joined_on: Mapped[date | None]
    retired_on: Mapped[date | None]
    person: Mapped[Person] = orm.relationship(primaryjoin="foreign(Official.person_id) == Person.id")
    level: Mapped[RotationLevel] = orm.relationship(
        primaryjoin="foreign(Official.level_id) == RotationLevel.id"
    )
    own_cell: Mapped[Unit | None] = orm.relationship(primaryjoin="foreign(Official.own_cell_id) == Unit.id")
    areas: Mapped[list["OfficialArea"]] = orm.relationship(
        primaryjoin="foreign(OfficialArea.official_id) == Official.id", cascade="all, delete-orphan"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id"),
        tenant_key("person_id", "person"),
        tenant_key("level_id", "rotation_level"),
        tenant_key("own_cell_id", "unit"),
    )

    def __str__(self) -> str:
        return str(self.person)

    @property
    def serves(self) -> bool:
        """Whether he attends meetings today; he may be known to leave on a later day."""
        return self.retired_on is None or self.retired_on > today()

    @classmethod
    def lasts(cls, day: date) -> sa.ColumnElement[bool]:
        """Whether he attends meetings on the day."""
        return sa.or_(cls.retired_on.is_(None), cls.retired_on > day)


class OfficialArea(TenantOwned, Base):
    """A unit whose residential cells the official attends, from day to day where these are known."""

    __tablename__ = "official_area"
    official_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    unit: Mapped[Unit] = orm.relationship(primaryjoin="foreign(OfficialArea.unit_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "official_id", "unit_id"),
        sa.CheckConstraint("valid_to >= valid_from", name="order"),
        tenant_key("official_id", "official"),
        tenant_key("unit_id", "unit"),
    )

    def __str__(self) -> str:
        first = f" từ {self.valid_from:%d/%m/%Y}" if self.valid_from else ""
        last = f" đến hết {self.valid_to:%d/%m/%Y}" if self.valid_to else ""
        return f"{self.unit}{first}{last}"

    @classmethod
    def lasts(cls, day: date) -> sa.ColumnElement[bool]:
        """Whether it is, on the day or later, the official's to attend."""
        return sa.or_(cls.valid_to.is_(None), cls.valid_to >= day)


class Absence(TenantOwned, Base):
    """Days on which a person cannot attend, both ends included."""

    __tablename__ = "absence"
    person_id: Mapped[UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    person: Mapped[Person] = orm.relationship(primaryjoin="foreign(Absence.person_id) == Person.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id", "starts_on", "ends_on"),
        sa.CheckConstraint("ends_on >= starts_on", name="order"),
        tenant_key("person_id", "person"),
    )


class Rotation(TenantOwned, Base):
    """Who attends which cell's meeting over some months, under a plan; versions hold the content.

    `asked_because` is why the next version was asked for: a job's row, which operators see, holds no text of
    a person's (design: security 15, 78).
    """

    __tablename__ = "rotation"
    plan_id: Mapped[UUID]
    first_month: Mapped[date]
    months: Mapped[int] = mapped_column(sa.SmallInteger)
    asked_because: Mapped[str] = mapped_column(default="")
    versions: Mapped[list["RotationVersion"]] = orm.relationship(
        primaryjoin="foreign(RotationVersion.rotation_id) == Rotation.id",
        order_by="RotationVersion.number",
        back_populates="rotation",
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "plan_id", "first_month"),
        tenant_key("plan_id", "plan"),
        sa.CheckConstraint("months BETWEEN 1 AND 12", name="months"),
    )


class RotationVersion(TenantOwned, Base):
    """One drawing-up: a draft until `published_at`, frozen from then on.

    `scores` lists rule, label, broken; `shortfalls` the sentences that explain what could not be had;
    `changes` the difference to the version before, by official; `exceptions` the broken hard rules that it
    was published with, each with the coordinator's reason.
    """

    __tablename__ = "rotation_version"
    rotation_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    scores: Mapped[list[Any]]
    shortfalls: Mapped[list[Any]]
    changes: Mapped[dict[str, Any]]
    exceptions: Mapped[list[Any]] = mapped_column(default=list)
    drawn_at: Mapped[datetime] = mapped_column(default=now)
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    sha256: Mapped[str] = mapped_column(default="")
    rotation: Mapped[Rotation] = orm.relationship(
        primaryjoin="foreign(RotationVersion.rotation_id) == Rotation.id", back_populates="versions"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "rotation_id", "number"),
        tenant_key("rotation_id", "rotation"),
    )


class PlannedVisit(TenantOwned, Base):
    """One assignment of one version; never changed after it is published."""

    __tablename__ = "planned_visit"
    version_id: Mapped[UUID]
    official_id: Mapped[UUID]
    cell_id: Mapped[UUID]
    month: Mapped[date]
    meets_on: Mapped[date]
    source: Mapped[str]
    official: Mapped[Official] = orm.relationship(
        primaryjoin="foreign(PlannedVisit.official_id) == Official.id"
    )
    cell: Mapped[Unit] = orm.relationship(primaryjoin="foreign(PlannedVisit.cell_id) == Unit.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "version_id", "official_id", "cell_id", "month"),
        tenant_key("version_id", "rotation_version", ondelete="CASCADE"),
        tenant_key("official_id", "official"),
        tenant_key("cell_id", "unit"),
        sa.Index("ix_planned_visit_version", "tenant_id", "version_id", "month"),
    )


class Visit(TenantOwned, Base):
    """A promise made known (assigned) and what came of it (attended or missed): facts apart.

    `sequence` counts the promise's changes and `changed_at` is the last one's time, as calendars ask.
    """

    __tablename__ = "visit"
    rotation_id: Mapped[UUID]
    official_id: Mapped[UUID]
    cell_id: Mapped[UUID]
    month: Mapped[date]
    meets_on: Mapped[date]
    assigned_at: Mapped[datetime]
    attended_on: Mapped[date | None]
    missed_reason: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancelled_reason: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    official: Mapped[Official] = orm.relationship(primaryjoin="foreign(Visit.official_id) == Official.id")
    cell: Mapped[Unit] = orm.relationship(primaryjoin="foreign(Visit.cell_id) == Unit.id")
    report: Mapped["VisitReport | None"] = orm.relationship(
        primaryjoin="foreign(VisitReport.visit_id) == Visit.id", uselist=False, back_populates="visit"
    )
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "rotation_id", "official_id", "cell_id", "month"),
        tenant_key("rotation_id", "rotation"),
        tenant_key("official_id", "official"),
        tenant_key("cell_id", "unit"),
        sa.CheckConstraint("attended_on IS NULL OR missed_reason IS NULL", name="settled_once"),
        sa.Index("ix_visit_meets", "tenant_id", "meets_on"),
        sa.Index("ix_visit_official", "tenant_id", "official_id", "meets_on"),
        sa.Index("ix_visit_cell", "tenant_id", "cell_id", "meets_on"),
    )


class VisitReport(TenantOwned, Base):
    """What the official reports of a visit (S4-04 to S4-06, S4-10, S4-13); one a visit, sent once."""

    __tablename__ = "visit_report"
    visit_id: Mapped[UUID]
    submitted_at: Mapped[datetime]
    due_on: Mapped[date]
    regularity: Mapped[str]
    quality: Mapped[str]
    content: Mapped[str]
    information: Mapped[str] = mapped_column(default="")
    proposal: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str]
    visit: Mapped[Visit] = orm.relationship(
        primaryjoin="foreign(VisitReport.visit_id) == Visit.id", back_populates="report"
    )
    __table_args__ = (sa.UniqueConstraint("tenant_id", "visit_id"), tenant_key("visit_id", "visit"))


class CalendarLink(TenantOwned, Base):
    """A person's secret address for calendars, as its hash; a new one ends the old (product R08)."""

    __tablename__ = "calendar_link"
    person_id: Mapped[UUID]
    token_hash: Mapped[str]
    made_at: Mapped[datetime]
    person: Mapped[Person] = orm.relationship(primaryjoin="foreign(CalendarLink.person_id) == Person.id")
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id"),
        sa.UniqueConstraint("tenant_id", "token_hash"),
        tenant_key("person_id", "person"),
    )
