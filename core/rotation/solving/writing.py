"""Problems, plans and changes as the data of rotation files (docs/rotation-file.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from core.rotation.solving.blockers import Blocker
from core.rotation.solving.bounds import Bounds, bounded
from core.rotation.solving.changes import Change, PlanDiff
from core.rotation.solving.facts import Cell, Level, Official, OwnCell, PlannedVisit, Ref, Unmet
from core.rotation.solving.problem import Problem
from core.rotation.solving.score import RuleScore, objective
from core.rotation.solving.validate import Violation

Data = dict[str, Any]


def problem_data(problem: Problem) -> Data:
    """The problem as its file says it."""
    return {
        "first_month": _month(problem.first_month),
        "months": problem.months,
        "levels": [_level(level) for level in problem.levels],
        "cells": [_cell(cell) for cell in problem.cells],
        "officials": [_official(official) for official in problem.officials],
        "history": [
            {"official": past.official, "cell": past.cell, "month": _month(past.month)}
            for past in problem.history
        ],
        "rules": {"weights": asdict(problem.weights)},
    }


def plan_data(
    visits: Iterable[PlannedVisit],
    unmet: Iterable[Unmet],
    scores: tuple[RuleScore, ...],
    blockers: Iterable[Blocker],
    bounds: Bounds | None = None,
) -> Data:
    """A plan: its visits by day, each rule beside its bound where known, what could not be had."""
    return {
        "visits": [visit_data(visit) for visit in visits],
        "scores": [_score(part) for part in (bounded(scores, bounds.rules) if bounds else scores)],
        "objective": {"value": objective(scores), "bound": bounds.objective if bounds else None},
        "unmet": [_unmet(one) for one in unmet],
        "blockers": [blocker_data(blocker) for blocker in blockers],
    }


def changes_data(diff: PlanDiff) -> Data:
    """What a re-plan changed: how many visits are kept, those forced and those besides, who is told."""
    return {
        "kept": len(diff.kept),
        "forced": [_change(change) for change in diff.forced],
        "extra": [_change(change) for change in diff.extra],
        "told": list(diff.told),
    }


def blocker_data(blocker: Blocker) -> Data:
    """One blocker with its sentence and remedies."""
    return {
        "kind": blocker.kind.value,
        "sentence": blocker.sentence_vi,
        "remedy": blocker.remedy_vi,
        "lacking": blocker.lacking,
        "officials": list(blocker.officials),
        "cells": list(blocker.cells),
        "month": _month(blocker.month) if blocker.month else None,
        "remedies": [
            {"text": way.text_vi, "units": way.units, "price": way.price} for way in blocker.remedies
        ],
    }


def bounds_data(bounds: Bounds) -> Data:
    """The least each rule can be broken, and why."""
    rules = {
        rule.value: {"bound": bound.broken, "because": bound.because_vi}
        for rule, bound in bounds.rules.items()
    }
    return {"rules": rules, "objective": bounds.objective}


def violation_data(found: Violation) -> Data:
    """One broken hard rule."""
    return {"rule": found.rule.value, "sentence": found.sentence_vi, **_ref(found.ref)}


def visit_data(visit: PlannedVisit) -> Data:
    """One visit."""
    return {
        "official": visit.official,
        "cell": visit.cell,
        "month": _month(visit.month),
        "date": visit.day.isoformat(),
        "source": visit.source.value,
    }


def _month(month: date) -> str:
    return f"{month:%Y-%m}"


def _given(values: Mapping[str, Any], usual: Mapping[str, Any]) -> Data:
    """The values that are not as usual."""
    return {name: value for name, value in values.items() if value != usual[name]}


def _level(level: Level) -> Data:
    name, value = ("per_year", level.per_year) if level.per_year else ("period_months", level.period_months)
    more = _given({"own_cell": level.own_cell.value}, {"own_cell": OwnCell.EXCLUDED.value})
    return {"code": level.code, "name": level.name, name: value, **more}


def _cell(cell: Cell) -> Data:
    more = {
        "special": cell.special,
        "xy": list(cell.xy) if cell.xy else None,
        "receives": cell.receives,
        "wanted": cell.wanted,
        "least": cell.least,
        "first": cell.first,
    }
    usual = {"special": 0, "xy": None, "receives": True, "wanted": 1, "least": None, "first": False}
    meetings = {
        _month(month): {"date": held.day.isoformat(), "slot": held.slot.value}
        for month, held in cell.meetings.items()
    }
    return {"id": cell.id, "unit": cell.unit, "name": cell.name, **_given(more, usual), "meetings": meetings}


def _official(official: Official) -> Data:
    more: Data = {
        "own_cell": official.own_cell,
        "away": [_days(days) for days in official.away],
        "base": list(official.base) if official.base else None,
        "pins": [{"cell": cell, "month": _month(month)} for cell, month in official.pins],
        "since": official.since.isoformat() if official.since else None,
        "until": official.until.isoformat() if official.until else None,
        "valid": {cell: _days(days) for cell, days in official.valid.items()},
    }
    known = {name: value for name, value in more.items() if value}
    return {
        "id": official.id,
        "name": official.name,
        "level": official.level,
        "area": list(official.area),
        **known,
    }


def _days(days: tuple[date, date]) -> list[str]:
    return [days[0].isoformat(), days[1].isoformat()]


def _score(part: RuleScore) -> Data:
    return {
        "rule": part.rule.value,
        "label": part.label_vi,
        "broken": part.broken,
        "bound": part.bound,
        "because": part.because_vi,
        "cost": part.cost,
        "items": [_ref(ref) for ref in part.items],
    }


def _ref(ref: Ref) -> Data:
    known = {"official": ref.official, "cell": ref.cell, "month": ref.month and _month(ref.month)}
    return {name: value for name, value in known.items() if value is not None}


def _unmet(unmet: Unmet) -> Data:
    return {
        "official": unmet.duty.official,
        "months": [_month(month) for month in unmet.duty.months],
        "reasons": [{"reason": reason.value, "meetings": count} for reason, count in unmet.reasons],
    }


def _change(change: Change) -> Data:
    return {
        "official": change.official,
        "before": visit_data(change.before) if change.before else None,
        "after": visit_data(change.after) if change.after else None,
        "reason": change.reason_vi,
    }
