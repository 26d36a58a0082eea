"""A form made from a dataclass: filled from a value, and read back as one, every fault beside its field."""

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from wtforms import FormField, SelectField, TextAreaField

from admin.forms import PageForm
from admin.pages.plan_editor.fields import (
    BLANK,
    Asked,
    Choices,
    data_of,
    field_of,
    is_filled,
    read,
)  # fmt: skip
from admin.pages.plan_editor.shapes import TAG, Shape, shapes_of, tag_of
from core.plans.file_words import Place, fault_words
from core.plans.help import RULES
from tenants.codes import code_of

NAMED_AFTER = ("title", "text", "to", "who", "among", "holds_back")
NOWHERE: Final = Place((), ())
"""A form has no keys to misspell."""
Loc = tuple[str | int, ...]


class PartForm(PageForm):
    """Subclasses are made by `form_for`: one field for each shape."""

    shapes: tuple[Shape, ...] = ()

    def rows(self) -> Iterator[tuple[Shape, Any]]:
        """What the page shows, in order."""
        for shape in self.shapes:
            yield shape, self[shape.name]

    def typed(self) -> dict[str, Any]:
        """What was typed as plain data; what is blank is left to the dataclass's defaults."""
        found = {shape.name: _typed(shape, self[shape.name]) for shape in self.shapes}
        return {name: value for name, value in found.items() if value is not BLANK}

    def value(self, owner: type, base: object | None, taken: Iterable[str] = ()) -> Any:
        """The part that was typed, over what `base` has besides the form; None where anything is wrong."""
        data = {shape.name: () for shape in shapes_of(owner) if shape.is_list_of_parts and shape.required}
        asked = {shape.name for shape in self.shapes}
        if base is not None:
            data = {f.name: getattr(base, f.name) for f in fields(base) if f.name not in asked}  # type: ignore[arg-type]
        data |= self._named(self.typed(), owner, frozenset(taken))
        try:
            return None if self.errors else TypeAdapter(owner).validate_python(data)
        except ValidationError as error:
            for one in error.errors():
                self.tell(one["loc"], fault_words(one, one["loc"], NOWHERE))
            return None

    def _named(self, data: dict[str, Any], owner: type, taken: frozenset[str]) -> dict[str, Any]:
        """With a code of its own where none was typed; a code may be used once."""
        if not any(shape.is_code for shape in self.shapes):
            return data
        if data.get("code") in taken:
            self.tell(("code",), f"Mã “{data['code']}” đã dùng cho mục khác; mỗi mã chỉ dùng một lần.")
        words = next((data[name] for name in NAMED_AFTER if data.get(name)), owner.__name__)
        return {"code": free_code(str(words), taken)} | data

    def tell(self, loc: Loc, text: str) -> None:
        """Put a sentence beside the field that a place in the data speaks of."""
        field: Any = self
        for step in loc:
            if isinstance(step, int) and isinstance(field, TextAreaField):
                text = f"Dòng {step + 1}: {text[0].lower()}{text[1:]}"
            form = getattr(field, "form", field)
            field = form[step] if isinstance(form, PageForm) and step in form else field
        if isinstance(field, FormField):
            field = next(iter(field.form))
        if field is self:
            self.refuse({"": text})
        else:
            field.errors = [*field.errors, text]


def _typed(shape: Shape, field: Any) -> Any:
    if shape.variants:
        tag = field.form[TAG].data
        return {TAG: tag, **field.form[tag].form.typed()} if tag else BLANK
    if shape.is_part:
        inner = field.form.typed()
        return BLANK if shape.nullable and not is_filled(inner) else inner
    return read(shape, field)


def free_code(words: str, taken: frozenset[str]) -> str:
    """A code from words that no other item of the list has."""
    stem = code_of(words)[:36].strip("_") or "muc"
    return next(code for code in (stem, *(f"{stem}_{n}" for n in range(2, 999))) if code not in taken)


class PlainPart(PartForm):
    """A part within a form: the whole form's token guards it."""

    class Meta(PartForm.Meta):
        """Without a token."""

        csrf = False


def form_for(
    owner: type, choices: Choices, names: tuple[str, ...] = (), base: type[PartForm] = PartForm
) -> type[PartForm]:
    """The form of a dataclass, or of the named fields of it; lists of parts have pages of their own."""
    shapes = tuple(
        shape for shape in shapes_of(owner)
        if not shape.is_list_of_parts and (not names or shape.name in names)
    )  # fmt: skip
    shapes = tuple(sorted(shapes, key=lambda shape: shape.is_code))
    made = {shape.name: _field(shape, choices) for shape in shapes}
    return type(f"{owner.__name__}Form", (base,), {**made, "shapes": shapes})


def _field(shape: Shape, choices: Choices) -> Any:
    if shape.variants:
        return FormField(_union(shape, choices), shape.title)
    if shape.is_part:
        return FormField(form_for(shape.kind, choices, base=PlainPart), shape.title)
    return field_of(shape, choices)


def _union(shape: Shape, choices: Choices) -> type[PartForm]:
    tags = {tag_of(one): one for one in shape.variants}
    names = [("", "Chọn…" if shape.required else "Không nêu"), *((tag, RULES[tag]) for tag in tags)]
    chosen = SelectField("Cách tính", [Asked()] if shape.required else [], choices=names, default="")
    parts = {tag: FormField(form_for(one, choices, base=PlainPart), RULES[tag]) for tag, one in tags.items()}
    return type("RuleForm", (PlainPart,), {TAG: chosen, **parts})


def data_from(shapes: Iterable[Shape], value: object | None) -> dict[str, Any]:
    """A value as the form's data; without one, what the dataclass starts with."""
    return {shape.name: _data(shape, _value(shape, value)) for shape in shapes}


def _value(shape: Shape, value: object | None) -> Any:
    if value is not None:
        return getattr(value, shape.name)
    field = next(f for f in fields(shape.owner) if f.name == shape.name)
    return field.default if field.default is not MISSING else () if shape.many else None


def _data(shape: Shape, value: Any) -> Any:
    if shape.variants:
        tag = tag_of(type(value)) if value is not None else ""
        blank = {tag_of(one): data_from(shapes_of(one), None) for one in shape.variants}
        return {TAG: tag, **blank} | ({tag: data_from(shapes_of(type(value)), value)} if tag else {})
    if shape.is_part:
        return data_from(shapes_of(shape.kind), value)
    return data_of(shape, value)


def admit(form: PartForm, data: dict[str, Any]) -> None:
    """Let lists offer what the part says already, though nothing of that code is there: nothing is lost."""
    for field in form:
        given = data.get(field.short_name)
        if isinstance(field, FormField) and isinstance(given, dict):
            admit(field.form, given)
        elif isinstance(field, SelectField):
            known = {str(value) for value, _label in field.choices}
            said = given if isinstance(given, list) else [given]
            lost = [str(one) for one in said if one not in (None, "") and str(one) not in known]
            field.choices = [*field.choices, *((one, f"{one} (không có trong danh sách)") for one in lost)]
