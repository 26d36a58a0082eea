"""Ready plans and catalogues, as portable plan files beside this module (domain: requirements S0 to S4).

A template is a whole plan without a signer: an admin moves it to his year (`retimed`), signs and changes it.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import yaml
from pydantic import TypeAdapter

from core.plans.agenda import Catalogue
from core.plans.content import PlanContent
from core.plans.file import read_plan
from core.plans.library.years import retimed as retimed

TITLES: Final = {
    "s0": (
        "Diễn đàn chi bộ",
        "Hai nội dung, làm điểm theo khối, thành phần mời theo loại chi bộ, báo cáo sau khi kết luận.",
    ),
    "s1": (
        "Hướng dẫn tổ chức diễn đàn",
        "Văn bản của ban: kịch bản, liên hệ 27 biểu hiện, việc sau diễn đàn, báo cáo 06 tháng.",
    ),
    "s2": (
        "Sinh hoạt chi bộ mẫu",
        "Chi bộ mẫu trong quý I, thường kỳ hằng tháng, chuyên đề hằng quý, chấm điểm, báo cáo quý.",
    ),
    "s3": (
        "“Tự soi, tự sửa”",
        "Cấp ủy trước, chi bộ điểm, rồi chi bộ còn lại; báo cáo gửi trước buổi sinh hoạt 5 và 3 ngày.",
    ),
    "s4": (
        "Cấp ủy viên dự sinh hoạt chi bộ khu dân cư",
        "Định kỳ dự theo cấp, báo cáo sau khi dự, tổng hợp hằng tháng và hằng quý.",
    ),
}
"""Title and summary of each ready plan, in the order of the sources."""
CATALOGUES: Final = ("bieu_hien_27",)


@dataclass(frozen=True)
class Template:
    """A ready plan; `title` and `summary` help to choose it."""

    code: str
    title: str
    summary: str
    content: PlanContent


@cache
def templates() -> tuple[Template, ...]:
    """Every ready plan, in the order of the sources."""
    return tuple(template(code) for code in TITLES)


@cache
def template(code: str) -> Template:
    """The ready plan of a code ("s0"). Raises LookupError where there is none."""
    if code not in TITLES:
        raise LookupError(f"no template {code!r}")
    content, _lines = read_plan(_text(code))
    return Template(code, *TITLES[code], content)


@cache
def catalogue(code: str) -> Catalogue:
    """The ready catalogue of a code ("bieu_hien_27"). Raises LookupError where there is none."""
    if code not in CATALOGUES:
        raise LookupError(f"no catalogue {code!r}")
    return TypeAdapter(Catalogue).validate_python(yaml.safe_load(_text(code)))


def completed(own: Catalogue) -> Catalogue:
    """A plan's catalogue with the items of the ready one it extends, those first (S0-09).

    Raises LookupError where there is no such ready one.
    """
    if not own.extends:
        return own
    ready = catalogue(own.extends)
    return Catalogue(own.code, own.title, source=own.source or ready.source, items=(*ready.items, *own.items))


def _text(code: str) -> str:
    return files(__name__).joinpath(f"{code}.yaml").read_text("utf-8")
