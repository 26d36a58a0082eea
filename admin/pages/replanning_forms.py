"""What is asked about each kind of event after a rotation is published, and the event the answers make."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm
from wtforms import DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from admin.forms import PageForm
from admin.pages.away import AwayForm
from core.queries.replanning import coming_meetings, coming_months
from core.rotation.cell_happenings import CellBegun, Postponed
from core.rotation.happening import Happening
from core.rotation.happenings import Away, Left, Reassigned
from core.rotation.models import Rotation, RotationLevel
from core.rotation.replanning import LONGEST_REASON
from core.rotation.solving.facts import Slot
from core.rotation.solving.replan import Policy
from tenants.clock import today

SLOTS = [(slot.value, slot.label.capitalize()) for slot in Slot]
POLICIES = [(policy.value, policy.label) for policy in Policy]


@dataclass(frozen=True)
class About:
    """Whom or what an event is about: an `Official` or a cell (`Unit`), in a rotation; the areas chosen."""

    rotation: Rotation
    subject: Any
    units: tuple[UUID, ...] = ()


class LeftForm(PageForm):
    """From when an official attends no more."""

    since = DateField("Thôi dự từ ngày", [InputRequired()])


class ReassignedForm(PageForm):
    """From when an official has the areas chosen, and at which level."""

    since = DateField("Từ ngày", [InputRequired()])
    level = SelectField("Cấp", [Optional()])


class PostponedForm(PageForm):
    """Which meeting of a cell moves, and to when."""

    meeting = SelectField("Buổi họp cần dời", [InputRequired()])
    meets_on = DateField("Họp vào ngày", [InputRequired()])
    slot = RadioField("Buổi", [InputRequired()], choices=SLOTS)


class CellForm(PageForm):
    """From which month a cell takes part, and when it meets."""

    first_month = SelectField("Tham gia từ tháng", [InputRequired()])
    day = IntegerField("Ngày họp hằng tháng", [InputRequired(), NumberRange(1, 28)])
    slot = RadioField("Buổi", [InputRequired()], choices=SLOTS)


class ConfirmForm(PageForm):
    """Why the published rotation is drawn up again, and what counts more."""

    reason = TextAreaField("Lý do điều chỉnh", [InputRequired(), Length(max=LONGEST_REASON)])
    policy = RadioField(
        "Khi không giữ được cả hai", [InputRequired()], choices=POLICIES, default=Policy.ALONE.value
    )


def _offer_levels(session: orm.Session, form: Any, about: About) -> None:
    levels = session.scalars(sa.select(RotationLevel).order_by(RotationLevel.code))
    others = [(str(level.id), level.name) for level in levels if level is not about.subject.level]
    form.level.choices = [("", f"Giữ nguyên: {about.subject.level}"), *others]


def _offer_meetings(session: orm.Session, form: Any, about: About) -> None:
    form.meeting.choices = [("", "Chọn buổi họp")] + [
        (str(one.id), f"Tháng {one.month:%m/%Y}: {Slot(one.slot).label} ngày {one.meets_on:%d/%m/%Y}")
        for one in coming_meetings(session, about.rotation, about.subject.id)
    ]


def _offer_months(_session: orm.Session, form: Any, about: About) -> None:
    months = coming_months(about.rotation)
    form.first_month.choices = [(month.isoformat(), f"Tháng {month:%m/%Y}") for month in months]
    if not form.is_submitted():
        form.day.data, form.slot.data = about.subject.meeting_day, about.subject.meeting_slot


def _cell_begun(form: Any, about: About) -> Happening:
    first = date.fromisoformat(form.first_month.data)
    months = sum(month >= first for month in coming_months(about.rotation))
    return CellBegun(about.subject.id, first, months, form.day.data, form.slot.data)


@dataclass(frozen=True)
class Kind:
    """A kind of event on the pages: its words, whom it is about, what is asked, what comes of it."""

    label: str
    hint: str
    form: type[PageForm]
    made: Callable[[Any, About], Happening]
    person: bool = True
    units: bool = False
    with_days: bool = True
    offer: Callable[[orm.Session, Any, About], None] = field(default=lambda _session, _form, _about: None)
    hints: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "away": Kind(
        "Ốm, nghỉ, đi vắng", "Một đồng chí không dự được trong một số ngày.", AwayForm,
        lambda f, at: Away(at.subject.id, f.starts_on.data, f.ends_on.data, f.reason.data or ""),
        hints={"reason": "Chỉ người lập lịch đọc được."},
    ),
    "left": Kind(
        "Thôi dự, nghỉ việc", "Một đồng chí không dự sinh hoạt nữa từ một ngày.", LeftForm,
        lambda f, at: Left(at.subject.id, f.since.data),
        hints={"since": "Ngày đầu tiên không còn dự; các lượt trước ngày này giữ nguyên."},
    ),
    "reassigned": Kind(
        "Chuyển địa bàn, đổi cấp", "Một đồng chí phụ trách địa bàn khác hoặc ở cấp khác.", ReassignedForm,
        lambda f, at: Reassigned(
            at.subject.id, f.since.data, at.units, UUID(f.level.data) if f.level.data else None
        ),
        units=True, offer=_offer_levels,
        hints={
            "since": "Ngày đầu tiên ở địa bàn mới; các lượt trước ngày này giữ nguyên.",
            "level": "Đổi cấp chỉ ghi được từ hôm nay.",
        },
    ),
    "postponed": Kind(
        "Dời buổi họp", "Một chi bộ đổi ngày hoặc buổi họp của một tháng.", PostponedForm,
        lambda f, _at: Postponed(UUID(f.meeting.data), f.meets_on.data, f.slot.data),
        person=False, offer=_offer_meetings,
        hints={"meets_on": "Trong tháng của buổi họp, từ hôm nay trở đi."},
    ),
    "cell": Kind(
        "Chi bộ mới", "Một chi bộ chưa có ngày họp bắt đầu nhận đồng chí về dự.", CellForm, _cell_begun,
        person=False, with_days=False, offer=_offer_months, hints={"day": "Từ ngày 1 đến ngày 28."},
    ),
}  # fmt: skip


def days_of(form: Any) -> None:
    """Start a form that asks for a first day with today."""
    for name in ("starts_on", "since"):
        if name in form and not form.is_submitted():
            form[name].data = today()
