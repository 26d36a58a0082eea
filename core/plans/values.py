"""Small types that every part of a plan is made of."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)
"""Unknown keys are refused, so that a misspelt one is told instead of ignored."""

CODE = r"^[a-z0-9][a-z0-9_-]{0,39}$"
Code = Annotated[
    str,
    Field(
        pattern=CODE,
        title="Mã",
        description="Chữ thường không dấu, số, gạch dưới, gạch nối; dùng để các phần khác nhắc đến.",
        examples=["dang_ky"],
    ),
]
Clause = Annotated[
    str,
    Field(
        max_length=60,
        title="Điều khoản",
        description="Mục của kế hoạch làm căn cứ, in kèm mỗi hạn để người đọc tra lại.",
        examples=["II.5", "III.2"],
    ),
]
Text = Annotated[str, Field(max_length=4000)]
Line = Annotated[str, Field(max_length=500)]


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""What a plan counts with lies between: no sum of its days leaves the calendar."""
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_as_day(value: object) -> object:
    """A date, or a text such as 2018-03-30: no number of seconds, no time of day."""
    if type(value) is date or (isinstance(value, str) and _ISO.fullmatch(value.strip())):
        return value
    raise PydanticCustomError("day", "not a day")


def _countable(day: date) -> date:
    if FIRST_DAY <= day <= LAST_DAY:
        return day
    raise PydanticCustomError("day_range", "outside the days that plans count with")


AnyDay = Annotated[date, BeforeValidator(_written_as_day)]
Day = Annotated[AnyDay, AfterValidator(_countable)]
