"""Plan files at the command line: `flask plan check|preview|guests` (docs/plan-file.md).

None needs settings or a database. A file that is broken ends the command with exit code 1 and every fault by
line and path; what may be meant as it is written goes to stderr as a warning.
"""

import csv
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from core.plans.checks import plan_problems
from core.plans.compiler import Circumstances, compile_plan
from core.plans.content import PlanContent
from core.plans.coverage import check as check_units
from core.plans.deadlines import MeetingFact
from core.plans.file import Lines, PlanFileError, read_plan, write_plan
from core.plans.guests import guests_of
from core.plans.library import TITLES, template
from core.plans.national import national_calendar
from core.plans.previewing import PreviewRow, preview
from core.plans.problems import Problem, Severity, unknown
from core.plans.selectors import UnitTree
from core.plans.sentences import cited
from core.plans.unit_files import TableError, read_meetings, read_units
from tenants.clock import today

LEFT_OPEN: Final = ("signer",)
"""What a file may leave to whoever publishes the plan."""
MOST_UNITS: Final = 10
csv_file = click.Path(exists=True, dir_okay=False, path_type=Path)
file_argument = click.argument("file")
units_option = click.option("--units", type=csv_file, required=True, help="UNITS.csv: the units there are.")


class BadFile(click.ClickException):
    """A file that cannot be used; every fault on a line of its own."""

    def __init__(self, name: object, faults: Iterable[object]) -> None:
        super().__init__("\n".join(f"{name}: {fault}" for fault in faults))

    def show(self, file: Any = None) -> None:
        """The faults alone, without click's word before them."""
        click.echo(self.message, file=file, err=file is None)


@dataclass(frozen=True)
class PlanFile:
    """A plan as read from a file, or the ready plan of a code."""

    name: str
    content: PlanContent
    lines: Lines

    @classmethod
    def read(cls, name: str) -> "PlanFile":
        """Raises BadFile with every fault, ClickException where there is neither file nor ready plan."""
        try:
            return cls(name, *read_plan(_bytes(name)))
        except PlanFileError as error:
            raise BadFile(name, error.faults) from None

    @classmethod
    def sound(cls, name: str) -> "PlanFile":
        """One that by itself has no error; its warnings are told. Raises BadFile with every error."""
        found = cls.read(name)
        found.judge(plan_problems(found.content))
        return found

    def judge(self, problems: Iterable[Problem]) -> None:
        """Tell warnings on stderr; raises BadFile with every error."""
        errors = []
        for problem in problems:
            if problem.severity is Severity.ERROR and problem.path not in LEFT_OPEN:
                errors.append(self._words(problem))
            else:
                self.warn(problem)
        if errors:
            raise BadFile(self.name, errors)

    def warn(self, problem: Problem) -> None:
        """Tell a problem on stderr without ending the command."""
        click.echo(f"{self.name}: {Severity.WARNING.label}: {self._words(problem)}", err=True)

    def _words(self, problem: Problem) -> str:
        units, more = problem.units[:MOST_UNITS], len(problem.units) - MOST_UNITS
        shown = f" [{', '.join(units)}{f' và {more} đơn vị khác' if more > 0 else ''}]" if units else ""
        return f"Dòng {self.lines.of(problem.path)}, {problem.path}: {problem.text}{shown}"


def _bytes(name: str) -> bytes:
    path = Path(name)
    if name in TITLES and not path.exists():
        return write_plan(template(name).content).encode()
    try:
        return path.read_bytes()
    except OSError:
        raise click.ClickException(unknown(name, TITLES, "tệp hay kế hoạch mẫu")) from None


def _tree(path: Path) -> UnitTree:
    try:
        return read_units(path.read_bytes())
    except TableError as error:
        raise BadFile(path, error.faults) from None


def _meetings(path: Path | None, tree: UnitTree) -> tuple[MeetingFact, ...]:
    try:
        return read_meetings(path.read_bytes(), tree) if path else ()
    except TableError as error:
        raise BadFile(path, error.faults) from None


def _around(
    content: PlanContent, tree: UnitTree, on: date, meetings: tuple[MeetingFact, ...] = ()
) -> Circumstances:
    """The plan's own year, seen on a day, by the country's calendar."""
    first, last = date(content.year, 1, 1), date(content.year, 12, 31)
    return Circumstances(tree, national_calendar(), on, last, meetings=meetings, since=first)


@click.command()
@file_argument
@click.option("--units", type=csv_file, help="UNITS.csv: also hold the plan against the units there are.")
def check(file: str, units: Path | None) -> None:
    """Tell everything wrong with FILE: a plan file, or the code of a ready plan (s0 … s4)."""
    plan = PlanFile.read(file)
    content = plan.content
    if units:
        plan.judge(check_units(content, _around(content, _tree(units), today())).problems)
    else:
        plan.judge(plan_problems(content))
    counts = f"{len(content.milestones)} mốc, {len(content.selectors)} nhóm đối tượng"
    click.echo(f"{file}: không có lỗi ({counts}).")


@click.command("preview")
@file_argument
@units_option
@click.option("--meetings", type=csv_file, help="MEETINGS.csv: meetings held, or set for a day.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="Day it is seen on, as 2018-04-20; else today.")
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
def show(file: str, units: Path, meetings: Path | None, on: datetime | None, form: str) -> None:
    """Every unit's tasks under FILE, as they stand on a day."""
    plan, tree = PlanFile.sound(file), _tree(units)
    day = on.date() if on else today()
    checked = check_units(plan.content, _around(plan.content, tree, day, _meetings(meetings, tree)))
    for problem in checked.of_units:
        plan.warn(problem)
    rows = preview(plan.content, checked.compiled, day)
    if form == "json":
        click.echo(json.dumps([row._asdict() for row in rows], ensure_ascii=False, indent=1, default=str))
    else:
        _write_csv(rows)


def _write_csv(rows: Iterable[PreviewRow]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(PreviewRow._fields)
    writer.writerows(rows)


@click.command()
@file_argument
@units_option
@click.option("--unit", "code", required=True, help="Code of the unit that meets.")
def guests(file: str, units: Path, code: str) -> None:
    """Whom a unit invites to its meeting under FILE, each with the clause."""
    content, tree = PlanFile.sound(file).content, _tree(units)
    if code not in tree.by_code:
        raise BadFile(units, [unknown(code, tree.by_code, "đơn vị")])
    compiled = compile_plan(content, _around(content, tree, today()))
    for guest in guests_of(compiled.tree.by_code[code], content.guests, compiled.caught):
        click.echo(f"{guest.text}{' (nếu có)' if guest.if_any else ''}{cited(guest.clause)}")


PLAN_FILE_COMMANDS: tuple[click.Command, ...] = (check, show, guests)
