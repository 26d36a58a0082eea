"""Small types that every part of a plan is made of."""

from typing import Annotated

from pydantic import ConfigDict, Field

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
