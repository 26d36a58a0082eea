"""The tenant's own catalogues: kinds of cells, departments, levels of officials."""

from typing import Any

import sqlalchemy as sa
from flask import request
from wtforms import SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from admin.backoffice.noun import Noun
from admin.cadences import CADENCES, CHOICES, choice_of, in_words
from admin.database import db
from admin.security import current_actor
from core.rotation.models import Official, RotationLevel
from tenants.access import NotAllowed, Permission
from tenants.codes import code_of
from tenants.models import Appointment, CellSetting, Department, Unit
from tenants.people import over_all


class Catalogue(Noun):
    """A list the whole tenant chooses from; an entry in use stays."""

    category = "Danh mục"
    write = Permission.CATALOGUES_EDIT
    used_by: tuple[tuple[Any, str], ...] = ()
    """Columns that may name an entry, each with the word for its rows."""

    def on_model_change(self, _form: Any, _model: Any, _is_created: bool) -> None:
        """A catalogue is the whole tenant's: so must be the right."""
        if not over_all(current_actor(), Permission.CATALOGUES_EDIT):
            raise NotAllowed(Permission.CATALOGUES_EDIT)

    def retire(self, model: Any) -> None:
        """Take an entry out that nothing names; the trail keeps its name."""
        self.on_model_change(None, model, False)
        for column, rows in self.used_by:
            count = db.session.scalar(sa.select(sa.func.count()).where(column == model.id))
            if count:
                raise ValidationError(
                    f"“{model}” đang dùng cho {count} {rows}; xin chuyển {rows} đó sang mục khác trước."
                )
        self._note("remove", model, name=str(model))
        db.session.delete(model)
        db.session.flush()


class CellSettings(Catalogue):
    """Kinds of cells."""

    model = CellSetting
    label, slug = "Loại chi bộ", "cell-settings"
    read = Permission.UNITS_READ
    creates = edits = removes = exports = True
    used_by = ((Unit.setting_id, "chi bộ"),)
    column_list = column_details_list = column_export_list = ("name", "code", "is_residential")
    column_default_sort = "name"
    form_columns = ("name", "code", "is_residential")
    column_labels = {
        "name": "Tên loại",
        "code": "Mã trong kế hoạch",
        "is_residential": "Là chi bộ khu dân cư",
    }
    form_args = {
        "code": {
            "validators": [Optional()],
            "description": "Kế hoạch chọn chi bộ theo mã này, ví dụ rural; bỏ trống thì đặt theo tên.",
        },
        "is_residential": {"description": "Chi bộ khu dân cư được phân công cán bộ cấp trên dự sinh hoạt."},
    }

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """A code as plans write it, and nobody else's."""
        super().on_model_change(form, model, is_created)
        if form is None:
            return
        model.code = code_of(model.code or model.name) or "other"
        with db.session.no_autoflush:
            twin = db.session.scalar(
                sa.select(CellSetting.name).where(CellSetting.code == model.code, CellSetting.id != model.id)
            )
        if twin:
            raise ValidationError(f"Mã “{model.code}” đã dùng cho loại “{twin}”; xin ghi mã khác.")


class Departments(Catalogue):
    """Advisory bodies."""

    model = Department
    label, slug = "Ban tham mưu", "departments"
    read = Permission.UNITS_READ
    creates = edits = removes = exports = True
    used_by = ((Appointment.department_id, "chức vụ"),)
    column_list = column_details_list = column_export_list = ("name", "function")
    column_default_sort = "name"
    form_columns = ("name", "function")
    column_labels = {"name": "Tên ban", "function": "Lĩnh vực"}
    form_args = {"function": {"description": "Kiến nghị được chuyển theo lĩnh vực này, không theo tên ban."}}


class RotationLevels(Catalogue):
    """How often officials of a level attend (S4-03, S4-10, S4-13)."""

    model = RotationLevel
    label, slug = "Cấp cán bộ dự sinh hoạt", "rotation-levels"
    read = Permission.ROTATION_READ
    creates = edits = removes = exports = True
    used_by = ((Official.level_id, "cán bộ"),)
    column_list = column_details_list = ("name", "code", "cadence_vi", "own_cell", "report_days")
    column_export_list = column_list
    column_default_sort = "code"
    form_columns = ("code", "name", "cadence", "own_cell", "report_days")
    form_extra_fields = {
        "cadence": SelectField(
            "Định kỳ dự",
            [InputRequired()],
            choices=CHOICES,
            description="Theo kỳ: mỗi kỳ dự một lần. Theo năm: ít nhất bấy nhiêu lần trong năm, mỗi tháng"
            " không quá một lần. Ban hành kế hoạch có nêu cấp này thì định kỳ theo kế hoạch.",
        )
    }
    form_args = {
        "own_cell": {
            "validators": [InputRequired()],
            "description": "Cấp xã dự chi bộ khác chi bộ nơi mình sinh hoạt; cấp trên có thể quy định khác.",
        }
    }
    column_labels = {
        "code": "Mã cấp", "name": "Tên cấp", "cadence_vi": "Định kỳ dự",
        "own_cell": "Chi bộ nơi mình sinh hoạt", "report_days": "Báo cáo trong (ngày)",
    }  # fmt: skip
    column_formatters = column_formatters_detail = column_formatters_export = {
        "cadence_vi": lambda _view, _context, level, _name: in_words((level.period_months, level.per_year))
    }

    def edit_form(self, obj: Any = None) -> Any:
        """The form of a level, with its cadence as one choice."""
        form = super().edit_form(obj)
        if request.method == "GET":
            form.cadence.data = choice_of((obj.period_months, obj.per_year))
        return form

    def on_model_change(self, form: Any, model: Any, is_created: bool) -> None:
        """One of the two cadences; bounds of the catalogue."""
        super().on_model_change(form, model, is_created)
        if form is not None:
            model.period_months, model.per_year = CADENCES[form.cadence.data]
        if not 1 <= (model.report_days or 0) <= 60:
            raise ValidationError("Số ngày phải báo cáo sau buổi dự: từ 1 đến 60.")
