"""Figures are added level by level, and go up without a name (core/reports/figures; S4-01, S4-17)."""

from hypothesis import given
from hypothesis import strategies as st

from core.data import from_data, to_data
from core.reports.document import report_body
from core.reports.figures import (
    Figures,
    HotIssue,
    LevelFigures,
    OfficialFigures,
    UnitFigures,
    added,
    summary,
    without_names,
)
from core.reports.tally import Tally, total

NAME = "Nguyễn Thị Không Ai"
COUNTS = st.integers(0, 99)
TALLIES = st.builds(Tally, assigned=COUNTS, attended=COUNTS, cells=COUNTS, petitions=COUNTS)


def official(assigned: int, attended: int, owed: int = 0, name: str = NAME) -> OfficialFigures:
    return OfficialFigures(name, "Cấp xã", assigned, attended, assigned - attended, attended, 0, owed)


def figures(code: str, tally: Tally, level: str = "commune", *officials: OfficialFigures) -> Figures:
    levels = (LevelFigures(level, f"Cấp {level}", tally),)
    issues = (HotIssue(f"Chi bộ {code}", "Đường liên thôn xuống cấp"),)
    units = (UnitFigures(f"{code}-01", f"Xã {code}", tally),)
    return Figures("2026-Q1", code, f"Đảng bộ {code}", levels, units, officials, issues, tally)


@given(TALLIES, st.lists(TALLIES, max_size=5))
def test_the_whole_is_the_own_and_every_part(own: Tally, parts: list[Tally]) -> None:
    below = tuple(figures(f"t{n}", tally) for n, tally in enumerate(parts))
    whole = added(figures("tinh", own), below)
    assert whole.whole == total([own, *parts])
    assert total(unit.tally for unit in whole.units) == whole.whole
    assert total(level.tally for level in whole.levels) == whole.whole


def test_parts_stay_readable_by_name() -> None:
    whole = added(figures("tinh", Tally()), (figures("hai", Tally(cells=2)), figures("vinh", Tally(cells=3))))
    assert [(unit.name, unit.tally.cells) for unit in whole.units[1:]] == [
        ("Đảng bộ hai", 2),
        ("Đảng bộ vinh", 3),
    ]
    assert [issue.unit for issue in whole.hot_issues] == ["Chi bộ tinh", "Chi bộ hai", "Chi bộ vinh"]


def test_a_level_known_only_below_is_kept() -> None:
    whole = added(figures("tinh", Tally(), "province"), (figures("hai", Tally(assigned=4), "district"),))
    assert {level.code: level.tally.assigned for level in whole.levels} == {"district": 4, "province": 0}


def test_nothing_that_goes_up_names_an_official() -> None:
    sent = without_names(figures("hai", Tally(officials=2), "commune", official(3, 3), official(3, 1)))
    assert NAME not in str(to_data(sent))
    assert sent.whole.officials == 2


def test_who_is_below_the_whole_and_who_is_silent() -> None:
    rows = (official(3, 3, name="a"), official(3, 2, name="b"), official(3, 3, owed=1, name="c"))
    report = figures("hai", Tally(), "commune", *rows)
    assert [row.name for row in report.incomplete] == ["b"]
    assert [row.name for row in report.silent] == ["c"]


def test_the_printed_report_of_a_tenant_above_names_no_official() -> None:
    below = without_names(figures("hai", Tally(officials=1), "commune", official(3, 1)))
    assert NAME not in str(report_body(added(figures("tinh", Tally()), (below,)), ()))


def test_figures_survive_being_written_and_read() -> None:
    whole = figures("hai", Tally(assigned=5), "commune", official(3, 1))
    assert from_data(Figures, to_data(whole)) == whole


def test_the_summary_shows_count_and_share() -> None:
    lines = dict(summary(Tally(officials=4, officials_complete=3, assigned=8, attended=7)))
    assert lines["Đồng chí hoàn thành 100 % lượt dự"] == "3/4 (75 %)"
    assert lines["Lượt dự đã thực hiện"] == "7/8 (87,5 %)"
    assert lines["Báo cáo đúng hạn"] == "0/0 (–)"
