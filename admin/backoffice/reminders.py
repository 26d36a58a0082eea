"""The tenant's rules of reminding: one row, or the defaults where there is none."""

from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from admin.backoffice.catalogues import Catalogue
from core.notices.reminder_models import ReminderSetting
from core.notices.reminders import HOURS, Ladder
from tenants.access import Permission

HOUR_CHOICES = [(hour, f"{hour:02d}:00") for hour in HOURS]
FURTHEST_RUNG = 60
GIVEN = [InputRequired()]


def in_words(rungs: list[int]) -> str:
    """As people write them: T-7, T-3, T+1."""
    return ", ".join(f"T{rung:+d}" for rung in sorted(rungs))


class RungsField(StringField):
    """Days before and after a due day."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else in_words(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read them; ValueError in Vietnamese where one is no day."""
        words = (valuelist or [""])[0].upper().replace("−", "-").replace(";", ",").split(",")
        days = {word.strip().removeprefix("T").strip() for word in words} - {""}
        if not days:
            raise ValueError("Xin ghi ít nhất một mốc, ví dụ: T-3, T-1, T+1.")
        if wrong := sorted(day for day in days if not _is_day(day)):
            raise ValueError(f"Mốc “{wrong[0]}” chưa đúng; ví dụ đúng: T-3 (trước 3 ngày), T+1 (sau 1 ngày).")
        self.data = sorted({int(day) for day in days})


def _is_day(text: str) -> bool:
    digits = text.lstrip("+-")
    return len(text) - len(digits) <= 1 and digits.isdecimal() and int(digits) <= FURTHEST_RUNG


class ReminderSettings(Catalogue):
    """When the tenant's people are reminded of what they owe."""

    model = ReminderSetting
    label, slug = "Nhắc việc", "reminder-settings"
    read = Permission.CATALOGUES_EDIT
    creates = edits = removes = True
    list_template = "admin/backoffice_reminders.html"
    column_list = column_details_list = column_export_list = (
        "digest_hour", "quiet_from", "quiet_to", "rungs", "quiet_weekends", "quiet_holidays",
        "escalate_after",
    )  # fmt: skip
    form_columns = column_list
    column_sortable_list = ()
    column_labels = {
        "digest_hour": "Giờ nhắc", "quiet_from": "Giờ yên tĩnh từ", "quiet_to": "Giờ yên tĩnh đến",
        "rungs": "Các mốc nhắc", "quiet_weekends": "Không nhắc Thứ Bảy, Chủ nhật",
        "quiet_holidays": "Không nhắc ngày lễ, ngày nghỉ", "escalate_after": "Báo cấp trên khi trễ (ngày)",
    }  # fmt: skip
    column_formatters = column_formatters_detail = {
        "rungs": lambda _view, _context, row, _name: in_words(row.rungs),
        **{
            name: lambda _view, _context, row, name: f"{getattr(row, name):02d}:00"
            for name in ("digest_hour", "quiet_from", "quiet_to")
        },
    }
    form_overrides = {
        "digest_hour": SelectField, "quiet_from": SelectField, "quiet_to": SelectField, "rungs": RungsField,
    }  # fmt: skip
    form_args = {
        "digest_hour": {
            "choices": HOUR_CHOICES, "coerce": int, "default": Ladder.digest_hour, "validators": GIVEN,
            "description": "Mỗi đồng chí nhận nhiều nhất một lần nhắc một ngày. Giờ nhắc rơi vào giờ yên "
            "tĩnh thì nhắc khi hết giờ yên tĩnh.",
        },
        "quiet_from": {
            "choices": HOUR_CHOICES, "coerce": int, "default": Ladder.quiet_from, "validators": GIVEN,
        },
        "quiet_to": {
            "choices": HOUR_CHOICES, "coerce": int, "default": Ladder.quiet_to, "validators": GIVEN,
            "description": "Hai giờ bằng nhau là không có giờ yên tĩnh.",
        },
        "rungs": {
            "default": sorted(Ladder.rungs), "validators": GIVEN,
            "description": "Số ngày trước (T-) và sau (T+) hạn. Ví dụ: T-7, T-3, T-1, T+1, T+3.",
        },
        "quiet_weekends": {"default": Ladder.quiet_weekends},
        "quiet_holidays": {
            "default": Ladder.quiet_holidays,
            "description": "Theo danh mục Ngày nghỉ, ngày làm bù; việc rơi vào ngày nghỉ được nhắc trước "
            "hoặc sau đợt nghỉ.",
        },
        "escalate_after": {
            "default": Ladder.escalate_after,
            "validators": [*GIVEN, NumberRange(0, 60, "Từ 0 đến 60 ngày.")],
            "description": "Cấp trên chỉ nhận số lượng và tên đơn vị trễ hạn. Ghi 0 để không báo.",
        },
    }  # fmt: skip

    def default(self) -> dict[str, str]:
        """What holds where there is no row, in words."""
        ladder = Ladder()
        quiet = f"{ladder.quiet_from:02d}:00 đến {ladder.quiet_to:02d}:00"
        return {
            "Giờ nhắc": f"{ladder.digest_hour:02d}:00",
            "Giờ yên tĩnh": quiet,
            "Các mốc nhắc": in_words(list(ladder.rungs)),
            "Ngày không nhắc": "ngày lễ, ngày nghỉ; Thứ Bảy, Chủ nhật vẫn nhắc",
            "Báo cấp trên khi trễ": f"{ladder.escalate_after} ngày",
        }
