"""What a meeting under a plan is about: contents, steps, topics, prompts, catalogues, banner."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, with_config

from core.plans.values import STRICT, Clause, Code, Line, Text


@with_config(STRICT)
@dataclass(frozen=True)
class AgendaStep:
    """One step: who performs it, how long, whether it may be left out (S1-12, S0-41).

    `records` are what the minutes must hold of it, such as the three parts of a conclusion (S0-06, S0-11).
    """

    title: Annotated[Line, Field(title="Bước")]
    performer: Annotated[Line, Field(title="Người thực hiện", examples=["Bí thư chi bộ"])] = ""
    minutes: Annotated[int | None, Field(ge=1, le=600, title="Số phút")] = None
    optional: Annotated[bool, Field(title="Có thể bỏ qua")] = False
    records: Annotated[tuple[Line, ...], Field(title="Phải ghi vào biên bản")] = ()


@with_config(STRICT)
@dataclass(frozen=True)
class ContentPart:
    """A part of the plan's content with its own ordered agenda (S0-04); `who` empty: for every unit.

    `documents_first` asks that documents and hints be sent to members beforehand (S0-07).
    """

    code: Code
    title: Annotated[Line, Field(title="Nội dung")]
    who: Annotated[str, Field(title="Đối tượng")] = ""
    steps: Annotated[tuple[AgendaStep, ...], Field(title="Trình tự")] = ()
    documents_first: Annotated[bool, Field(title="Phải gửi tài liệu, gợi ý trước")] = False
    notes: Annotated[Text, Field(title="Lưu ý")] = ""
    clause: Clause = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Topic:
    """A subject that thematic meetings choose from (S2-18, S3-05)."""

    code: Code
    text: Annotated[Text, Field(title="Chuyên đề")]


@with_config(STRICT)
@dataclass(frozen=True)
class Prompt:
    """A question that guides the discussion (S3-11, S0-10)."""

    text: Annotated[Text, Field(title="Gợi ý")]
    who: Annotated[str, Field(title="Đối tượng")] = ""


@with_config(STRICT)
@dataclass(frozen=True)
class Manifestation:
    """One manifestation (biểu hiện) of a catalogue; counted by cells, never joined to a name."""

    code: Annotated[str, Field(max_length=20, title="Mã", examples=["1.1"])]
    group: Annotated[Line, Field(title="Nhóm")]
    text: Annotated[Text, Field(title="Biểu hiện")]


@with_config(STRICT)
@dataclass(frozen=True)
class Catalogue:
    """A list of manifestations; `extends` takes over a ready one ("bieu_hien_27") and adds to it (S0-09)."""

    code: Code
    title: Annotated[Line, Field(title="Tên danh mục")]
    extends: Annotated[str, Field(title="Lấy thêm từ danh mục có sẵn", examples=["bieu_hien_27"])] = ""
    source: Annotated[Line, Field(title="Nguồn")] = ""
    items: Annotated[tuple[Manifestation, ...], Field(title="Biểu hiện")] = ()


@with_config(STRICT)
@dataclass(frozen=True)
class Banner:
    """The text of the hall's backdrop, line by line; {unit}, {place}, {day} are filled (S0-17, S3-22)."""

    lines: Annotated[tuple[Line, ...], Field(title="Các dòng")]
    clause: Clause = ""
