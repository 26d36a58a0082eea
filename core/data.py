"""Frozen dataclasses as plain JSON data and back, and the canonical bytes that hashes are taken of."""

import hashlib
import json
from typing import Any, TypeVar

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

Value = TypeVar("Value")
_converter = make_converter(forbid_extra_keys=True)


def to_data(value: object) -> Any:
    """Dicts, lists, strings and numbers that say the same as the dataclass."""
    return _converter.unstructure(value)


def from_data(kind: type[Value], data: Any) -> Value:
    """The dataclass that `data` describes; raises ValueError where it does not."""
    try:
        return _converter.structure(data, kind)
    except BaseValidationError as error:
        raise ValueError(f"not a {kind.__name__}") from error


def canonical(data: Any) -> bytes:
    """The one spelling of JSON data: sorted keys, no spaces, UTF-8."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()
