"""What a consolidated report says, as one frozen value: made here, sent up, printed (S4-01, S4-14, S4-17)."""

from dataclasses import dataclass, replace

from core.reports.tally import Tally, percent, total


@dataclass(frozen=True)
class LevelFigures:
    """The officials of one level: the 100 % indicator is `officials_complete` of `officials` (S4-01)."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class UnitFigures:
    """One unit below: a commune of this tenant, or a tenant below with its own report."""

    code: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class OfficialFigures:
    """One official's period; stays in the tenant, never sent up."""

    name: str
    level: str
    assigned: int
    attended: int
    missed: int
    reports_on_time: int
    reports_late: int
    reports_owed: int

    @property
    def complete(self) -> bool:
        """Whether every assigned visit was made."""
        return self.assigned > 0 and self.attended == self.assigned


@dataclass(frozen=True)
class HotIssue:
    """An urgent petition still open: where and what."""

    unit: str
    text: str


@dataclass(frozen=True)
class Figures:
    """A period's figures of a tenant and all below it."""

    period: str
    code: str
    tenant: str
    levels: tuple[LevelFigures, ...]
    units: tuple[UnitFigures, ...]
    officials: tuple[OfficialFigures, ...]
    hot_issues: tuple[HotIssue, ...]
    whole: Tally

    @property
    def silent(self) -> tuple[OfficialFigures, ...]:
        """Officials who still owe a report."""
        return tuple(row for row in self.officials if row.reports_owed)

    @property
    def incomplete(self) -> tuple[OfficialFigures, ...]:
        """Officials below the 100 % indicator."""
        return tuple(row for row in self.officials if row.assigned and not row.complete)


def without_names(figures: Figures) -> Figures:
    """What goes up: the same counts, no official named."""
    return replace(figures, officials=())


def added(own: Figures, below: tuple[Figures, ...]) -> Figures:
    """The tenant's own figures with those of the reports it accepted; each part stays readable."""
    parts = tuple(UnitFigures(figures.code, figures.tenant, figures.whole) for figures in below)
    levels: dict[str, LevelFigures] = {level.code: level for level in own.levels}
    for level in (level for figures in below for level in figures.levels):
        known = levels.get(level.code, LevelFigures(level.code, level.name, Tally()))
        levels[level.code] = replace(known, tally=known.tally + level.tally)
    return replace(
        own,
        levels=tuple(levels[code] for code in sorted(levels)),
        units=own.units + parts,
        hot_issues=own.hot_issues + tuple(issue for figures in below for issue in figures.hot_issues),
        whole=own.whole + total(figures.whole for figures in below),
    )


def shares(tally: Tally) -> tuple[tuple[str, int, int], ...]:
    """The figures a reader asks for first: (what, part, whole)."""
    reports = tally.reports_on_time + tally.reports_late + tally.reports_owed
    return (
        ("Đồng chí hoàn thành 100 % lượt dự", tally.officials_complete, tally.officials),
        ("Lượt dự đã thực hiện", tally.attended, tally.assigned),
        ("Chi bộ khu dân cư có đồng chí về dự", tally.cells_visited, tally.cells),
        ("Báo cáo đúng hạn", tally.reports_on_time, reports),
        ("Kiến nghị đã trả lời", tally.petitions_answered, tally.petitions),
    )


def summary(tally: Tally) -> tuple[tuple[str, str], ...]:
    """The same with the share in words: (what, "3/4 (75 %)")."""
    return tuple((what, f"{part}/{whole} ({percent(part, whole)})") for what, part, whole in shares(tally))
