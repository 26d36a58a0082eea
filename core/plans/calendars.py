"""A tenant's own days off and days worked, over the country's (domain: rules, deadlines)."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Mapped, mapped_column

from core.plans.national import national_calendar
from core.plans.workdays import DayKind, WorkCalendar
from tenants.db import Base, choice
from tenants.scope import TenantOwned


class CalendarDay(TenantOwned, Base):
    """A day on which the tenant works, or rests, other than the country does."""

    __tablename__ = "calendar_day"
    day: Mapped[date]
    kind: Mapped[DayKind] = mapped_column(choice(DayKind, "kind"))
    label: Mapped[str]
    __table_args__ = (sa.UniqueConstraint("tenant_id", "day"),)

    def __str__(self) -> str:
        return f"{self.kind.label} {self.day:%d/%m/%Y}"


def work_calendar(session: orm.Session) -> WorkCalendar:
    """The tenant's working days: the country's, except where an entry of its own says otherwise."""
    own = session.execute(sa.select(CalendarDay.day, CalendarDay.kind)).all()
    off, worked = (frozenset(row.day for row in own if row.kind is kind) for kind in DayKind)
    return national_calendar().overridden(off, worked)
