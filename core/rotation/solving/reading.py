"""Rotation files read into problems and plans: what is wrong is named with its path, in Vietnamese.

The shapes are published in docs/rotation-file.md; nothing here needs a database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import partial

from core.rotation.solving.facts import (
    Cell,
    CellMeeting,
    Level,
    Official,
    OwnCell,
    PastVisit,
    PlannedVisit,
    Slot,
    Source,
    Weights,
)
from core.rotation.solving.nodes import Node
from core.rotation.solving.problem import Problem

BACKWARDS = "ngày kết thúc trước ngày bắt đầu"


def read_problem(node: Node) -> Problem:
    """The problem a file states. Raises ``FileProblem``, or ``ProblemError`` where facts contradict."""
    at = node.object("first_month months levels cells officials", "history rules")
    return Problem(
        at["first_month"].month(),
        at["months"].number(1, 24),
        tuple(_level(item) for item in at["levels"].some()),
        tuple(read_cell(item) for item in at["cells"].some()),
        tuple(read_official(item) for item in at["officials"].some()),
        tuple(_past(item) for item in at["history"].list()) if "history" in at else (),
        _weights(at["rules"]) if "rules" in at else Weights(),
    )


def _level(node: Node) -> Level:
    at = node.object("code", "name period_months per_year own_cell")
    if ("period_months" in at) == ("per_year" in at):
        raise node.wrong("cần đúng một trong hai mục “period_months” hoặc “per_year”")
    code = at["code"].text()
    level = Level(code, 12, at["name"].text() if "name" in at else code)
    if "per_year" in at:
        level = replace(level, per_year=at["per_year"].number(1, 12))
    else:
        level = replace(level, period_months=at["period_months"].number(1, 24))
    return replace(level, own_cell=at["own_cell"].one_of(OwnCell)) if "own_cell" in at else level


def read_cell(node: Node) -> Cell:
    """A cell. Raises ``FileProblem``."""
    at = node.object("id unit meetings", "name special xy receives wanted least first")
    name = at["name"].text() if "name" in at else f"Chi bộ {at['id'].text()}"
    return Cell(
        at["id"].text(),
        at["unit"].text(),
        name,
        _special(at["special"]) if "special" in at else 0,
        _meetings(at["meetings"]),
        at["xy"].or_none(Node.place) if "xy" in at else None,
        at["receives"].yes() if "receives" in at else True,
        at["wanted"].number(1, 99) if "wanted" in at else 1,
        at["least"].or_none(lambda one: one.number(0, 999)) if "least" in at else None,
        at["first"].yes() if "first" in at else False,
    )


def _special(node: Node) -> int:
    return int(node.value) if isinstance(node.value, bool) else node.number(0, 3)


def _meetings(node: Node) -> Mapping[date, CellMeeting]:
    held = node.items("tháng: buổi họp")
    return {Node(month, at.path).month(): _meeting(at) for month, at in held}


def _meeting(node: Node) -> CellMeeting:
    at = node.object("date", "slot")
    return CellMeeting(at["date"].day(), at["slot"].one_of(Slot) if "slot" in at else Slot.EVENING)


def read_official(node: Node) -> Official:
    """An official. Raises ``FileProblem``."""
    at = node.object("id level area", "name own_cell away base pins since until valid")
    since = at["since"].or_none(Node.day) if "since" in at else None
    return Official(
        at["id"].text(),
        at["name"].text() if "name" in at else at["id"].text(),
        at["level"].text(),
        at["area"].texts(),
        at["own_cell"].or_none(Node.text) if "own_cell" in at else None,
        tuple(_days(item) for item in at["away"].list()) if "away" in at else (),
        at["base"].or_none(Node.place) if "base" in at else None,
        tuple(_pin(item) for item in at["pins"].list()) if "pins" in at else (),
        since,
        at["until"].or_none(partial(_not_before, since)) if "until" in at else None,
        _valid(at["valid"]) if "valid" in at else {},
    )


def _days(node: Node) -> tuple[date, date]:
    ends = list(node.list())
    if len(ends) != 2:
        raise node.wrong("cần hai ngày [từ, đến]")
    return ends[0].day(), _not_before(ends[0].day(), ends[1])


def _not_before(first: date | None, node: Node) -> date:
    if first and node.day() < first:
        raise node.wrong(BACKWARDS)
    return node.day()


def _valid(node: Node) -> Mapping[str, tuple[date, date]]:
    return {cell: _days(at) for cell, at in node.items("chi bộ: [từ, đến]")}


def _pin(node: Node) -> tuple[str, date]:
    at = node.object("cell month")
    return at["cell"].text(), at["month"].month()


def _past(node: Node) -> PastVisit:
    at = node.object("official cell month")
    return PastVisit(at["official"].text(), at["cell"].text(), at["month"].month())


def _weights(node: Node) -> Weights:
    at = node.object("", "order weights")
    known = [field.name for field in fields(Weights)]
    weights = Weights()
    if "order" in at:
        try:
            weights = Weights.in_order(at["order"].texts())
        except ValueError as strange:
            reason = f"quy tắc “{strange}” không có hoặc bị lặp; các quy tắc: {', '.join(known)}"
            raise at["order"].wrong(reason) from None
    given = at["weights"].object("", " ".join(known)) if "weights" in at else {}
    return replace(weights, **{rule: price.number(0, 10**9) for rule, price in given.items()})


def read_visits(node: Node) -> tuple[PlannedVisit, ...]:
    """The visits of a plan's file; its other fields are not read. Raises ``FileProblem``."""
    at = dict(node.items())
    if "visits" not in at:
        raise node.wrong("thiếu mục “visits”")
    return tuple(_visit(item) for item in at["visits"].list())


def _visit(node: Node) -> PlannedVisit:
    at = node.object("official cell month date", "source")
    source = at["source"].one_of(Source) if "source" in at else Source.ROTATION
    return PlannedVisit(
        at["official"].text(), at["cell"].text(), at["month"].month(), at["date"].day(), source
    )


def strangers(problem: Problem, visits: tuple[PlannedVisit, ...]) -> Iterator[str]:
    """Where visits name an official or a cell the problem does not have, and what."""
    for at, visit in enumerate(visits):
        if visit.official not in problem.official_of:
            yield f"visits[{at}].official: tệp bài toán không có đồng chí “{visit.official}”"
        if visit.cell not in problem.cell_of:
            yield f"visits[{at}].cell: tệp bài toán không có chi bộ “{visit.cell}”"
