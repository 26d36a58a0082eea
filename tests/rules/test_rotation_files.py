"""Rotation files say the same as the values they are made of; a broken one names path and reason."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from core.rotation.solving.bounds import lower_bound
from core.rotation.solving.explain import explain
from core.rotation.solving.facts import Weights
from core.rotation.solving.invented import SCALES, instance
from core.rotation.solving.nodes import FileProblem, Node, parse
from core.rotation.solving.problem import Problem
from core.rotation.solving.reading import read_problem, read_visits
from core.rotation.solving.reading_events import read_events
from core.rotation.solving.solver import plan
from core.rotation.solving.writing import plan_data, problem_data
from tests.rules.rotation_cases import problems

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/rotation-file.schema.json").read_text("utf-8"))
GOOD: dict[str, Any] = {
    "first_month": "2026-01",
    "months": 2,
    "levels": [{"code": "XA", "period_months": 1}],
    "cells": [{"id": "a", "unit": "u", "meetings": {"2026-01": {"date": "2026-01-05"}}}],
    "officials": [{"id": "x", "level": "XA", "area": ["a"]}],
}


def fits(what: str, data: Any) -> bool:
    """Whether the published schema takes the data."""
    schema = {"$ref": f"#/$defs/{what}", "$defs": SCHEMA["$defs"]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


@settings(max_examples=10, deadline=None)
@given(problems(longest=3))
def test_a_problem_is_read_back_as_it_was(case: Problem) -> None:
    data = json.loads(json.dumps(problem_data(case)))
    assert read_problem(Node(data)) == case
    assert fits("problem", data)


def test_a_plan_is_read_back_as_it_was() -> None:
    case = instance(SCALES["commune"], 1)
    made = plan(case)
    data = plan_data(made.visits, made.unmet, made.scores, explain(case, made), lower_bound(case))
    assert read_visits(parse(json.dumps(data))) == made.visits
    assert fits("plan", data)


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        ({"first_month": "2026-13"}, "first_month", "cần một tháng"),
        ({"months": "12"}, "months", "cần một số nguyên từ 1 đến 24"),
        ({"months": True}, "months", "cần một số nguyên"),
        ({"first_month": "9999-12"}, "first_month", "năm 1900 đến 2199"),
        ({"levels": {}}, "levels", "cần một danh sách"),
        ({"levels": []}, "levels", "cần ít nhất một mục"),
        ({"cells": []}, "cells", "cần ít nhất một mục"),
        ({"officials": []}, "officials", "cần ít nhất một mục"),
        (
            {"cells": [{**GOOD["cells"][0], "meetings": {"2026-01": {"date": "2026-W02-1"}}}]},
            "cells[0].meetings.2026-01.date",
            "cần một ngày",
        ),
        ({"levels": [{"code": "XA"}]}, "levels[0]", "đúng một trong hai"),
        ({"cells": [{"id": "a", "unit": "u"}]}, "cells[0]", "thiếu mục “meetings”"),
        ({"cells": [{**GOOD["cells"][0], "colour": 1}]}, "cells[0]", "mục lạ “colour”"),
        (
            {"cells": [{**GOOD["cells"][0], "meetings": {"2026-01": {"date": "2026-02-31"}}}]},
            "cells[0].meetings.2026-01.date",
            "cần một ngày",
        ),
        ({"cells": [{**GOOD["cells"][0], "xy": [1]}]}, "cells[0].xy", "[đông, bắc]"),
        ({"cells": [{**GOOD["cells"][0], "xy": [1e300, 0]}]}, "cells[0].xy", "không quá 40000"),
        ({"officials": [{**GOOD["officials"][0], "area": [1]}]}, "officials[0].area[0]", "chuỗi ký tự"),
        (
            {"officials": [{**GOOD["officials"][0], "away": [["2026-01-01"]]}]},
            "officials[0].away[0]",
            "hai ngày",
        ),
        ({"rules": {"order": ["luck"]}}, "rules.order", "“luck” không có"),
        ({"rules": {"weights": {"travel": -1}}}, "rules.weights.travel", "từ 0 đến"),
    ],
)
def test_a_broken_problem_names_path_and_reason(change: dict[str, Any], path: str, reason: str) -> None:
    with pytest.raises(FileProblem) as found:
        read_problem(Node(GOOD | change))
    assert found.value.path == path
    assert reason in found.value.reason_vi
    assert "2026-02-31" in json.dumps(change) or not fits("problem", GOOD | change)


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"away": [["2026-02-01", "2026-01-01"]]}, "away[0][1]"),
        ({"valid": {"a": ["2026-02-01", "2026-01-01"]}}, "valid.a[1]"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "until"),
    ],
)
def test_days_that_end_before_they_begin_are_named(facts: dict[str, Any], path: str) -> None:
    with pytest.raises(FileProblem, match="trước ngày bắt đầu") as found:
        read_problem(Node(GOOD | {"officials": [GOOD["officials"][0] | facts]}))
    assert found.value.path == f"officials[0].{path}"


def test_what_is_not_json_names_line_and_column() -> None:
    with pytest.raises(FileProblem, match="dòng 2, cột 1: không phải JSON"):
        parse("{\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[" * 100_000, "(gốc): danh sách, đối tượng lồng nhau quá sâu"),
        ('{"months": %s}' % ("9" * 5000), "(gốc): có số quá dài: 999"),
        ('{"months": 1, "months": 2}', "months: ghi hai lần"),
        (r'{"id": "\ud800"}', "(gốc): có ký tự hỏng"),
    ],
)
def test_json_nobody_could_use_says_why(text: str, reason: str) -> None:
    with pytest.raises(FileProblem) as found:
        parse(text)
    assert str(found.value).startswith(reason)


def test_an_order_sets_the_prices() -> None:
    rules = read_problem(Node(GOOD | {"rules": {"order": ["repeat", "crowding"], "weights": {"travel": 7}}}))
    usual = Weights()
    weights = rules.weights
    assert (weights.repeat, weights.crowding, weights.unmet) == (usual.unmet, usual.crowding, 0)
    assert weights.travel == 7


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "illness", "official": "x", "from": "2026-01-01", "to": "2026-01-31"},
        {"kind": "leave", "official": "x", "from": "2026-01-01", "to": "2026-01-31"},
        {"kind": "transfer", "official": "x", "from": "2026-01-09", "area": ["a"]},
        {"kind": "transfer", "official": "x", "from": "2026-01-09", "area": ["a"], "level": "XA"},
        {"kind": "joined", "official": {"id": "y", "level": "XA", "area": ["a"]}, "from": "2026-02-01"},
        {"kind": "moved_meeting", "cell": "a", "month": "2026-01", "date": "2026-01-09", "slot": "morning"},
        {"kind": "moved_meeting", "cell": "a", "month": "2026-01", "date": None},
        {"kind": "new_cell", "cell": {"id": "b", "unit": "u", "meetings": {}}, "officials": ["x"]},
        {"kind": "merged_units", "units": ["u", "v"], "into": "w", "from": "2026-02-01"},
    ],
)
def test_each_event_is_read(event: dict[str, Any]) -> None:
    data = {"today": "2026-01-01", "policy": "keep", "events": [event]}
    assert len(read_events(Node(data)).events) == 1
    assert fits("events", data)


@pytest.mark.parametrize(
    ("event", "path"),
    [
        ({"kind": "flood"}, "events[0]"),
        ({"kind": "illness", "official": "x", "from": "2026-02-01", "to": "2026-01-01"}, "events[0].to"),
        ("illness", "events[0]"),
    ],
)
def test_a_broken_event_names_its_path(event: Any, path: str) -> None:
    with pytest.raises(FileProblem) as found:
        read_events(Node({"today": "2026-01-01", "events": [event]}))
    assert found.value.path == path
