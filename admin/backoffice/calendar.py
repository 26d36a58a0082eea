"""Days off and days worked: the tenant's own, over the country's, which are listed below them."""

from datetime import timedelta
from typing import Any

from wtforms import ValidationError

from admin.backoffice.catalogues import Catalogue
from core.plans.calendars import CalendarDay
from core.plans.national import SWAPS_KNOWN_TO, NationalDay, national_calendar, national_days
from core.plans.workdays import DayKind
from tenants.access import Permission
from tenants.clock import today

AHEAD = timedelta(days=400)


def _differs(form: Any, field: Any) -> None:
    """A day that is already so needs no entry."""
    if field.data is None or not form.kind.data:
        return
    works = national_calendar().is_working(field.data)
    if works is (form.kind.data is DayKind.WORKED):
        already = "ngày làm việc" if works else "ngày nghỉ"
        raise ValidationError(f"Ngày {field.data:%d/%m/%Y} vốn đã là {already}; không cần ghi thêm.")


class CalendarDays(Catalogue):
    """Where the tenant's working days differ from the country's."""

    model = CalendarDay
    label, slug = "Ngày nghỉ, ngày làm bù", "calendar-days"
    read = Permission.UNITS_READ
    creates = edits = removes = exports = True
    list_template = "admin/backoffice_calendar.html"
    column_list = column_details_list = column_export_list = ("day", "kind", "label")
    column_default_sort = ("day", True)
    form_columns = ("day", "kind", "label")
    column_labels = {"day": "Ngày", "kind": "Loại ngày", "label": "Lý do"}
    form_args = {
        "day": {"validators": [_differs]},
        "kind": {"description": "Hạn tính theo ngày làm việc bỏ qua ngày nghỉ và tính cả ngày làm bù."},
        "label": {"description": "Ví dụ: Ngày truyền thống của huyện; làm bù cho ngày 02/01."},
    }

    def coming(self) -> list[NationalDay]:
        """The country's days of the next months, counted so where no entry says otherwise."""
        return [row for row in national_days() if today() <= row.day <= today() + AHEAD]

    def years_without_swaps(self) -> list[int]:
        """The years shown whose swapped days are not known yet."""
        return sorted({row.day.year for row in self.coming() if row.day.year > SWAPS_KNOWN_TO})
