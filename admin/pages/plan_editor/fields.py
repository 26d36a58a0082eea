"""A field of a dataclass as a field of a form, and what was typed as plain data again."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, Final

from wtforms import (
    BooleanField,
    DateField,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)  # fmt: skip
from wtforms.validators import Optional

from admin.pages.plan_editor.shapes import Shape
from tenants.vietnamese import nfc

Choice = tuple[str, str]
Choices = Callable[[Shape], list[Choice] | None]
BLANK: Final = object()
"""Nothing was typed: the dataclass's default holds."""
YES_NO: Final = {"yes": True, "no": False}
LONG = 1000
BULLET = re.compile(r"^[-–+•]\s+(?=\S)")


class Asked:
    """Marks a field as required; that it is filled is checked with everything else, at once."""

    field_flags = {"required": True}

    def __call__(self, _form: object, _field: object) -> None:
        """Nothing to do at this time."""


class LinesField(TextAreaField):
    """A text area with an item a line, filled from the items."""

    def process_data(self, value: Any) -> None:
        """The items as text."""
        self.data = value if value is None or isinstance(value, str) else text_of(value)


def field_of(shape: Shape, choices: Choices) -> Any:
    """The unbound field that asks for a value without parts."""
    checks = [Asked(), Optional()] if shape.required and not shape.is_code else [Optional()]
    given = choices(shape)
    if given is not None and shape.many:
        return SelectMultipleField(shape.title, checks, choices=given)
    if given is not None:
        return SelectField(shape.title, checks, choices=[("", _nothing(shape)), *given], default="")
    return _plain(shape)(shape.title, checks)


def _nothing(shape: Shape) -> str:
    return "Chọn…" if shape.required else "Không nêu"


def _plain(shape: Shape) -> Any:
    if shape.many:
        return LinesField
    if (shape.longest or 0) > LONG:
        return TextAreaField
    return {bool: BooleanField, int: IntegerField, date: DateField}.get(shape.kind, StringField)


def data_of(shape: Shape, value: Any) -> Any:
    """A value as the field's data."""
    if shape.many:
        return [getattr(one, "value", one) for one in value]
    if shape.kind is bool and shape.nullable:
        return {True: "yes", False: "no"}.get(value, "")
    return getattr(value, "value", value)


def lines(text: str | None) -> tuple[str, ...]:
    """The filled lines of a text area without leading dashes; an indented line goes on with the one above."""
    found: list[str] = []
    for line in (text or "").splitlines():
        words = nfc(line).strip()
        if words and line[:1].isspace() and found:
            found[-1] += f"\n{words}"
        elif words:
            found.append(BULLET.sub("", words))
    return tuple(found)


def text_of(items: Iterable[str]) -> str:
    """The text area that `lines` reads."""
    return "\n".join("\n  ".join(item.split("\n")) for item in items)


def read(shape: Shape, field: Any) -> Any:
    """What was typed into a field without parts: a value, or BLANK."""
    data = field.data
    if isinstance(field, BooleanField):
        return bool(data)
    if isinstance(field, SelectMultipleField):
        return tuple(data or ())
    if shape.many:
        return lines(data)
    if shape.kind is bool:
        return YES_NO.get(data, BLANK)
    if isinstance(data, str):
        return nfc(data.strip()) or BLANK
    return BLANK if data is None else data


def is_filled(data: dict[str, Any]) -> bool:
    """Whether anything in a part was typed; a box that is not ticked is nothing."""
    return any(value is not False and value not in ("", ()) for value in data.values())


def leaves(form: Any) -> Iterator[Any]:
    """Every field of a form, those of its parts included."""
    for field in form:
        if isinstance(field, FormField):
            yield from leaves(field.form)
        else:
            yield field
