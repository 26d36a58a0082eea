"""What all nouns share: the visitor's reach, search without diacritics, rows that a service writes."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.fields import QuerySelectField
from flask_admin.contrib.sqla.filters import FilterEqual
from flask_admin.model.form import converts
from flask_admin.model.template import ViewRowAction
from sqlalchemy import orm
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from wtforms import StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from admin.choosing import TenantConverter, TenantLoader, own_rows
from admin.database import db
from admin.security import current_actor
from admin.view_parts import WORDS_OF
from admin.views import SEEN, TenantModelView
from core.meetings.models import Meeting
from core.rotation.models import Absence, Official, OfficialArea
from tenants.access import NotFound, Permission, reach
from tenants.clock import today
from tenants.conditions import valid, within
from tenants.models import Account, Appointment, Person, Unit
from tenants.people import PeopleError, over_all
from tenants.vietnamese import fold

Criteria = Sequence[sa.ColumnElement[bool]]
LONGEST_TEXT = 500


def _units(permission: Permission) -> sa.Select[Any]:
    return sa.select(Unit.id).where(within(reach(current_actor(), permission)))


def _people(units: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(Appointment.person_id).where(Appointment.unit_id.in_(units), valid(Appointment, today()))


def _with_areas(units: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(OfficialArea.official_id).where(OfficialArea.unit_id.in_(units))


PLACES: dict[type, Callable[[sa.Select[Any]], sa.ColumnElement[bool]]] = {
    Unit: Unit.id.in_,
    Person: lambda units: Person.id.in_(_people(units)),
    Appointment: Appointment.unit_id.in_,
    Account: lambda units: Account.person_id.in_(_people(units)),
    Official: lambda units: Official.id.in_(_with_areas(units)),
    Absence: lambda units: Absence.person_id.in_(_people(units)),
    Meeting: Meeting.cell_id.in_,
}


def in_reach(kind: type, permission: Permission) -> Criteria:
    """What leaves the rows where the visitor has the right; a kind without a place is the whole tenant's.

    People who hold no post have no place: only whoever reads the whole tenant sees them.
    """
    if kind not in PLACES or over_all(current_actor(), permission):
        return ()
    return (PLACES[kind](_units(permission)),)


class ReachLoader(TenantLoader):
    """Looks up rows in the visitor's reach; tells namesakes apart by their codes."""

    permission: Permission

    def get_query(self) -> "orm.Query[Any]":
        """The rows in reach."""
        return super().get_query().filter(*in_reach(self.model, self.permission))

    def get_one(self, pk: Any) -> Any:
        """The chosen row; NotFound where it is out of reach, so that no choice is silently dropped."""
        row = super().get_one(pk)
        if row is None:
            raise NotFound
        return row

    def format(self, model: Any) -> tuple[str, str] | None:
        """Id and words of a row."""
        return (str(model.id), f"{model} ({model.code})") if model else None


class OwnChoice(QuerySelectField):
    """One of the tenant's rows; any other key is an error, also where none needs to be chosen."""

    def pre_validate(self, form: Any) -> None:
        """Refuse a key that is not offered."""
        if self.data is None and self._formdata is not None:
            raise ValidationError("Mục đã chọn không còn trong danh mục; xin chọn lại.")
        super().pre_validate(form)


class EnumIs(FilterEqual):
    """A filter by the Vietnamese labels of an enumeration."""

    def __init__(self, column: Any, name: str, kind: type[Any]) -> None:
        super().__init__(column, name, options=[(member.value, member.label) for member in kind])
        self.kind = kind

    def validate(self, value: Any) -> bool:
        """Whether the value is one of the enumeration's."""
        return value in {member.value for member in self.kind}

    def clean(self, value: Any) -> Any:
        """The member."""
        return self.kind(value)


class NounConverter(TenantConverter):
    """Texts are single lines of bounded length, choices are strict and in order."""

    def _model_select_field(self, prop: Any, multiple: Any, remote_model: Any, **kwargs: Any) -> Any:
        if multiple or prop.key in self.view._form_ajax_refs:
            return super()._model_select_field(prop, multiple, remote_model, **kwargs)
        return OwnChoice(query_factory=lambda: own_rows(remote_model).order_by(remote_model.name), **kwargs)

    @converts("Text")
    def conv_Text(self, field_args: Any, **_extra: Any) -> StringField:  # noqa: N802 - the library's name
        """One line; one that must be given is not blank."""
        asked = field_args["validators"]
        asked += [DataRequired() for given in asked if isinstance(given, InputRequired)]
        asked.append(Length(max=LONGEST_TEXT))
        field_args["filters"] = [lambda text: (text or "").strip()]
        return StringField(**field_args)


class Noun(TenantModelView):
    """A tenant's rows as far as the visitor's right reaches."""

    column_list: tuple[str, ...] = ()
    column_details_list: tuple[str, ...] = ()
    column_export_list: tuple[str, ...] = ()
    form_columns: tuple[str, ...] = ()
    model_form_converter = NounConverter
    column_type_formatters = column_type_formatters_detail = WORDS_OF | {type(None): lambda *_: "–"}
    fixed: tuple[str, ...] = ()
    """Fields that only the form for a new row has."""
    eager: tuple[Any, ...] = ()
    """How rows are read beside the relations that a list shows by itself."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if (cls.creates or cls.edits) and not cls.form_columns:
            raise TypeError(f"{cls.__name__}: form_columns is empty, which Flask-Admin takes for everything")

    def __init__(self) -> None:
        endpoint = f"backoffice_{self.slug.replace('-', '_')}"
        ModelView.__init__(self, self.model, db, self.label, self.category, endpoint, self.slug)

    def search_placeholder(self) -> str:
        """What is searched, within a sentence."""
        return str(super().search_placeholder() or "").lower()

    def get_list_row_actions(self) -> list[Any]:
        """The tools of a row: who may edit sees the details on the way, so that a row stays short."""
        tools: list[Any] = super().get_list_row_actions()
        return [tool for tool in tools if not (self.can_edit and isinstance(tool, ViewRowAction))]

    def criteria(self) -> Criteria:
        """The rows in the visitor's reach."""
        return in_reach(self.model, self.read)

    def get_query(self) -> "orm.Query[Any]":
        """The rows of the view, with what its columns show."""
        return super().get_query().options(*self.eager)

    def scaffold_form(self) -> Any:
        """The fields named in `form_columns`; none where none are, which Flask-Admin takes for all."""
        return super().scaffold_form() if self.form_columns else self.form_base_class

    def get_edit_form(self) -> Any:
        """The form for a row that exists."""
        form = super().get_edit_form()
        return type(form.__name__, (form,), dict.fromkeys(self.fixed))

    def _apply_search(
        self, query: Any, count_query: Any, joins: Any, count_joins: Any, search: str
    ) -> tuple[Any, Any, Any, Any]:
        searched: tuple[Any, Any, Any, Any] = super()._apply_search(
            query, count_query, joins, count_joins, fold(search)
        )
        return searched

    def _create_ajax_loader(self, name: str, options: dict[str, Any]) -> TenantLoader:
        related = options.get("of") or getattr(self.model, name).prop.mapper.class_
        loader = ReachLoader(name, db, related, **options)
        loader.permission = self.write or self.read
        return loader


class ServedNoun(Noun):
    """A noun whose rows a service writes: the form only carries what was typed."""

    def save(self, form: Any, model: Any) -> Any:
        """Call the service; `model` is None for a new row."""
        raise NotImplementedError

    def create_model(self, form: Any) -> Any:
        """The new row; False where it was refused."""
        return self._saved(form, None)

    def update_model(self, form: Any, model: Any) -> bool:
        """Save an edit of the state that was seen."""
        if SEEN in form and form[SEEN].data != str(model.revision):
            return super().update_model(form, model)
        return bool(self._saved(form, model))

    def _saved(self, form: Any, model: Any) -> Any:
        try:
            row = self.save(form, model)
            db.session.commit()
        except PeopleError as error:
            db.session.rollback()
            form.refuse(error.problems)
            return False
        except (IntegrityError, StaleDataError, ValidationError) as error:
            db.session.rollback()
            return not self.handle_view_exception(error)
        return row

    def retire(self, model: Any) -> None:
        """Take a row out of use as the service does it."""
        try:
            self.leave(model)
        except PeopleError as error:
            raise ValidationError(" ".join(error.problems.values())) from error

    def leave(self, model: Any) -> None:
        """Call the service that takes the row out of use."""
        raise NotImplementedError
