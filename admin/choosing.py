"""How back-office forms choose related rows: always the tenant's own (design: security 24-25)."""

from typing import Any

import sqlalchemy as sa
from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader
from flask_admin.contrib.sqla.form import AdminModelConverter
from flask_admin.model.form import converts
from sqlalchemy import orm
from wtforms import SelectField, StringField
from wtforms.validators import Length

from admin.database import db
from tenants.access import as_id
from tenants.scope import current_tenant
from tenants.vietnamese import fold

MOST_CHOICES = 50
SHORTEST_TERM = 2
LONGEST_LINE = 500


def own_rows(model: Any) -> "orm.Query[Any]":
    """The tenant's rows of a model."""
    rows: orm.Query[Any] = db.session.query(model).filter(model.tenant_id == current_tenant())
    return rows


class TenantLoader(QueryAjaxModelLoader):
    """Looks up rows by what is typed, from two letters on and fifty at most. `fields` that are named
    `search_key` are searched without diacritics."""

    def get_query(self) -> "orm.Query[Any]":
        """The tenant's rows."""
        return own_rows(self.model)

    def get_one(self, pk: Any) -> Any:
        """The chosen row; NotFound where it is another tenant's."""
        with db.session.no_autoflush:
            return self.get_query().filter(self.model.id == as_id(pk)).one_or_none()

    def get_list(self, term: str | None, offset: int | None = 0, limit: int = MOST_CHOICES) -> list[Any]:
        """Rows that match, in the loader's order."""
        typed = (term or "").strip()
        if len(typed) < SHORTEST_TERM:
            return []
        found = self.get_query().filter(
            sa.or_(*(self._matches(field, typed) for field in self._cached_fields))
        )
        start, most = min(max(offset or 0, 0), 10_000), min(max(limit or 1, 1), MOST_CHOICES)
        return found.order_by(self.order_by or self.model.id).offset(start).limit(most).all()

    def _matches(self, field: Any, typed: str) -> sa.ColumnElement[bool]:
        term = fold(typed) if field.key == "search_key" else typed
        found: sa.ColumnElement[bool] = sa.cast(field, sa.String).icontains(term, autoescape=True)
        return found


class TenantConverter(AdminModelConverter):
    """Makes form fields of columns: related rows are the tenant's own, enumerations speak
    Vietnamese."""

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        if prop.key not in self.view._form_ajax_refs:
            kwargs.setdefault("query_factory", lambda: own_rows(remote_model))
        return super()._model_select_field(prop, multiple, remote_model, **kwargs)

    @converts("Text")
    def conv_Text(self, field_args: Any, **_extra: Any) -> Any:  # noqa: N802 - Flask-Admin's name
        """One line: our columns are of unbounded text, which says nothing of their length."""
        field_args["validators"].append(Length(max=LONGEST_LINE))
        return StringField(**field_args)

    @converts("sqlalchemy.sql.sqltypes.Enum")
    def convert_enum(self, column: Any, field_args: Any, **_extra: Any) -> Any:
        """A choice among the labels of the enumeration."""
        kind = column.type.enum_class
        empty = [("", "")] if column.nullable else []
        field_args["choices"] = empty + [(member.value, member.label) for member in kind]
        field_args["coerce"] = lambda value: kind(value) if value else None
        return SelectField(**field_args)
