"""A plan drawn for readers: its parts in words (S0-03, S0-04, S0-17; design: D1)."""

from dataclasses import dataclass
from typing import Any, Final

from admin.pages.plan_words import Said, names_of, said
from core.plans.agenda import ContentPart
from core.plans.content import PlanContent

PARTS: Final = {
    "selectors": "Đối tượng",
    "milestones": "Mốc thời gian",
    "guests": "Thành phần mời",
    "pilots": "Làm điểm",
    "gates": "Điều kiện trước",
    "routes": "Tuyến báo cáo",
    "cadences": "Định kỳ dự sinh hoạt",
    "duties": "Tổ chức thực hiện",
    "topics": "Chuyên đề",
    "prompts": "Gợi ý thảo luận",
    "catalogues": "Danh mục biểu hiện",
}
"""The lists of a plan in the order they are read, after its bases and contents."""


@dataclass(frozen=True)
class ReadContent:
    """A part of the content with its steps."""

    said: Said
    notes: str
    steps: tuple[Said, ...]


@dataclass(frozen=True)
class Reading:
    """What a plan says, ready to be shown; `lists` are the titled ones that are not empty."""

    bases: tuple[Said, ...]
    lessons: tuple[tuple[str, str], ...]
    contents: tuple[ReadContent, ...]
    lists: tuple[tuple[str, tuple[Said, ...]], ...]


def reading(content: PlanContent) -> Reading:
    """The plan in words."""
    names = names_of(content)

    def all_said(items: Any) -> tuple[Said, ...]:
        return tuple(said(item, names) for item in items)

    def read(one: ContentPart) -> ReadContent:
        return ReadContent(said(one, names), one.notes, all_said(one.steps))

    lists = ((title, all_said(getattr(content, name))) for name, title in PARTS.items())
    return Reading(
        all_said(content.bases),
        tuple((one.number, one.lessons) for one in content.bases if one.lessons),
        tuple(map(read, content.contents)),
        tuple((title, items) for title, items in lists if items),
    )
