"""Party organisations and cells: the list and its forms; the tree has its own page."""

from typing import Any

from flask import request
from sqlalchemy import orm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import Optional

from admin.backoffice.noun import EnumIs, ServedNoun
from admin.database import db
from admin.security import current_actor
from tenants.access import Permission
from tenants.clock import today
from tenants.codes import RANKS, SPECIAL, code_of, name_of
from tenants.models import Unit
from tenants.people import SLOTS, UnitFacts, save_unit
from tenants.tree import UnitKind

PLAIN = (
    "name", "special", "visits_least", "visited_first", "block", "rank", "members", "meeting_day",
    "meeting_slot", "valid_from", "valid_to",
)  # fmt: skip


def facts_of(unit: Unit, **changed: Any) -> UnitFacts:
    """What is true of a unit, with changes."""
    kept = {name: getattr(unit, name) for name in UnitFacts.__dataclass_fields__}
    return UnitFacts(**kept | changed)


class CodeField(StringField):
    """A code that people write and read as its words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """The code of what was typed; what gives none is kept, for the service to refuse."""
        self.data = "".join(code_of(text) or text.strip() for text in valuelist[:1])

    def _value(self) -> str:
        return name_of(self.data or "")


class Units(ServedNoun):
    """Units of the tree."""

    model = Unit
    label, slug, category = "Tổ chức đảng", "units", "Tổ chức, đồng chí"
    read, write = Permission.UNITS_READ, Permission.UNITS_EDIT
    creates = edits = removes = exports = True
    column_list = ("name", "code", "parent", "setting", "valid_to")
    column_details_list = (
        "name", "code", "kind", "parent", "setting", "special", "visitors_wanted", "visits_least",
        "visited_first", "block", "rank", "members", "rounds_held", "meeting_day", "meeting_slot",
        "former_name", "valid_from", "valid_to",
    )  # fmt: skip
    column_export_list = column_details_list
    column_searchable_list = ("search_key", "code")
    column_default_sort = "path"
    column_sortable_list = ("name", "code", "valid_to")
    column_filters = (EnumIs(Unit.kind, "Loại tổ chức", UnitKind), "special", "valid_to")
    form_columns = (
        "parent", "kind", "code", "name", "former_name", "setting", "special", "visitors_wanted",
        "visits_least", "visited_first", "block", "rank", "members", "rounds_held", "meeting_day",
        "meeting_slot", "valid_from", "valid_to",
    )  # fmt: skip
    form_ajax_refs = {"parent": {"fields": ("search_key", "code"), "order_by": Unit.path}}
    form_overrides = {
        "special": SelectField, "meeting_slot": SelectField, "rank": SelectField, "block": CodeField,
    }  # fmt: skip
    form_args = {
        "parent": {"description": "Mọi đơn vị đều có, trừ đơn vị gốc."},
        "code": {"description": "Chữ hoa không dấu, số, gạch nối, ví dụ CB-001; không đổi được về sau."},
        "former_name": {"description": "Khi đổi tên mà bỏ trống ô này, tên cũ được giữ lại ở đây."},
        "valid_to": {"description": "Ngày hoạt động cuối cùng; các chức vụ tại đơn vị kết thúc theo."},
        "special": {
            "choices": list(SPECIAL.items()),
            "coerce": int,
            "description": "Chỉ chi bộ: mức càng cao, chi bộ càng được dự trước và nhiều hơn.",
        },
        "visitors_wanted": {
            "default": 1,
            "validators": [Optional()],
            "description": "Chỉ chi bộ: bao nhiêu đồng chí có thể cùng dự một buổi; thường là 1.",
        },
        "visits_least": {"description": "Chỉ chi bộ: để trống thì chia đều trong đảng bộ."},
        "visited_first": {
            "description": "Chỉ chi bộ: có đồng chí về dự ngay trong tháng đầu của lịch.",
        },
        "block": {"description": "Khối khi chọn chi bộ làm điểm, ví dụ: Nông thôn, Cơ quan, Trường học."},
        "rank": {
            "choices": [("", "Không ghi"), *RANKS.items()],
            "description": "Chỉ đảng bộ: cấp ủy của đảng bộ thuộc cấp nào.",
            "filters": [],
        },
        "members": {"description": "Chỉ chi bộ: số đảng viên hiện có; chi bộ dưới 5 đồng chí nên họp ghép."},
        "rounds_held": {"description": "Chỉ chi bộ: số lần đã tổ chức diễn đàn.", "default": 0},
        "meeting_slot": {
            "choices": [("", "Chưa định"), *SLOTS.items()],
            "coerce": lambda value: value or None,
            "filters": [],
        },
        "valid_from": {"default": today},
    }  # fmt: skip
    fixed = ("kind", "code")
    eager = (orm.joinedload(Unit.parent),)
    column_labels = {
        "name": "Tên", "code": "Mã", "kind": "Loại tổ chức", "parent": "Đơn vị cấp trên",
        "setting": "Loại chi bộ", "special": "Địa bàn đặc thù", "meeting_day": "Ngày sinh hoạt",
        "visitors_wanted": "Số đồng chí dự cùng buổi", "visits_least": "Số lượt dự ít nhất một năm",
        "visited_first": "Dự ngay tháng đầu",
        "block": "Khối", "rank": "Cấp tổ chức", "members": "Số đảng viên",
        "rounds_held": "Số lần đã tổ chức diễn đàn", "meeting_slot": "Buổi",
        "former_name": "Tên trước đây", "valid_from": "Hoạt động từ", "valid_to": "Kết thúc",
        "search_key": "tên",
    }  # fmt: skip
    column_formatters = column_formatters_detail = column_formatters_export = {
        "special": lambda _view, _context, unit, _name: SPECIAL[unit.special],
        "block": lambda _view, _context, unit, _name: name_of(unit.block),
        "rank": lambda _view, _context, unit, _name: RANKS.get(unit.rank, ""),
        "meeting_slot": lambda _view, _context, unit, _name: SLOTS.get(unit.meeting_slot or "", ""),
    }

    def create_form(self, obj: Any = None) -> Any:
        """A form for a new unit, below the unit named in the address."""
        form = super().create_form(obj)
        if request.method == "GET" and (above := request.args.get("parent")):
            form.parent.data = self.get_one(above)
        return form

    def save(self, form: Any, model: Any) -> Any:
        """Found or change the unit."""
        named = {name: form[name].data for name in PLAIN} | {
            "rounds_held": form.rounds_held.data or 0,
            "visitors_wanted": 1 if (asked := form.visitors_wanted.data) is None else asked,
            "former_name": form.former_name.data or "",
            "parent_id": form.parent.data.id if form.parent.data else None,
            "setting_id": form.setting.data.id if form.setting.data else None,
        }
        if model:
            return save_unit(db.session, current_actor(), facts_of(model, **named), model)
        code = form.code.data.strip().upper()
        return save_unit(db.session, current_actor(), UnitFacts(code=code, kind=form.kind.data, **named))

    def leave(self, model: Any) -> None:
        """End the unit today."""
        if model.valid_to and model.valid_to <= today():
            raise ValidationError(f"{model.name} đã kết thúc ngày {model.valid_to:%d/%m/%Y}.")
        save_unit(db.session, current_actor(), facts_of(model, valid_to=today()), model)
