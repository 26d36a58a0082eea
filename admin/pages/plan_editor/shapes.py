"""A dataclass's fields as a form sees them: read from types and pydantic metadata, so that a new field of a
plan needs no form of its own (X11)."""

import types
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from core.plans.help import Help, help_of
from core.plans.values import CODE

UNIONS = (Union, types.UnionType)
TAG = "rule"


@dataclass(frozen=True)
class Shape:
    """One field: `kind` is its type without None; `many` says that it is a tuple of them, `variants` that it
    is one of several dataclasses told apart by their tag."""

    owner: type
    name: str
    title: str
    kind: Any
    many: bool
    nullable: bool
    required: bool
    longest: int | None
    is_code: bool
    variants: tuple[type, ...]
    help: Help

    @property
    def is_list_of_parts(self) -> bool:
        """Whether it is a list whose items have pages of their own."""
        return self.many and is_dataclass(self.kind)

    @property
    def is_part(self) -> bool:
        """Whether it is a part within the form."""
        return not self.many and is_dataclass(self.kind)


def shapes_of(owner: type) -> tuple[Shape, ...]:
    """The fields of a dataclass in order; the tag of a union's variant is none."""
    return _shapes(owner)


@cache
def _shapes(owner: Any) -> tuple[Shape, ...]:
    hints = get_type_hints(owner, include_extras=True)
    return tuple(_shape(owner, field, hints[field.name]) for field in fields(owner) if field.name != TAG)


def tag_of(variant: type) -> str:
    """The word by which a variant of a deadline is told."""
    return str(next(field.default for field in fields(variant) if field.name == TAG))


def _shape(owner: type, field: "Field[Any]", hint: Any) -> Shape:
    info = FieldInfo.from_annotation(hint)
    kind, nullable = _without_none(info.annotation)
    many = get_origin(kind) is tuple
    kind = _bare(get_args(kind)[0]) if many else _bare(kind)
    variants = tuple(map(_bare, get_args(kind))) if get_origin(kind) in UNIONS else ()
    meta = [*info.metadata, *_metadata(hint)]
    return Shape(
        owner,
        field.name,
        info.title or field.name,
        kind,
        many,
        nullable,
        field.default is MISSING and field.default_factory is MISSING,
        next((one.max_length for one in meta if hasattr(one, "max_length")), None),
        any(getattr(one, "pattern", None) == CODE for one in meta),
        variants,
        help_of(owner, field.name, info),
    )


def _metadata(hint: Any) -> list[Any]:
    """What stands at the type itself or, of a tuple, at its items."""
    found: list[Any] = []
    while get_origin(hint) is Annotated or get_origin(hint) is tuple:
        found += getattr(hint, "__metadata__", ())
        hint = get_args(hint)[0]
    return [one for info in found if isinstance(info, FieldInfo) for one in info.metadata]


def _without_none(kind: Any) -> tuple[Any, bool]:
    if get_origin(kind) not in UNIONS or type(None) not in get_args(kind):
        return kind, False
    others = tuple(one for one in get_args(kind) if one is not type(None))
    return (others[0] if len(others) == 1 else Union[others]), True  # noqa: UP007 – made of a tuple


def _bare(kind: Any) -> Any:
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    return kind
