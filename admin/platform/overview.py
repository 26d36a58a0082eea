"""Tenants, jobs, health and trail at a glance (design: product 4.1, T09; security 15)."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from sqlalchemy import orm
from werkzeug.wrappers import Response

from admin.database import db
from admin.health import readiness
from admin.paging import page_of
from admin.security import current_actor, page
from core.notices.models import Job, JobState, TenantHealth
from core.notices.work import retry
from tenants.access import Permission, as_id
from tenants.models import Heartbeat, Operator, PlatformEntry, Tenant
from tenants.vietnamese import fold

PARTS = {
    "database": "Cơ sở dữ liệu",
    "migrations": "Phiên bản cấu trúc dữ liệu",
    "queue": "Hàng đợi",
    "worker": "Tiến trình xử lý tác vụ",
    "scheduler": "Tiến trình hẹn giờ",
}
TAGS = {
    "tenant:open": "Mở đơn vị",
    "tenant:active": "Mở lại đơn vị",
    "tenant:read_only": "Chuyển sang chỉ đọc",
    "tenant:locked": "Tạm khóa",
    "job:retry": "Chạy lại tác vụ",
    "operator:add": "Thêm quản trị nền tảng",
    "operator:choose_password": "Đổi mật khẩu",
    "operator:fail_code": "Nhập sai mã xác thực",
    "operator:fail_password": "Nhập sai mật khẩu",
    "operator:recover": "Đăng nhập bằng mã dự phòng",
    "operator:recovery_codes": "Lấy mã dự phòng mới",
    "operator:second_factor_on": "Bật xác thực hai bước",
    "operator:second_factor_off": "Tắt xác thực hai bước",
    "operator:second_factor_reset": "Đặt lại xác thực hai bước",
    "operator:sign_in": "Đăng nhập",
    "operator:sign_out": "Đăng xuất",
    "operator:sign_out_everywhere": "Đăng xuất mọi thiết bị",
}

pages = Blueprint("platform", __name__, url_prefix="/platform")


@dataclass(frozen=True)
class Row:
    """A tenant with its counts, which are None until its first count."""

    tenant: Tenant
    health: TenantHealth | None


def _matching(term: str) -> list[UUID]:
    """Tenants whose name or code holds the term, diacritics aside, by name."""
    wanted = fold(term)
    named = db.session.execute(sa.select(Tenant.id, Tenant.name, Tenant.code)).all()
    return [row.id for row in named if wanted in fold(f"{row.name} {row.code}")]


def health_by_tenant(session: orm.Session, tenant_ids: list[UUID]) -> dict[UUID, TenantHealth]:
    """The last counts of these tenants."""
    found = session.scalars(sa.select(TenantHealth).where(TenantHealth.tenant_id.in_(tenant_ids)))
    return {health.tenant_id: health for health in found}


@pages.get("/tenants")
@page(Permission.PLATFORM_READ)
def tenants() -> str:
    """Every tenant with its state and counts; searched by name or code."""
    term = request.args.get("q", "").strip()
    query = sa.select(Tenant).order_by(Tenant.level_code, Tenant.name, Tenant.id)
    query = query.options(orm.joinedload(Tenant.level), orm.joinedload(Tenant.parent))
    found = page_of(db.session, query.where(Tenant.id.in_(_matching(term))) if term else query)
    health = health_by_tenant(db.session, [tenant.id for tenant in found.rows])
    rows = [Row(tenant, health.get(tenant.id)) for tenant in found.rows]
    return render_template("pages/platform_tenants.html", rows=rows, page=found, term=term, wide=True)


def _state() -> JobState | None:
    text = request.args.get("state", "")
    return JobState(text) if text in set(JobState) else None


@pages.get("/jobs")
@page(Permission.PLATFORM_READ)
def jobs() -> str:
    """Every tenant's jobs, the newest first; by state where one is asked."""
    query, state = sa.select(Job).order_by(Job.created_at.desc(), Job.id.desc()), _state()
    found = page_of(db.session, query.where(Job.state == state) if state else query)
    names = {row.id: row.name for row in db.session.execute(sa.select(Tenant.id, Tenant.name))}
    return render_template(
        "pages/platform_jobs.html", page=found, names=names, state=state, states=list(JobState), wide=True
    )


@pages.post("/jobs/<job_id>/retry")
@page(Permission.PLATFORM_JOBS_RETRY)
def retry_job(job_id: str) -> Response:
    """Let a dead job run again."""
    retry(db.session, current_actor(), as_id(job_id))
    db.session.commit()
    flash("Tác vụ sẽ được chạy lại ngay.", "ok")
    return redirect(url_for("platform.jobs", state=JobState.DEAD.value))


@pages.get("/health")
@page(Permission.PLATFORM_READ)
def health() -> str:
    """Each part of the deployment and whether it works."""
    parts = [(PARTS[name], works) for name, works in readiness(current_app.extensions["settings"]).items()]
    beats = db.session.scalars(sa.select(Heartbeat).order_by(Heartbeat.name)).all()
    counted = db.session.execute(sa.select(Job.state, sa.func.count(Job.id)).group_by(Job.state))
    states = {row[0]: row[1] for row in counted}
    return render_template(
        "pages/platform_health.html", parts=parts, beats=beats, states=states, all_states=list(JobState)
    )


@pages.get("/trail")
@page(Permission.PLATFORM_READ)
def trail() -> str:
    """What operators did, the newest first."""
    found = page_of(
        db.session, sa.select(PlatformEntry).order_by(PlatformEntry.at.desc(), PlatformEntry.id.desc())
    )
    names = {row.id: row.name for row in db.session.execute(sa.select(Operator.id, Operator.name))}
    return render_template("pages/platform_trail.html", page=found, names=names, tags=TAGS)
