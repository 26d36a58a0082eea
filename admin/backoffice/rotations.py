"""What a rotation is drawn from, and its versions: officials, absences, days of meetings."""

from typing import Any

from flask import request, url_for
from flask_admin.model.fields import AjaxSelectMultipleField
from flask_admin.model.template import LinkRowAction
from sqlalchemy import orm
from wtforms import SelectField, ValidationError
from wtforms.validators import InputRequired

from admin.backoffice.noun import Criteria, Noun
from admin.database import db
from admin.security import current_actor
from core.meetings.models import Meeting, MeetingKind
from core.rotation.days import follow
from core.rotation.models import Absence, Official, OfficialArea, RotationVersion
from tenants.access import NotAllowed, Permission, may
from tenants.clock import now, today
from tenants.models import Person, Unit
from tenants.people import SLOTS, require_over
from tenants.tree import UnitKind

GROUP = "Dự sinh hoạt"
PERSON_REF = {"fields": ("search_key", "code"), "order_by": Person.sort_key}
UNIT_REF = {"fields": ("search_key", "code"), "order_by": Unit.path}


def _require_at(unit: Unit) -> None:
    if not may(current_actor(), Permission.ROTATION_GENERATE, unit.tree_path):
        raise NotAllowed(Permission.ROTATION_GENERATE)


class Officials(Noun):
    """People who attend cells' meetings (S4-02, S4-07)."""

    model = Official
    label, slug, category = "Cán bộ dự sinh hoạt", "officials", GROUP
    fresh = frozenset({"export"})
    read, write = Permission.PEOPLE_READ, Permission.ROTATION_GENERATE
    creates = edits = removes = exports = True
    column_list = ("person", "level", "own_cell", "areas", "joined_on", "retired_on")
    column_details_list = column_export_list = column_list
    column_searchable_list = ("person.search_key",)
    column_default_sort = "person.sort_key"
    column_sortable_list = (("person", "person.sort_key"), ("own_cell", "own_cell.path"), "retired_on")
    form_columns = ("person", "level", "own_cell", "joined_on", "retired_on")
    form_ajax_refs = {"person": PERSON_REF, "own_cell": UNIT_REF, "area_units": UNIT_REF | {"of": Unit}}
    fixed = ("person",)
    eager = (orm.selectinload(Official.areas).joinedload(OfficialArea.unit),)
    column_labels = {
        "person": "Đồng chí", "level": "Cấp", "own_cell": "Chi bộ sinh hoạt", "areas": "Địa bàn phụ trách",
        "joined_on": "Dự từ ngày", "retired_on": "Thôi dự từ ngày", "person.search_key": "họ tên",
    }  # fmt: skip
    form_args = {
        "own_cell": {"description": "Có được phân công dự chi bộ này hay không là theo cấp của đồng chí."},
        "joined_on": {
            "default": today,
            "description": "Các kỳ đã hết trước ngày này không tính là thiếu lượt; để trống: từ đầu lịch.",
        },
    }
    column_formatters = column_formatters_detail = column_formatters_export = {
        "areas": lambda _view, _context, official, _name: "; ".join(map(str, official.areas))
    }

    def scaffold_form(self) -> Any:
        """The form, with the units the official attends."""
        areas = AjaxSelectMultipleField(
            self._form_ajax_refs["area_units"], "Địa bàn phụ trách", [InputRequired()],
            description="Một đảng bộ gồm mọi chi bộ trực thuộc; chọn được nhiều đơn vị.",
        )  # fmt: skip
        form = super().scaffold_form()
        return type(form.__name__, (form,), {"area_units": areas})

    def edit_form(self, obj: Any = None) -> Any:
        """The form of an official, with his areas."""
        form = super().edit_form(obj)
        if request.method == "GET":
            form.area_units.data = [area.unit for area in obj.areas]
        return form

    def on_model_change(self, form: Any, model: Any, _is_created: bool) -> None:
        """Keep the areas that stay, drop and add the others."""
        units = form.area_units.data
        for unit in (*units, *(area.unit for area in model.areas)):
            _require_at(unit)
        if model.own_cell and model.own_cell.kind is not UnitKind.CELL:
            raise ValidationError(
                f"{model.own_cell} không phải là chi bộ; xin chọn chi bộ đồng chí sinh hoạt."
            )
        if model.joined_on and model.retired_on and model.retired_on < model.joined_on:
            raise ValidationError("Ngày thôi dự không thể trước ngày bắt đầu dự; xin sửa một trong hai.")
        stay = [area for area in model.areas if area.unit in units]
        new = [OfficialArea(unit_id=unit.id) for unit in units if unit not in [area.unit for area in stay]]
        model.areas = [*stay, *new]

    def retire(self, model: Any) -> None:
        """The official attends no more from today."""
        for area in model.areas:
            _require_at(area.unit)
        model.retired_on = today() if model.serves else model.retired_on


class Absences(Noun):
    """Days on which an official cannot attend; the reasons are read by those who draw the rotation alone."""

    model = Absence
    label, slug, category = "Lịch bận", "absences", GROUP
    read = write = Permission.ROTATION_GENERATE
    creates = edits = removes = exports = True
    column_list = column_details_list = column_export_list = ("person", "starts_on", "ends_on", "reason")
    column_searchable_list = ("person.search_key",)
    column_default_sort = ("starts_on", True)
    column_sortable_list = (("person", "person.sort_key"), "starts_on", "ends_on")
    form_columns = ("person", "starts_on", "ends_on", "reason")
    form_ajax_refs = {"person": PERSON_REF}
    fixed = ("person",)
    column_labels = {
        "person": "Đồng chí", "starts_on": "Bận từ ngày", "ends_on": "Đến hết ngày", "reason": "Lý do",
        "person.search_key": "họ tên",
    }  # fmt: skip

    def on_model_change(self, _form: Any, model: Any, _is_created: bool) -> None:
        """Days in their order, of a person in reach."""
        if model.ends_on < model.starts_on:
            raise ValidationError("Ngày cuối phải từ ngày đầu trở đi.")
        with db.session.no_autoflush:
            require_over(db.session, current_actor(), Permission.ROTATION_GENERATE, model.person)

    def retire(self, model: Any) -> None:
        """Take an absence back; the trail keeps whose and which days."""
        require_over(db.session, current_actor(), Permission.ROTATION_GENERATE, model.person)
        self._note(
            "withdraw", model, person=model.person_id, starts_on=model.starts_on, ends_on=model.ends_on
        )
        db.session.delete(model)
        db.session.flush()


class Meetings(Noun):
    """The days on which cells hold their regular meetings."""

    model = Meeting
    label, slug, category = "Ngày sinh hoạt thường kỳ", "meetings", GROUP
    read, write = Permission.ROTATION_READ, Permission.ROTATION_GENERATE
    creates = edits = exports = True
    column_list = column_details_list = column_export_list = ("cell", "meets_on", "slot")
    column_searchable_list = ("cell.search_key", "cell.code")
    column_default_sort = ("meets_on", True)
    column_sortable_list = (("cell", "cell.path"), "meets_on")
    column_filters = ("meets_on",)
    form_columns = ("cell", "meets_on", "slot")
    form_ajax_refs = {"cell": UNIT_REF}
    form_overrides = {"slot": SelectField}
    form_args = {"slot": {"choices": list(SLOTS.items()), "filters": []}}
    fixed = ("cell",)
    column_labels = {
        "cell": "Chi bộ", "meets_on": "Ngày họp", "slot": "Buổi", "cell.search_key": "tên chi bộ",
        "cell.code": "mã",
    }  # fmt: skip
    column_formatters = column_formatters_detail = column_formatters_export = {
        "slot": lambda _view, _context, meeting, _name: SLOTS.get(meeting.slot, meeting.slot)
    }

    def criteria(self) -> Criteria:
        """Regular meetings in reach."""
        return (*super().criteria(), Meeting.kind == MeetingKind.REGULAR)

    def on_model_change(self, _form: Any, model: Any, is_created: bool) -> None:
        """A cell's meeting of its month: moved within the month only."""
        _require_at(model.cell)
        if model.cell.kind is not UnitKind.CELL:
            raise ValidationError(f"{model.cell} không phải là chi bộ.")
        if not is_created and model.meets_on.replace(day=1) != model.month:
            raise ValidationError(f"Chỉ dời được trong tháng {model.month:%m/%Y}.")
        model.kind, model.month = MeetingKind.REGULAR, model.meets_on.replace(day=1)
        if not is_created:
            model.registered_at = now()
            follow(db.session, current_actor(), model)


class RotationVersions(Noun):
    """The versions drawn up; each leads to the rotation's own page."""

    model = RotationVersion
    label, slug, category = "Các bản phân công dự", "rotation-versions", GROUP
    read = Permission.ROTATION_READ
    column_list = ("rotation.first_month", "number", "drawn_at", "published_at", "reason")
    column_details_list = (*column_list, "sha256")
    column_export_list = column_list
    column_default_sort = ("drawn_at", True)
    column_sortable_list = ("number", "drawn_at", "published_at")
    column_labels = {
        "rotation.first_month": "Từ tháng", "number": "Bản số", "drawn_at": "Xếp lúc",
        "published_at": "Công bố lúc", "reason": "Lý do", "sha256": "Mã đối chiếu",
    }  # fmt: skip
    column_formatters = {
        "rotation.first_month": lambda _view, _context, version, _name: (
            f"{version.rotation.first_month:%m/%Y}"
        )
    }
    column_extra_row_actions = [
        LinkRowAction(
            "calendar", lambda _action, _id, row: url_for("rotation.show", rotation_id=row.rotation_id), "Mở"
        )
    ]
    eager = (orm.joinedload(RotationVersion.rotation),)

    def criteria(self) -> Criteria:
        """Drafts only for those who draw them up."""
        if may(current_actor(), Permission.ROTATION_GENERATE):
            return ()
        return (RotationVersion.published_at.is_not(None),)
