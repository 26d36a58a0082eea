"""A tenant's rules of reminding, and the days on which its people were told."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.notices.reminders import Ladder
from tenants.clock import now
from tenants.db import Base
from tenants.scope import TenantOwned


class ReminderSetting(TenantOwned, Base):
    """The tenant's own `Ladder`; where it has none, the default holds."""

    __tablename__ = "reminder_setting"
    digest_hour: Mapped[int] = mapped_column(sa.SmallInteger, default=Ladder.digest_hour)
    quiet_from: Mapped[int] = mapped_column(sa.SmallInteger, default=Ladder.quiet_from)
    quiet_to: Mapped[int] = mapped_column(sa.SmallInteger, default=Ladder.quiet_to)
    rungs: Mapped[list[int]] = mapped_column(ARRAY(sa.SmallInteger), default=lambda: sorted(Ladder.rungs))
    quiet_weekends: Mapped[bool] = mapped_column(default=Ladder.quiet_weekends)
    quiet_holidays: Mapped[bool] = mapped_column(default=Ladder.quiet_holidays)
    escalate_after: Mapped[int] = mapped_column(sa.SmallInteger, default=Ladder.escalate_after)
    revision: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        sa.UniqueConstraint("tenant_id"),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23", name="quiet_from"),
        sa.CheckConstraint("quiet_to BETWEEN 0 AND 23", name="quiet_to"),
        sa.CheckConstraint("escalate_after BETWEEN 0 AND 60", name="escalate_after"),
    )

    @property
    def ladder(self) -> Ladder:
        """The rules as a value."""
        days = {"quiet_weekends": self.quiet_weekends, "quiet_holidays": self.quiet_holidays}
        return Ladder(
            self.digest_hour, self.quiet_from, self.quiet_to, frozenset(self.rungs),
            escalate_after=self.escalate_after, **days,
        )  # fmt: skip

    def __str__(self) -> str:
        return "Nhắc việc"


class DigestDay(TenantOwned, Base):
    """A day whose digests went out, and to how many people."""

    __tablename__ = "digest_day"
    day: Mapped[date]
    people: Mapped[int]
    told_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (sa.UniqueConstraint("tenant_id", "day"),)


def ladder_of(session: orm.Session) -> Ladder:
    """The tenant's rules of reminding."""
    own = session.scalar(sa.select(ReminderSetting))
    return own.ladder if own else Ladder()


def told_on(session: orm.Session, before: date) -> date | None:
    """The last day before that day whose digests went out."""
    return session.scalar(sa.select(sa.func.max(DigestDay.day)).where(DigestDay.day < before))
