"""What the back-office views are made of: the base form, the state that was seen, values in words."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from wtforms import HiddenField

from admin.forms import PageForm
from tenants.clock import local

SEEN = "seen_revision"


class BackofficeForm(PageForm):
    """The base form, as Flask-Admin constructs it."""

    def __init__(self, formdata: Any = None, obj: Any = None, prefix: str = "", **options: Any) -> None:
        self._obj = obj
        super().__init__(formdata, obj=obj, prefix=prefix, **options)


class SeenRevision(HiddenField):
    """Which state of the row the person saw when he began to edit."""

    def populate_obj(self, obj: Any, name: str) -> None:
        """Nothing: the mapper counts revisions."""


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, datetime):
        return f"{local(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(getattr(value, "label", value or ""))


WORDS_OF: dict[type, Callable[..., str]] = {
    kind: lambda _view, value, _name: _in_words(value) for kind in (bool, date, StrEnum, type(None))
}
