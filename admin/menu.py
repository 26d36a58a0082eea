"""The menu: every entry declared once, shown to whoever may open its page."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from tenants.access import Actor, Permission, may


@dataclass(frozen=True)
class Entry:
    """A line of the menu; `endpoint` must be served and ask for the same permission
    (None: whoever is signed in)."""

    label: str
    endpoint: str
    permission: Permission | None
    icon: str = ""


ENTRIES: tuple[Entry, ...] = (
    Entry("Đơn vị thuê", "platform.tenants", Permission.PLATFORM_READ, "unit"),
    Entry("Tác vụ", "platform.jobs", Permission.PLATFORM_READ, "tasks"),
    Entry("Sức khỏe hệ thống", "platform.health", Permission.PLATFORM_READ, "ok"),
    Entry("Nhật ký", "platform.trail", Permission.PLATFORM_READ, "clock"),
    Entry("Việc của tôi", "tasks.index", Permission.TASKS_READ, "tasks"),
    Entry("Theo dõi thực hiện", "follow.index", Permission.TASKS_FOLLOW, "score"),
    Entry("Lịch dự của tôi", "visits.index", Permission.VISITS_OWN, "calendar"),
    Entry("Lịch dự sinh hoạt", "rotation.index", Permission.ROTATION_READ, "meeting"),
    Entry("Lượt dự, báo cáo", "visits_all.index", Permission.VISITS_READ, "report"),
    Entry("Ngày họp chi bộ", "meeting_days.index", Permission.MEETINGS_REGISTER, "calendar"),
    Entry("Đổi lượt dự", "swaps.index", Permission.SWAPS_DECIDE, "people"),
    Entry("Kiến nghị", "petitions.index", Permission.PETITIONS_READ, "people"),
    Entry("Kế hoạch", "plans.index", Permission.PLANS_READ, "plan"),
    Entry("Báo cáo", "reports.index", Permission.REPORTS_READ, "score"),
    Entry("Văn bản đi, đến", "dispatches.index", Permission.DISPATCHES_READ, "send"),
    Entry("Sổ văn bản", "documents.index", Permission.DOCUMENTS_READ, "file"),
    Entry("Thông báo", "notices.index", Permission.TASKS_READ, "bell"),
    Entry("Tổ chức đảng", "units.tree", Permission.UNITS_READ, "unit"),
    Entry("Sắp xếp tổ chức", "reorganise.index", Permission.UNITS_EDIT, "unit"),
    Entry("Quản trị đơn vị", "admin.index", Permission.UNITS_READ, "settings"),
    Entry("Nhập danh sách", "rosters.index", Permission.ROSTERS_IMPORT, "upload"),
    Entry("Tài khoản", "account.show", None, "person"),
)


def _shown(entry: Entry, actor: Actor) -> bool:
    return entry.permission is None or may(actor, entry.permission)


def menu_for(actor: Actor) -> list[dict[str, Any]]:
    """The entries the actor may open, as the page frame wants them; `active` is the value of aria-current:
    "page" at the entry's own page, "true" at a page below it, else empty."""
    shown = [(entry, url_for(entry.endpoint)) for entry in ENTRIES if _shown(entry, actor)]
    above = max((url for _entry, url in shown if request.path.startswith(url)), key=len, default=None)
    at_entry = "page" if request.path == above else "true"
    return [
        {"label": entry.label, "url": url, "icon": entry.icon, "active": at_entry if url == above else ""}
        for entry, url in shown
    ]


def home_url(actor: Actor) -> str:
    """Where the actor starts: the first entry of his menu."""
    return url_for(next(entry.endpoint for entry in ENTRIES if _shown(entry, actor)))


def require_served(app: Flask) -> None:
    """Raise LookupError where an entry leads nowhere: the app refuses to start."""
    if missing := [entry.endpoint for entry in ENTRIES if entry.endpoint not in app.view_functions]:
        raise LookupError(f"menu entries without a page: {missing}")
