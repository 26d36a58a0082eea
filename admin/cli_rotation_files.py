"""Rotation files at the command line: `flask rotation solve|check|replan|explain|generate`.

None needs settings or a database. Shapes: docs/rotation-file.md. A file that does not say what it should ends
the command with exit code 2, a rotation that breaks a hard rule ends `check` with 1.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from core.rotation.solving.bounds import Bounds, lower_bound
from core.rotation.solving.events import happened
from core.rotation.solving.explain import explain
from core.rotation.solving.invented import SCALES, instance
from core.rotation.solving.nodes import FileProblem, Node, parse
from core.rotation.solving.problem import Problem, ProblemError
from core.rotation.solving.reading import read_problem, read_visits, strangers
from core.rotation.solving.reading_events import read_events
from core.rotation.solving.replan import replan
from core.rotation.solving.score import objective, score
from core.rotation.solving.solver import Plan, plan
from core.rotation.solving.validate import validate
from core.rotation.solving.writing import (
    blocker_data,
    bounds_data,
    changes_data,
    plan_data,
    problem_data,
    violation_data,
)

file_argument = click.Path(path_type=Path)
seed_type = click.IntRange(0)


class BadFile(click.ClickException):
    """A file that cannot be used; every reason on a line of its own."""

    exit_code = 2

    def __init__(self, path: Path, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(f"{path}: {reason}" for reason in reasons))


def _writable(_context: click.Context, _option: click.Parameter, output: Path | None) -> Path | None:
    """The path, refused before the work begins where nothing could be written there."""
    if output and output.is_dir():
        raise BadFile(output, ("không ghi được: đây là thư mục, hãy ghi thêm tên tệp",))
    if output and not os.access(output if output.exists() else output.parent, os.W_OK):
        raise BadFile(output, ("không ghi được: thư mục không có hoặc không cho ghi",))
    return output


out_option = click.option(
    *("-o", "--output"),
    type=click.Path(path_type=Path),
    callback=_writable,
    help="Written here, whole or not at all; else printed.",
)


def _cause(refused: OSError) -> str:
    match refused:
        case FileNotFoundError():
            return "không có tệp này, hãy xem lại đường dẫn"
        case IsADirectoryError():
            return "đây là thư mục, không phải tệp"
        case PermissionError():
            return "tệp không cho đọc, hãy xem lại quyền"
    return refused.strerror or str(refused)


def _read(path: Path) -> Node:
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except OSError as refused:
        raise BadFile(path, (f"không đọc được: {_cause(refused)}",)) from None
    except UnicodeDecodeError:
        raise BadFile(path, ("không phải văn bản UTF-8",)) from None
    except FileProblem as problem:
        raise BadFile(path, (str(problem),)) from None


def _problem(path: Path) -> Problem:
    try:
        return read_problem(_read(path))
    except ProblemError as problem:
        raise BadFile(path, problem.placed) from None
    except FileProblem as problem:
        raise BadFile(path, (str(problem),)) from None


def _write(data: dict[str, Any], output: Path | None) -> None:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    if output is None:
        click.echo(text)
        return
    try:
        _put(output, f"{text}\n")
    except OSError as refused:
        raise BadFile(output, (f"không ghi được: {refused.strerror}",)) from None


def _put(output: Path, text: str) -> None:
    """Writes a file whole or not at all; what is no file, as /dev/stdout, directly."""
    if output.exists() and not output.is_file():
        output.write_text(text, encoding="utf-8")
        return
    target = output.resolve()
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _stage(name_vi: str, percent: int) -> None:
    """Said to whoever watches; a file or a pipe gets the answer alone."""
    if sys.stderr.isatty():
        click.echo(f"{percent:3} %  {name_vi}", err=True)


def _told(problem: Problem, made: Plan, bounds: Bounds | None = None) -> dict[str, Any]:
    return plan_data(made.visits, made.unmet, made.scores, explain(problem, made), bounds)


@click.command()
@click.argument("problem", type=file_argument)
@click.option("--seed", type=seed_type, default=0, show_default=True)
@click.option("--time-limit", type=click.FloatRange(0), help="Seconds of search; the best found is written.")
@out_option
def solve(problem: Path, seed: int, time_limit: float | None, output: Path | None) -> None:
    """Draw up the rotation of PROBLEM.json."""
    facts = _problem(problem)
    made = plan(facts, seed, _stage, time_limit=time_limit)
    _write(_told(facts, made, lower_bound(facts, made.visits)), output)


@click.command()
@click.argument("problem", type=file_argument)
@click.argument("plan_file", metavar="PLAN", type=file_argument)
@out_option
def check(problem: Path, plan_file: Path, output: Path | None) -> None:
    """Check PLAN.json against PROBLEM.json: hard rules and scores; exit code 1 where one is broken."""
    facts = _problem(problem)
    try:
        visits = read_visits(_read(plan_file))
    except FileProblem as wrong:
        raise BadFile(plan_file, (str(wrong),)) from None
    broken, scores = validate(facts, visits), score(facts, visits)
    data = {
        "valid": not broken,
        "violations": [violation_data(found) for found in broken],
        "scores": [{"rule": p.rule.value, "broken": p.broken, "cost": p.cost} for p in scores],
        "objective": objective(scores),
    }
    _write(data, output)
    sys.exit(1 if broken else 0)


@click.command("replan")
@click.argument("problem", type=file_argument)
@click.argument("plan_file", metavar="PLAN", type=file_argument)
@click.argument("events", type=file_argument)
@out_option
def mend_file(problem: Path, plan_file: Path, events: Path, output: Path | None) -> None:
    """Mend PLAN.json after the events of EVENTS.json with few changes; the past stays."""
    facts = _problem(problem)
    try:
        published = read_visits(_read(plan_file))
    except FileProblem as wrong:
        raise BadFile(plan_file, (str(wrong),)) from None
    try:
        told = read_events(_read(events))
        later = happened(facts, told.events)
        if unknown := tuple(strangers(later, published)):
            raise BadFile(plan_file, unknown)
        diff = replan(facts, published, told.events, told.today, told.policy)
    except (FileProblem, ProblemError) as wrong:
        raise BadFile(events, (str(wrong),)) from None
    scores = score(later, diff.visits)
    made = Plan(diff.visits, diff.unmet, scores, objective(scores))
    _write(_told(later, made) | {"changes": changes_data(diff)}, output)


@click.command("explain")
@click.argument("problem", type=file_argument)
@out_option
def tell(problem: Path, output: Path | None) -> None:
    """Say what PROBLEM.json makes impossible, why, and what would mend it."""
    facts = _problem(problem)
    blockers = [blocker_data(blocker) for blocker in explain(facts)]
    _write({"blockers": blockers, "bounds": bounds_data(lower_bound(facts))}, output)


@click.command("generate")
@click.option("--scale", required=True, type=click.Choice(list(SCALES)))
@click.option("--seed", type=seed_type, default=1, show_default=True)
@out_option
def invent(scale: str, seed: int, output: Path | None) -> None:
    """Invent a problem as hard as the real ones; the same scale and seed give the same file."""
    _write(problem_data(instance(SCALES[scale], seed)), output)


ROTATION_FILE_COMMANDS: tuple[click.Command, ...] = (solve, check, mend_file, tell, invent)
