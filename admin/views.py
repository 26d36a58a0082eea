"""The one base of every back-office view (design: security 22-38).

Declare a view by class attributes alone and list the class in `admin.backoffice.VIEWS`
(a class without `model` is a base for others)::

    class CellSettings(TenantModelView):
        model = CellSetting
        label, slug, category = "Loại chi bộ", "cell-settings", "Danh mục"
        read, write = Permission.UNITS_READ, Permission.CATALOGUES_EDIT
        creates = edits = True
        column_list = column_details_list = column_export_list = ("name", "is_residential")
        form_columns = ("name", "is_residential")
        column_labels = {"name": "Tên", "is_residential": "Là khu dân cư"}

`fresh` names the methods that ask for the password again where it was given long ago.
`criteria()` narrows the rows further. `form_ajax_refs = {"person": {"fields": ("search_key",)}}` looks rows
up as one types. `on_model_change(form, model, is_created)` fills what is computed; raise
`wtforms.ValidationError("câu tiếng Việt")` there to refuse. `removes = True` needs `retire(model)`,
which must keep the row; `exports = True` offers CSV. Buttons follow the
visitor's rights by themselves. A model with `revision` refuses the second of two edits with 409.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, Response, flash, g, has_request_context, request
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.contrib.sqla import ModelView
from flask_admin.model.base import ViewArgs
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import ValidationError

from admin.choosing import TenantConverter, TenantLoader, own_rows
from admin.database import db
from admin.exports import to_csv
from admin.forms import speak_vietnamese
from admin.security import Rule, current_actor, current_visitor
from admin.view_parts import SEEN as SEEN
from admin.view_parts import WORDS_OF, BackofficeForm, SeenRevision
from tenants.access import NotAllowed, NotFound, Permission, as_id, may
from tenants.audit import record
from tenants.clock import today
from tenants.scope import current_tenant

NEVER_IN_FORMS = frozenset(
    {"id", "tenant_id", "role", "state", "status", "path", "revision", "password_hash", "totp_secret"}
)
MOST_PAGES, MOST_EXPORTED, LONGEST_SEARCH = 10_000, 10_000, 200
CONFLICT = (
    "Người khác vừa sửa mục này. Nội dung đồng chí nhập còn nguyên bên dưới; xin đối chiếu rồi lưu lại."
)
TAKEN = "Chưa lưu được: đã có mục trùng, hoặc mục này đang được dùng ở nơi khác."
LISTS = ("column_list", "column_details_list", "column_export_list")
READS = frozenset({"index_view", "details_view", "ajax_lookup", "export"})


class TenantModelView(ModelView):
    """A tenant's rows of one model; reads and writes nothing of another tenant's."""

    model: ClassVar[Any]
    label: ClassVar[str]
    slug: ClassVar[str]
    category: ClassVar[str | None] = None
    read: ClassVar[Permission]
    write: ClassVar[Permission | None] = None
    creates: ClassVar[bool] = False
    edits: ClassVar[bool] = False
    removes: ClassVar[bool] = False
    exports: ClassVar[bool] = False
    fresh: ClassVar[frozenset[str]] = frozenset()

    can_view_details = True
    can_set_page_size = True
    page_size, page_size_options = 50, (20, 50, 100)
    export_types = ("csv",)
    export_max_rows = MOST_EXPORTED
    action_disallowed_list = ("delete",)
    form_base_class = BackofficeForm
    model_form_converter = TenantConverter
    column_type_formatters = WORDS_OF
    column_type_formatters_export = WORDS_OF
    column_type_formatters_detail = WORDS_OF

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "model") and (faults := _declaration_faults(cls)):
            raise TypeError(f"{cls.__name__}: {'; '.join(faults)}")

    def __init__(self) -> None:
        super().__init__(self.model, db, self.label, self.category, self.slug, self.slug)

    # ---- who may

    can_create = property(lambda self: self.creates and self.may_write())
    can_edit = property(lambda self: self.edits and self.may_write())
    can_delete = property(lambda self: self.removes and self.may_write())
    can_export = property(lambda self: self.exports)

    def may_write(self) -> bool:
        """Whether the visitor may change rows here; his tenant may be read-only."""
        visitor = current_visitor() if has_request_context() else None
        return bool(visitor and self.write and may(visitor.actor, self.write))

    def rule_for(self, name: str) -> Rule:
        """What a method of the view asks."""
        return Rule(self.read if name in READS else self.write or self.read, fresh=name in self.fresh)

    def is_accessible(self) -> bool:
        """Whether the visitor may read here at all; menus ask this."""
        visitor = current_visitor()
        return visitor is not None and visitor.actor.tenant_id is not None and may(visitor.actor, self.read)

    def is_action_allowed(self, name: str) -> bool:
        """Actions write."""
        return super().is_action_allowed(name) and self.may_write()

    def _handle_view(self, name: str, **options: Any) -> Any:
        offered = {
            "create_view": self.creates, "edit_view": self.edits, "delete_view": self.removes,
            "export": self.exports, "ajax_update": False,
        }  # fmt: skip
        if not offered.get(name, True) or any(taken(word) for word in request.args):
            raise NotFound
        return super()._handle_view(name, **options)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **options: Any) -> Any:
        return fn(self, *args, **options)

    # ---- which rows

    def criteria(self) -> Sequence[sa.ColumnElement[bool]]:
        """What narrows the tenant's rows further."""
        return ()

    def get_query(self) -> "orm.Query[Any]":
        """The rows of the view."""
        return own_rows(self.model).filter(*self.criteria())

    def get_count_query(self) -> "orm.Query[Any]":
        """How many they are."""
        count = db.session.query(sa.func.count()).select_from(self.model)
        return count.filter(self.model.tenant_id == current_tenant(), *self.criteria())

    def get_one(self, id: object) -> Any:  # noqa: A002 - Flask-Admin's name
        """The row of the view with that id; raises NotFound."""
        row = self.get_query().filter(self.model.id == as_id(id)).one_or_none()
        if row is None:
            raise NotFound
        return row

    def chosen(self, ids: Sequence[str]) -> list[Any]:
        """The rows ticked for an action; NotFound where one is not the view's."""
        return [self.get_one(key) for key in ids]

    def _create_ajax_loader(self, name: str, options: dict[str, Any]) -> TenantLoader:
        return TenantLoader(name, db, getattr(self.model, name).prop.mapper.class_, **options)

    def _get_list_extra_args(self) -> ViewArgs:
        asked = super()._get_list_extra_args()
        asked.page = min(max(asked.page or 0, 0), MOST_PAGES)
        asked.search = asked.search and asked.search[:LONGEST_SEARCH]
        asked.extra_args = {}
        return asked

    # ---- writing

    def edit_form(self, obj: Any = None) -> Any:
        """The edit form; it remembers which state of the row was seen."""
        form = super().edit_form(obj)
        if SEEN in form and request.method == "GET":
            form[SEEN].data = str(obj.revision)
        return form

    def get_edit_form(self) -> Any:
        """The edit form's class."""
        form = super().get_edit_form()
        return (
            type(form.__name__, (form,), {SEEN: SeenRevision()}) if hasattr(self.model, "revision") else form
        )

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> Any:
        """Edit a row; 409 where somebody else just did."""
        answer = super().edit_view()
        return (answer, 409) if g.get("conflict") else answer

    def update_model(self, form: Any, model: Any) -> bool:
        """Save an edit of the state that was seen."""
        if SEEN in form and form[SEEN].data != str(model.revision):
            form[SEEN].data = str(model.revision)
            return not self.handle_view_exception(StaleDataError())
        return bool(super().update_model(form, model))

    def _on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        super()._on_model_change(form, model, is_created)
        changed = [attribute.key for attribute in sa.inspect(model).attrs if attribute.history.has_changes()]
        db.session.flush()
        self._note("create" if is_created else "edit", model, fields=[] if is_created else sorted(changed))

    def retire(self, model: Any) -> None:
        """Take a row out of use without losing it."""
        raise NotImplementedError

    def delete_model(self, model: Any) -> bool:
        """Retire the row, on the record."""
        try:
            self.retire(model)
            self._note("retire", model)
            db.session.commit()
        except (IntegrityError, StaleDataError, ValidationError) as error:
            self.handle_view_exception(error)
            db.session.rollback()
            return False
        return True

    def _note(self, verb: str, model: Any = None, **facts: Any) -> None:
        record(db.session, current_actor(), f"{self.model.__tablename__}:{verb}", model, **facts)

    def handle_view_exception(self, exc: Exception) -> bool:
        """Say what went wrong in Vietnamese; what is not foreseen is an error page with an id."""
        if isinstance(exc, StaleDataError):
            g.conflict = True
            flash(CONFLICT, "error")
        elif isinstance(exc, IntegrityError):
            flash(TAKEN, "error")
        elif isinstance(exc, ValidationError):
            flash(str(exc), "error")
        else:
            raise exc
        return True

    @expose("/action/", methods=("POST",))
    def action_view(self) -> Any:
        """Act on the rows ticked."""
        if request.form.get("action") not in dict(self.get_actions_list()[0]):
            raise NotAllowed(self.write or self.read)
        return super().action_view()

    # ---- export

    @expose("/export/<export_type>/", methods=("POST",))
    def export(self, export_type: str) -> Response:
        """The rows of the list as CSV, at most 10,000, on the record: so it is a POST."""
        if export_type not in self.export_types:
            raise NotFound
        _count, rows = self._export_data()
        columns = self._export_columns
        values = [[self.get_export_value(row, key) for key, _title in columns] for row in rows]
        self._note("export", rows=len(values))
        db.session.commit()
        name = f"{self.slug}-{today():%Y%m%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(
            to_csv([title for _key, title in columns], values), mimetype="text/csv", headers=headers
        )


def _declaration_faults(cls: type[TenantModelView]) -> list[str]:
    """What an empty list would mean to Flask-Admin is: everything."""
    asked = (*LISTS, "form_columns") if cls.creates or cls.edits else LISTS
    faults = [f"{name} is not set" for name in asked if not getattr(cls, name)]
    faults += [f"{name} may not be in a form" for name in cls.form_columns or () if name in NEVER_IN_FORMS]
    if cls.column_editable_list:
        faults.append("column_editable_list writes past the edit form")
    if cls.removes and cls.retire is TenantModelView.retire:
        faults.append("removes needs a retire() that keeps the row")
    if (cls.creates or cls.edits or cls.removes) and cls.write is None:
        faults.append("a view that writes needs a `write` permission")
    return faults


def taken(word: str) -> bool:
    """Whether a name in the query string would pass for an argument of `url_for`."""
    return word.startswith("_") or word in {"endpoint", "export_type", "values"}


class Home(AdminIndexView):
    """The back office's first page, for whoever may read units."""

    def __init__(self) -> None:
        super().__init__(name="Trang đầu", url="/admin")

    def rule_for(self, _name: str) -> Rule:
        """The index itself is closed to everyone else."""
        return Rule(Permission.UNITS_READ)

    def is_accessible(self) -> bool:
        """Whether the visitor may open it."""
        visitor = current_visitor()
        return (
            visitor is not None
            and visitor.actor.tenant_id is not None
            and may(visitor.actor, Permission.UNITS_READ)
        )


def register(admin: Admin, view: Any) -> None:
    """Add a view to the back office; TypeError for anything but a TenantModelView."""
    if not isinstance(view, TenantModelView):
        raise TypeError(f"{type(view).__name__} is not a TenantModelView")
    admin.add_view(view)


def open_backoffice(app: Flask, kinds: Sequence[type[TenantModelView]]) -> Admin:
    """Flask-Admin with these views and no others."""
    speak_vietnamese()
    admin = Admin(app, name="Quản trị đơn vị", index_view=Home())
    with app.app_context():
        for kind in kinds:
            register(admin, kind())
    return admin
