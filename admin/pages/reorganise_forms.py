"""What is asked about each kind of reorganisation, and the event that the answers make."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from admin.forms import PageForm
from core.queries.reorganisations import UnitChoice
from tenants.clock import today
from tenants.codes import RANKS
from tenants.db import new_id
from tenants.unit_events import EventKind, Successor, UnitChange

NEW, OLD, CHILD = "new", "old", "child_"
MOST_NEW = 4


class EventForm(PageForm):
    """What every event asks."""

    day = DateField("Ngày hiệu lực", [InputRequired()], default=today)

    def facts(self, _units: Sequence[UnitChoice]) -> dict[str, Any]:
        """What the answers say beside the day."""
        return {}


class MergeForm(EventForm):
    """Into what units merge."""

    into = RadioField("Đơn vị tiếp nhận", [InputRequired()])
    code = StringField("Mã đơn vị mới", [Optional(), Length(max=40)])
    name = StringField("Tên đơn vị mới", [Optional(), Length(max=200)])

    def facts(self, _units: Sequence[UnitChoice]) -> dict[str, Any]:
        """The successor: a new unit, or one of those that merge."""
        if self.into.data == NEW:
            return {"successors": (Successor(new_id(), self.code.data or "?", self.name.data or ""),)}
        return {"successors": (Successor(UUID(self.into.data)),)}


class SplitForm(EventForm):
    """Into what a unit splits, and where each unit below goes; fields of the children are added."""

    keep = BooleanField("Giữ lại đơn vị cũ")

    def facts(self, units: Sequence[UnitChoice]) -> dict[str, Any]:
        """The old unit where it stays, the new ones, and what each child chose."""
        places = {OLD: Successor(units[0].id)} if self.keep.data else {}
        for number in map(str, range(1, MOST_NEW + 1)):
            code, name = self[f"code{number}"].data, self[f"name{number}"].data
            if code or name:
                places[number] = Successor(new_id(), code or "?", name or "")
        children = {
            name.removeprefix(CHILD): f.data for name, f in self._fields.items() if name.startswith(CHILD)
        }
        choices = {UUID(child): places[to].id for child, to in children.items() if to in places}
        return {"successors": tuple(places.values()), "choices": choices}


class RenameForm(EventForm):
    """The new name."""

    name = StringField("Tên mới", [InputRequired(), Length(max=200)])

    def facts(self, _units: Sequence[UnitChoice]) -> dict[str, Any]:
        """The name."""
        return {"name": self.name.data}


class RerankForm(EventForm):
    """The new rank."""

    rank = SelectField("Cấp mới", [InputRequired()], choices=[("", "Chọn cấp"), *RANKS.items()])

    def facts(self, _units: Sequence[UnitChoice]) -> dict[str, Any]:
        """The rank."""
        return {"rank": self.rank.data}


FORMS: dict[EventKind, type[EventForm]] = {
    EventKind.MERGE: MergeForm,
    EventKind.SPLIT: SplitForm,
    EventKind.RENAME: RenameForm,
    EventKind.MOVE: EventForm,
    EventKind.RERANK: RerankForm,
    EventKind.DISSOLVE: EventForm,
}


def form_for(kind: EventKind, units: Sequence[UnitChoice], below: Sequence[UnitChoice]) -> EventForm:
    """The form of a kind, about the units chosen and those directly below."""
    form = FORMS[kind]
    if kind is EventKind.SPLIT:
        form = type(form.__name__, (form,), _split_fields(below))
    made = form()
    if isinstance(made, MergeForm):
        own = [(str(unit.id), f"{unit.name} ({unit.code})") for unit in units]
        made.into.choices = [(NEW, "Lập đơn vị mới"), *own]
    return made


def _split_fields(below: Sequence[UnitChoice]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    places = [("", "Chọn đơn vị tiếp nhận"), (OLD, "Đơn vị cũ")]
    for number in range(1, MOST_NEW + 1):
        fields[f"code{number}"] = StringField(f"Mã đơn vị mới {number}", [Optional(), Length(max=40)])
        fields[f"name{number}"] = StringField(f"Tên đơn vị mới {number}", [Optional(), Length(max=200)])
        places.append((str(number), f"Đơn vị mới {number}"))
    for child in below:
        fields[f"{CHILD}{child.id}"] = SelectField(child.name, [InputRequired()], choices=places)
    return fields


def event_of(
    kind: EventKind, form: EventForm, units: Sequence[UnitChoice], target: UnitChoice | None
) -> UnitChange:
    """The event that the answers make."""
    facts = form.facts(units)
    if kind is EventKind.MOVE:
        facts["parent_id"] = target.id if target else None
    if kind is EventKind.DISSOLVE and target:
        facts["successors"] = (Successor(target.id),)
    return UnitChange(kind, form.day.data, tuple(unit.id for unit in units), **facts)
