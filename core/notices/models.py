"""Work to be done and words to be read; both rows, written with the facts they follow from."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tenants.clock import now
from tenants.db import Base, choice, tenant_key
from tenants.scope import TenantOwned


class JobState(StrEnum):
    """Where a job stands; `dead` waits for a person, `cancelled` was taken back by one."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The Vietnamese word a person reads."""
        return {
            "queued": "Đang chờ",
            "running": "Đang chạy",
            "done": "Xong",
            "dead": "Không chạy được",
            "cancelled": "Đã hủy",
        }[self.value]


class JobKind(StrEnum):
    """Every kind of work; the queue runs nothing else (design: security 77)."""

    CHECK_ROSTER = "check_roster"
    IMPORT_ROSTER = "import_roster"
    GENERATE_ROTATION = "generate_rotation"
    TRY_SCENARIOS = "try_scenarios"
    DELIVER_DISPATCH = "deliver_dispatch"
    CONSOLIDATE = "consolidate"
    RENDER_DOCUMENT = "render_document"
    REMIND = "remind"
    COUNT_TENANT = "count_tenant"
    SEND_MAIL = "send_mail"
    APPLY_UNIT_EVENTS = "apply_unit_events"
    CONTINUE_PLANS = "continue_plans"
    PUBLISH_PLAN = "publish_plan"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "check_roster": "Kiểm tra danh sách",
            "import_roster": "Nhập danh sách",
            "generate_rotation": "Xếp lịch dự sinh hoạt",
            "try_scenarios": "Thử các phương án lịch dự",
            "deliver_dispatch": "Chuyển văn bản",
            "consolidate": "Tổng hợp báo cáo",
            "render_document": "Tạo văn bản PDF",
            "remind": "Nhắc việc",
            "count_tenant": "Đếm số liệu vận hành",
            "send_mail": "Gửi thư điện tử",
            "apply_unit_events": "Sắp xếp tổ chức đến ngày",
            "continue_plans": "Giao việc định kỳ",
            "publish_plan": "Ban hành kế hoạch",
        }[self.value]

    @property
    def may_be_cancelled(self) -> bool:
        """Whether nobody but its asker waits for what comes of it."""
        return self in (JobKind.GENERATE_ROTATION, JobKind.TRY_SCENARIOS)

    @property
    def most_attempts(self) -> int:
        """How often it is tried before it waits for a person: mail outlives three bad hours."""
        return 40 if self is JobKind.SEND_MAIL else 8


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """The Vietnamese words a person reads."""
        return {
            "waiting": "Đang chờ gửi",
            "sent": "Đã gửi",
            "refused": "Bị từ chối",
            "expired": "Quá hạn, không gửi",
        }[self.value]


WAITING = (JobState.QUEUED, JobState.RUNNING)
OPEN = sa.text("state IN ('queued', 'running')")


class Job(TenantOwned, Base):
    """One piece of work. This row is the truth, the queue only its doorbell (design: reliability).

    `fence` numbers the claims: only the holder of the last one may finish. `args` holds ids and
    settings, never personal data. Lease and back-off are told by the database's clock.
    """

    __tablename__ = "job"
    shared_with_platform = True
    kind: Mapped[JobKind] = mapped_column(choice(JobKind, "kind"))
    subject_id: Mapped[UUID | None]
    args: Mapped[dict[str, Any]]
    dedup_key: Mapped[str]
    state: Mapped[JobState] = mapped_column(choice(JobState, "state"), default=JobState.QUEUED)
    stage: Mapped[str] = mapped_column(default="")
    percent: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    fence: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    lease_until: Mapped[datetime | None]
    pushed_at: Mapped[datetime | None]
    run_after: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    error: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    done_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "dedup_key"),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        sa.Index("ix_job_open", "tenant_id", "run_after", postgresql_where=OPEN),
        sa.Index("ix_job_claim", "id", postgresql_where=OPEN),
        sa.Index("ix_job_subject", "tenant_id", "subject_id"),
    )


class Notice(TenantOwned, Base):
    """A line for one person. `dedup_key` makes a repeated posting one line."""

    __tablename__ = "notice"
    person_id: Mapped[UUID]
    kind: Mapped[str]
    text: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    dedup_key: Mapped[str]
    posted_at: Mapped[datetime] = mapped_column(default=now)
    read_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id", "dedup_key"),
        tenant_key("person_id", "person"),
        sa.Index("ix_notice_unread", "tenant_id", "person_id", postgresql_where=sa.text("read_at IS NULL")),
    )


class Mail(TenantOwned, Base):
    """A letter owed to one person, handed to the mail server by a job of its own (design: reliability 6).

    Where it goes is looked up when it is sent. It may go twice if the process dies between the server's yes
    and the commit; both copies bear the same Message-ID.
    """

    __tablename__ = "mail"
    person_id: Mapped[UUID]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    dedup_key: Mapped[str]
    state: Mapped[MailState] = mapped_column(choice(MailState, "state"), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "person_id", "dedup_key"),
        tenant_key("person_id", "person"),
    )


class MailPreference(TenantOwned, Base):
    """Whether a person wants mail, where he said so, and the address that a server refused for good."""

    __tablename__ = "mail_preference"
    person_id: Mapped[UUID]
    wanted: Mapped[bool | None]
    refused_address: Mapped[str] = mapped_column(default="")
    refused_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("tenant_id", "person_id"), tenant_key("person_id", "person"))


class TenantHealth(TenantOwned, Base):
    """A tenant's counts as its own job last found them: all the platform sees of it."""

    __tablename__ = "tenant_health"
    shared_with_platform = True
    counted_at: Mapped[datetime]
    units: Mapped[int]
    people: Mapped[int]
    accounts: Mapped[int]
    open_jobs: Mapped[int]
    dead_jobs: Mapped[int]
    stored_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    signed_in_at: Mapped[datetime | None]
    __table_args__ = (sa.UniqueConstraint("tenant_id"),)
