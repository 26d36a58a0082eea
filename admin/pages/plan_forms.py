"""A plan as a form: lists are lines of a text area, cadences one group a level (S4-03, S4-10, S4-13)."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any

from wtforms import FieldList, FormField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from admin.forms import PageForm
from core.plans.content import (
    MONTHS_IN_PERIOD,
    Action,
    Cadence,
    LegalBasis,
    Milestone,
    PlanContent,
    Responsibility,
)
from core.plans.document import period_words
from core.plans.due import EachPeriod
from core.plans.periods import Cycle
from core.plans.selectors import Selector
from tenants.vietnamese import nfc

LONGEST = Length(max=20_000)
LINE = Length(max=300)
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
PERIODS = [(0, "Không nêu cấp này"), *((n, period_words(n).capitalize()) for n in MONTHS_IN_PERIOD)]


def lines(text: str | None) -> tuple[str, ...]:
    """The filled lines of a text area, leading dashes taken off."""
    stripped = (nfc(line).strip().lstrip("-–+•").strip() for line in (text or "").splitlines())
    return tuple(line for line in stripped if line)


def read_basis(line: str) -> LegalBasis:
    """A basis written "number; body; day; about". Raises ValueError."""
    number, body, day, about = (part.strip() for part in line.split(";", 3))
    found = DAY.fullmatch(day)
    if not (number and body and about and found):
        raise ValueError(line)
    return LegalBasis(number, body, date(int(found[3]), int(found[2]), int(found[1])), about)


def write_basis(basis: LegalBasis) -> str:
    """The line that `read_basis` reads."""
    return f"{basis.number}; {basis.body}; {basis.issued_on or date(2000, 1, 1):%d/%m/%Y}; {basis.about}"


class CadencePart(PageForm):
    """How often one level attends; a level without a period is not in the plan."""

    class Meta(PageForm.Meta):
        """The plan's own token guards its parts."""

        csrf = False

    level_code = HiddenField("Cấp", [Length(max=40)])
    level_name = StringField("Đối tượng dự sinh hoạt", [LINE])
    period_months = SelectField("Định kỳ dự", coerce=int, choices=PERIODS)
    report_days = IntegerField("Hạn báo cáo sau khi dự (số ngày)", [Optional(), NumberRange(1, 60)])
    report_to = StringField("Nơi nhận báo cáo", [LINE])
    clause = StringField("Điều khoản của kế hoạch", [LINE])

    def validate_period_months(self, field: Any) -> None:
        """What a stated level needs besides."""
        if not field.data:
            return
        needed = (self.level_name, self.report_days, self.report_to)
        if missing := [each.label.text for each in needed if not each.data]:
            raise ValidationError(f"Đã chọn định kỳ dự thì cần ghi thêm: {'; '.join(missing)}.")

    def cadence(self) -> Cadence:
        """What was typed, as the plan says it."""
        words = (nfc((f.data or "").strip()) for f in (self.level_name, self.report_to, self.clause))
        name, report_to, clause = words
        days = self.report_days.data or 0
        return Cadence(self.level_code.data, name, self.period_months.data, days, report_to, clause)


class PlanForm(PageForm):
    """A plan's draft. What may wait until publishing is not asked here: `check` tells all of it at once."""

    revision = HiddenField()
    subject = StringField("Trích yếu nội dung", [DataRequired(), LINE])
    year = IntegerField("Năm thực hiện", [InputRequired(), NumberRange(2020, 2100)])
    bases = TextAreaField("Căn cứ", [LONGEST])
    purposes = TextAreaField("Mục đích", [LONGEST])
    demands = TextAreaField("Yêu cầu", [LONGEST])
    duties = TextAreaField("Tổ chức thực hiện", [LONGEST])
    cadences = FieldList(FormField(CadencePart), "Định kỳ dự và hạn báo cáo theo cấp", max_entries=12)
    report_due_days = IntegerField(
        "Hạn gửi báo cáo tổng hợp (số ngày sau khi hết quý)", [InputRequired(), NumberRange(1, 60)]
    )
    recipients = TextAreaField("Nơi nhận", [LONGEST])
    authority = StringField("Ký thay mặt", [LINE])
    signer_title = StringField("Chức vụ người ký", [LINE])
    signer = StringField("Người ký", [LINE])

    def validate_bases(self, field: Any) -> None:
        """Each line a basis, told by its number where it is not."""
        for number, line in enumerate(lines(field.data), 1):
            try:
                read_basis(line)
            except ValueError as error:
                raise ValidationError(
                    f"Dòng {number} chưa đúng dạng “số, ký hiệu; cơ quan ban hành; ngày/tháng/năm; về việc”."
                ) from error

    def content(self) -> PlanContent:
        """What was typed, as one plan."""
        return PlanContent(
            subject=nfc(self.subject.data.strip()),
            year=self.year.data,
            bases=tuple(read_basis(line) for line in lines(self.bases.data)),
            purposes=lines(self.purposes.data),
            demands=lines(self.demands.data),
            duties=tuple(Responsibility("", line) for line in lines(self.duties.data)),
            cadences=tuple(
                part.form.cadence() for part in self.cadences.entries if part.form.period_months.data
            ),
            selectors=(Selector("root", "Đơn vị ban hành", root=True),),
            milestones=(quarterly_report(self.report_due_days.data),),
            recipients=lines(self.recipients.data),
            authority=nfc((self.authority.data or "").strip()),
            signer_title=nfc((self.signer_title.data or "").strip()),
            signer=nfc((self.signer.data or "").strip()),
        )


def quarterly_report(days: int) -> Milestone:
    """The consolidated report of each quarter."""
    due = EachPeriod(Cycle.QUARTER, days_after=days)
    return Milestone("bao_cao_quy", "Báo cáo tổng hợp quý", Action.CONSOLIDATE, "root", due)


def form_data(content: PlanContent, levels: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A plan as the form's data, with an empty group for each level it does not state."""
    joined = {name: "\n".join(getattr(content, name)) for name in ("purposes", "demands", "recipients")} | {
        "duties": "\n".join(duty.text for duty in content.duties)
    }
    same = {
        name: getattr(content, name)
        for name in ("subject", "year", "report_due_days", "authority", "signer_title", "signer")
    }
    bases = "\n".join(map(write_basis, content.bases))
    return joined | same | {"bases": bases, "cadences": _groups(content.cadences, levels)}


def _groups(cadences: tuple[Cadence, ...], levels: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    stated = [dict(vars(cadence)) for cadence in cadences]
    codes = {cadence.level_code for cadence in cadences}
    unstated = [(code, name) for code, name in levels if code not in codes]
    return stated + [{"level_code": code, "level_name": name, "period_months": 0} for code, name in unstated]


def whole_number(text: str | None) -> int | None:
    """The number a hidden field carries; None where it carries none."""
    with suppress(ValueError, TypeError):
        return int(text or "")
    return None
