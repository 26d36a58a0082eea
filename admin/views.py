"""The one base of every back-office view (design: security 22-38).

Declare a view by class attributes alone and list the class in `admin.backoffice.VIEWS`::

    class CellSettings(TenantModelView):
        model = CellSetting
        label, slug, category = "Loại chi bộ", "cell-settings", "Danh mục"
        read, write = Permission.UNITS_READ, Permission.CATALOGUES_EDIT
        can_create = can_edit = True
        column_list = column_details_list = column_export_list = ("name", "is_residential")
        form_columns = ("name", "is_residential")
        column_labels = {"name": "Tên", "is_residential": "Là khu dân cư"}

`criteria()` narrows the rows further. `form_ajax_refs = {"person": {"fields": ("search_key",)}}` looks rows
up as one types. `on_model_change(form, model, is_created)` fills what is computed; raise
`wtforms.ValidationError("câu tiếng Việt")` there to refuse. `can_delete = True` needs `retire(model)`,
which must keep the row. A model with `revision` refuses the second of two edits with 409.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, Response, abort, flash, g, has_request_context, request
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.model.base import ViewArgs
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import HiddenField, ValidationError

from admin.choosing import TenantConverter, TenantLoader, own_rows
from admin.database import db
from admin.exports import to_csv
from admin.forms import PageForm
from admin.security import Rule, current_actor, current_visitor
from admin.words import speak_vietnamese
from tenants.access import NotAllowed, NotFound, Permission, as_id, may, require
from tenants.audit import record
from tenants.clock import local
from tenants.scope import current_tenant

NEVER_IN_FORMS = frozenset(
    {"id", "tenant_id", "role", "state", "status", "path", "revision", "password_hash", "totp_secret"}
)
MOST_PAGES, MOST_EXPORTED, LONGEST_SEARCH = 10_000, 10_000, 200
CONFLICT = "Người khác vừa sửa mục này. Nội dung đồng chí nhập còn nguyên bên dưới; xin đối chiếu rồi lưu lại."
TAKEN = "Chưa lưu được: đã có mục trùng, hoặc mục này đang được dùng ở nơi khác."
EXPLICIT = ("column_list", "column_details_list", "column_export_list", "form_columns")
READS = frozenset({"index_view", "details_view", "ajax_lookup", "export"})


class BackofficeForm(PageForm):
    """The base form, as Flask-Admin constructs it."""

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **options: Any) -> None:
        self._obj = obj
        super().__init__(formdata, obj=obj, prefix=prefix, **options)


class SeenRevision(HiddenField):
    """Which state of the row the person saw when he began to edit."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Nothing: the mapper counts revisions."""


def _declaration_faults(cls: type["TenantModelView"]) -> list[str]:
    faults = [f"{name} is not set" for name in EXPLICIT if not vars_of(cls, name)]
    faults += [f"{name} may not be in a form" for name in cls.form_columns or () if name in NEVER_IN_FORMS]
    if cls.column_editable_list:
        faults.append("column_editable_list writes past can_edit")
    if cls.can_delete and cls.retire is TenantModelView.retire:
        faults.append("can_delete needs a retire() that keeps the row")
    if (cls.can_create or cls.can_edit or cls.can_delete) and not vars_of(cls, "write"):
        faults.append("a view that writes needs a `write` permission")
    return faults


def vars_of(cls: type, name: str) -> Any:
    """An attribute that the class itself or one of its own bases sets; None where only Flask-Admin does."""
    return next((vars(base)[name] for base in cls.__mro__ if name in vars(base) and base is not ModelView), None)


class TenantModelView(ModelView):
    """A tenant's rows of one model; reads and writes nothing of another tenant's."""

    model_class: ClassVar[Any]
    label: ClassVar[str]
    slug: ClassVar[str]
    category_name: ClassVar[str | None] = None
    read: ClassVar[Permission]
    write: ClassVar[Permission | None] = None

    can_create = can_edit = can_delete = can_export = False
    can_view_details = True
    can_set_page_size = True
    page_size, page_size_options = 50, (20, 50, 100)
    export_types = ("csv",)
    export_max_rows = MOST_EXPORTED
    action_disallowed_list = ("delete",)
    form_base_class = BackofficeForm
    model_form_converter = TenantConverter
    column_type_formatters: ClassVar[dict[type, Callable[..., str]]] = {
        bool: lambda _view, value, _name: "Có" if value else "Không",
        datetime: lambda _view, value, _name: f"{local(value):%d/%m/%Y %H:%M}",
        date: lambda _view, value, _name: f"{value:%d/%m/%Y}",
        StrEnum: lambda _view, value, _name: getattr(value, "label", value.value),
        type(None): lambda _view, _value, _name: "",
    }
    column_type_formatters_export = column_type_formatters
    column_type_formatters_detail = column_type_formatters
