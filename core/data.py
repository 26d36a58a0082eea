"""Frozen dataclasses as plain JSON data and back, and the canonical bytes that hashes are taken of."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

Value = TypeVar("Value")
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def to_data(value: object) -> Any:
    """Dicts, lists, strings and numbers that say the same as the dataclass."""
    return _adapter(type(value)).dump_python(value, mode="json")


def from_data(kind: type[Value], data: Any) -> Value:
    """The dataclass that `data` describes; raises ValueError where it does not."""
    try:
        found: Value = _adapter(kind).validate_python(data)
    except ValidationError as error:
        raise ValueError(f"not a {kind.__name__}") from error
    return found


def canonical(data: Any) -> bytes:
    """The one spelling of JSON data: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()
