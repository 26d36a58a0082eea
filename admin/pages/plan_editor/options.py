"""What a field of a plan offers to choose from: words of its type, of the tenant, of the draft itself."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final, Literal, get_args, get_origin

from admin.pages.plan_editor.fields import Choice, Choices
from admin.pages.plan_editor.shapes import Shape
from core.plans.content import MONTHS_IN_PERIOD, TIMES_A_YEAR, PlanContent
from core.plans.parts import REFERENCES
from core.queries.plans import TenantWords
from core.rotation.solving.facts import cadence_words
from tenants.access import DepartmentFunction, Role
from tenants.codes import RANKS, name_of

LITERALS: Final = {
    "plan": "Kế hoạch",
    "guidance": "Hướng dẫn",
    "committee": "Cấp ủy",
    "department": "Ban của cấp ủy",
}
READY: Final = [("bieu_hien_27", "27 biểu hiện suy thoái, “tự diễn biến”, “tự chuyển hóa”")]


def _labelled(words: Iterable[StrEnum]) -> list[Choice]:
    return [(word.value, word.label) for word in words]  # type: ignore[attr-defined]


FIXED: Final[dict[tuple[str, str], list[Choice]]] = {
    ("Issuer", "rank"): list(RANKS.items()),
    ("Selector", "rank"): list(RANKS.items()),
    ("Selector", "parent_rank"): list(RANKS.items()),
    ("Invited", "role"): _labelled(role for role in Role if role is not Role.OPERATOR),
    ("Invited", "function"): _labelled(DepartmentFunction),
    ("Route", "via_function"): _labelled(DepartmentFunction),
    ("Cadence", "period_months"): [(str(n), cadence_words(n).capitalize()) for n in MONTHS_IN_PERIOD],
    ("Cadence", "per_year"): [(str(n), cadence_words(None, n).capitalize()) for n in TIMES_A_YEAR],
    ("Catalogue", "extends"): READY,
}
OF_TENANT: Final[dict[tuple[str, str], Callable[[TenantWords], list[Choice]]]] = {
    ("Selector", "setting"): lambda words: list(words.settings),
    ("Selector", "block"): lambda words: [(code, name_of(code)) for code in words.blocks],
    ("Selector", "parent_block"): lambda words: [(code, name_of(code)) for code in words.blocks],
    ("Cadence", "level_code"): lambda words: list(words.levels),
}


def choices_of(content: PlanContent, words: TenantWords) -> Choices:
    """By field what it offers; None for a field that is typed."""

    def choices(shape: Shape) -> list[Choice] | None:
        key = (shape.owner.__name__, shape.name)
        if kind := REFERENCES.get(key):
            return [(item.code, item.title) for item in getattr(content, kind)]
        if key in OF_TENANT:
            return OF_TENANT[key](words)
        return FIXED.get(key) or _of_type(shape.kind, shape.nullable)

    return choices


def _of_type(kind: Any, nullable: bool) -> list[Choice] | None:
    if get_origin(kind) is Literal:
        return [(word, LITERALS[word]) for word in get_args(kind)]
    if kind is bool and nullable:
        return [("yes", "Có"), ("no", "Không")]
    return _labelled(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else None
