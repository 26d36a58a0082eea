"""What is only read here: plans, the trail, the jobs."""

import re
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_admin import expose
from flask_admin.model.template import EndpointLinkRowAction
from sqlalchemy import orm

from admin.backoffice.noun import Criteria, EnumIs, Noun
from admin.database import db
from admin.security import current_actor
from core.notices.models import Job, JobKind, JobState
from core.plans.models import Plan, PlanVersion
from core.queries.tasks import shortened
from tenants.access import NotAllowed, Permission, may
from tenants.audit import first_broken
from tenants.models import Account, AuditEntry, Person
from tenants.people import over_all

GROUP = "Hồ sơ"
LONGEST_FACTS = 60
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
SUBJECTS = {
    "account": "Tài khoản", "absence": "Lịch bận", "appointment": "Chức vụ", "audit_entry": "Nhật ký",
    "calendar_day": "Ngày nghỉ, ngày làm bù", "calendar_link": "Liên kết lịch",
    "cell_setting": "Loại chi bộ", "department": "Ban tham mưu", "dispatch": "Văn bản đi, đến",
    "document": "Văn bản", "extension": "Gia hạn", "official_document": "Văn bản", "job": "Tác vụ",
    "meeting": "Buổi sinh hoạt",
    "operator": "Quản trị nền tảng", "official": "Cán bộ dự sinh hoạt", "person": "Đồng chí",
    "petition": "Kiến nghị", "pin": "Lượt định trước", "swap": "Đổi lượt dự",
    "board_edit": "Sửa dự thảo bằng tay", "rule_weights": "Thứ tự quy tắc", "trial": "Thử phương án",
    "plan": "Kế hoạch",
    "plan_version": "Bản kế hoạch", "reminder_setting": "Nhắc việc", "report": "Báo cáo",
    "report_version": "Bản báo cáo",
    "task": "Việc", "roster": "Danh sách nhập", "roster_upload": "Danh sách nhập", "rotation": "Phân công dự",
    "rotation_level": "Cấp cán bộ dự", "rotation_version": "Bản phân công dự", "tenant": "Đơn vị thuê",
    "unit": "Tổ chức đảng", "unit_event": "Sắp xếp tổ chức", "visit": "Lượt dự",
    "visit_report": "Báo cáo lượt dự",
}  # fmt: skip
VERBS = {
    "begin": "nhận ngày họp thường lệ", "cancel": "hủy", "complete": "báo đã làm", "confirm": "xác nhận",
    "decide": "trả lời",
    "nudge": "đôn đốc", "pilots": "chọn làm điểm", "reopen": "mở lại", "transfer": "đổi địa bàn, cấp",
    "wish": "đặt mức ưu tiên dự",
    "apply": "áp dụng", "plan": "lập", "undo": "hoàn tác",
    "approve": "duyệt", "ask": "đề nghị", "decline": "không nhận", "refuse": "không duyệt",
    "register": "đăng ký ngày", "keep": "giữ",
    "accept": "duyệt", "accepted": "tiếp nhận", "active": "mở hoạt động", "add": "thêm", "answer": "trả lời",
    "attend": "đã dự", "broken_seal": "niêm phong không nguyên vẹn", "choose_password": "đặt mật khẩu",
    "consolidate": "tổng hợp", "create": "thêm", "damaged": "tệp hỏng", "derive": "lập theo cấp trên",
    "disable": "khóa", "discard": "bỏ", "draft": "soạn", "draw": "xếp lịch", "edit": "sửa",
    "enable": "mở khóa", "end": "kết thúc", "enter": "thêm vào danh sách", "export": "tải về",
    "fail_code": "nhập sai mã xác thực", "fail_locked": "đăng nhập khi đơn vị tạm khóa",
    "fail_password": "nhập sai mật khẩu", "found": "lập mới", "grant": "giao", "import": "nhập",
    "invite": "gửi liên kết", "issue": "ban hành", "leave": "chuyển đi", "locked": "tạm khóa",
    "mail_off": "thôi nhận thư", "mail_on": "nhận thư", "miss": "vắng",
    "move": "chuyển", "open": "mở", "publish": "công bố", "raise": "nêu", "read_only": "chuyển chỉ đọc",
    "receive": "nhận", "recover": "đăng nhập bằng mã dự phòng", "recovery_codes": "lấy mã dự phòng mới",
    "refer": "chuyển xử lý", "remove": "bỏ", "rename": "đổi tên", "renew": "tạo mới",
    "revoke": "hủy", "report": "báo cáo", "resume": "mở lại",
    "retire": "đưa ra", "retry": "chạy lại", "returned": "trả lại",
    "second_factor_off": "tắt xác thực hai bước", "second_factor_on": "bật xác thực hai bước",
    "second_factor_reset": "đặt lại xác thực hai bước", "send": "gửi", "send_back": "trả lại", "set": "đặt",
    "sign_in": "đăng nhập", "sign_out": "đăng xuất", "sign_out_everywhere": "đăng xuất mọi thiết bị",
    "submit": "gửi", "upload": "tải lên", "withdraw": "rút",
}  # fmt: skip

FACTS = {
    "added": "số đơn vị thêm", "areas": "số địa bàn", "cells": "số chi bộ", "chosen": "số đơn vị được chọn",
    "day": "ngày", "despite": "dù chưa đủ", "done_on": "làm xong ngày", "granted": "đồng ý",
    "price": "điểm thay đổi", "since": "từ ngày", "warned": "số quy tắc bị trái",
    "withdrawn": "số đơn vị bớt",
    "changes": "số bản ghi đã đổi", "on": "từ ngày", "units": "số đơn vị",
    "cell": "chi bộ", "ends_on": "đến hết ngày", "meets_on": "ngày họp", "month": "tháng", "moved": "đã dời",
    "slot": "buổi", "starts_on": "từ ngày",
    "bytes": "dung lượng (byte)", "decision": "quyết định", "dispatch": "văn bản", "fields": "ô đã sửa",
    "first_month": "từ tháng", "kind": "loại", "made": "đã đặt", "months": "số tháng", "name": "tên",
    "number": "số", "only_good": "chỉ nhập dòng hợp lệ", "parent": "đơn vị cấp trên", "person": "đồng chí",
    "petitions": "số kiến nghị", "reason": "lý do", "role": "chức vụ", "rows": "số dòng",
    "sha256": "mã niêm phong", "to": "nơi nhận", "told": "số đồng chí được báo", "type": "loại",
    "unit": "đơn vị", "until": "đến hết", "urgent": "nổi cộm", "version": "bản", "visits": "số lượt dự",
}  # fmt: skip
WORDS = {
    "morning": "buổi sáng", "afternoon": "buổi chiều", "evening": "buổi tối", "announcement": "thông báo",
    "guidance": "hướng dẫn",
    "absences": "lịch bận", "acceptance": "tiếp nhận báo cáo", "officials": "cán bộ dự sinh hoạt",
    "people": "cán bộ, đảng viên", "plan": "kế hoạch", "report": "báo cáo", "return": "trả lại báo cáo",
    "units": "tổ chức đảng",
}  # fmt: skip


SAID = {"swap:accept": "Đổi lượt dự: nhận đổi"}


def in_words(tag: str) -> str:
    """A tag `noun:verb` in Vietnamese; as it is where a word is not known."""
    noun, _, verb = tag.partition(":")
    if tag in SAID:
        return SAID[tag]
    return f"{SUBJECTS[noun]}: {VERBS[verb]}" if noun in SUBJECTS and verb in VERBS else tag


def _facts_in_words(facts: dict[str, Any]) -> str:
    said = {name: _value_in_words(value) for name, value in facts.items() if value not in (None, "", [])}
    return "; ".join(f"{FACTS.get(name, name)}: {value}" for name, value in said.items())


def _value_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list):
        return ", ".join(map(_value_in_words, value))
    if not isinstance(value, str):
        return str(value)
    year, month, day = value.split("-") if ISO_DAY.fullmatch(value) else ("", "", "")
    return f"{day}/{month}/{year}" if day else WORDS.get(value, value)


class Plans(Noun):
    """Plans with how far they are; writing and publishing have their own page."""

    model = Plan
    label, slug, category = "Kế hoạch", "plans", GROUP
    read = Permission.PLANS_READ
    column_list = column_details_list = column_export_list = ("title", "year", "versions")
    column_searchable_list = ("title",)
    column_default_sort = ("year", True)
    column_sortable_list = ("title", "year")
    column_labels = {"title": "Tên kế hoạch", "year": "Năm", "versions": "Đã ban hành"}
    column_extra_row_actions = [EndpointLinkRowAction("plan", "plans.show", "Mở kế hoạch", "plan_id")]
    eager = (orm.selectinload(Plan.versions).load_only(PlanVersion.number, PlanVersion.issued_on),)
    column_formatters = column_formatters_detail = {
        "versions": lambda _view, _context, plan, _name: "; ".join(
            f"bản {version.number}, {version.issued_on:%d/%m/%Y}" for version in plan.versions
        )
    }

    def criteria(self) -> Criteria:
        """Drafts only for those who publish plans."""
        if may(current_actor(), Permission.PLANS_PUBLISH):
            return ()
        return (sa.exists().where(PlanVersion.plan_id == Plan.id),)


class AuditEntries(Noun):
    """The trail; whoever reads less than the whole tenant sees his own entries."""

    model = AuditEntry
    label, slug, category = "Nhật ký", "audit", GROUP
    read = Permission.AUDIT_READ
    exports = True
    list_template = "admin/backoffice_audit.html"
    column_list = ("number", "at", "actor_id", "tag", "facts")
    column_details_list = (*column_list, "subject_kind", "subject_id", "previous_hash", "hash")
    column_export_list = ("number", "at", "actor_id", "tag", "subject_kind", "subject_id", "facts", "hash")
    column_default_sort = ("number", True)
    column_sortable_list = ("number",)
    column_filters = ("at", "tag")
    column_labels = {
        "number": "Số", "at": "Lúc", "actor_id": "Người thực hiện", "tag": "Việc", "facts": "Nội dung",
        "subject_kind": "Loại đối tượng", "subject_id": "Mã đối tượng", "hash": "Mã băm",
        "previous_hash": "Mã băm trước đó",
    }  # fmt: skip
    column_formatters_detail = column_formatters_export = {
        "actor_id": lambda _view, _context, entry, _name: _name_of(entry.actor_id),
        "tag": lambda _view, _context, entry, _name: in_words(entry.tag),
        "facts": lambda _view, _context, entry, _name: _facts_in_words(entry.facts),
        "subject_kind": lambda _view, _context, entry, _name: SUBJECTS.get(
            entry.subject_kind, entry.subject_kind
        ),
    }
    column_formatters = column_formatters_detail | {
        "facts": lambda _view, _context, entry, _name: shortened(_facts_in_words(entry.facts), LONGEST_FACTS)
    }

    def criteria(self) -> Criteria:
        """The whole trail, or one's own."""
        actor = current_actor()
        return () if over_all(actor, self.read) else (AuditEntry.actor_id == actor.account_id,)

    def get_list(self, *args: Any, **options: Any) -> tuple[int | None, list[AuditEntry]]:
        """The entries; their actors' names are read at once."""
        count, entries = super().get_list(*args, **options)
        _learn_names({entry.actor_id for entry in entries})
        return count, entries

    @expose("/verify/")
    def verify(self) -> str:
        """Whether every entry follows from the one before (design: security 87)."""
        if not over_all(current_actor(), self.read):
            raise NotAllowed(self.read)
        entries = db.session.scalars(
            sa.select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=500)
        )
        broken = first_broken(entries)
        count = db.session.scalar(sa.select(sa.func.count(AuditEntry.id)))
        page: str = self.render("admin/backoffice_verified.html", broken=broken, count=count)
        return page


def _learn_names(accounts: set[Any]) -> None:
    query = sa.select(Account.id, Person.full_name).join(Person, Person.id == Account.person_id)
    g.actor_names = dict(db.session.execute(query.where(Account.id.in_(accounts - {None}))).all())


def _name_of(account_id: Any) -> str:
    if account_id is None:
        return "Hệ thống"
    if account_id not in g.get("actor_names", {}):
        _learn_names({account_id})
    return str(g.actor_names.get(account_id, account_id))


class Jobs(Noun):
    """Long pieces of work; each leads to its progress."""

    model = Job
    label, slug, category = "Tác vụ nền", "jobs", GROUP
    read = Permission.JOBS_READ
    column_list = ("kind", "state", "created_at", "percent", "attempts", "done_at")
    column_details_list = (*column_list, "stage", "run_after")
    column_export_list = column_list
    column_default_sort = ("created_at", True)
    column_sortable_list = ("created_at", "done_at")
    column_filters = (EnumIs(Job.kind, "Tác vụ", JobKind), EnumIs(Job.state, "Tình trạng", JobState))
    column_extra_row_actions = [EndpointLinkRowAction("tasks", "jobs.show", "Tiến độ", "job_id")]
    column_labels = {
        "kind": "Tác vụ", "state": "Tình trạng", "created_at": "Yêu cầu lúc", "percent": "Tiến độ (%)",
        "attempts": "Số lần chạy", "done_at": "Xong lúc", "stage": "Bước", "run_after": "Chạy sau",
    }  # fmt: skip

    def criteria(self) -> Criteria:
        """The tenant's jobs, or those one asked for."""
        actor = current_actor()
        return () if over_all(actor, self.read) else (Job.requested_by == actor.account_id,)
