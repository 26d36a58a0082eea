"""A draft changed by hand, prices of the rules, scenarios, fairness (product R03, R05, R11)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

from core.plans.models import Plan
from core.queries.fairness import loads_of_areas, loads_of_cells, loads_of_officials
from core.queries.rotation import days_of
from core.rotation.board import (
    Preview,
    as_planned,
    filled,
    keep,
    moved,
    open_duties_of,
    pin_line,
    preview,
    swapped,
    undo,
)
from core.rotation.by_hand import BoardEdit, Pin, Trial
from core.rotation.loading import load_problem
from core.rotation.models import (
    Absence,
    Official,
    OfficialArea,
    PlannedVisit,
    Rotation,
    RotationVersion,
    Visit,
)
from core.rotation.service import RotationError, assignments_of, draft_of, generate, open_rotation, publish
from core.rotation.sheet import sheet_of
from core.rotation.solving.facts import Weights
from core.rotation.solving.score import Edit, score
from core.rotation.trying import try_out
from core.rotation.verdict import edits_of, verdict
from core.rotation.weighing import WeightError, set_weights, weights_of
from tenants.access import NotAllowed, Permission, reach
from tenants.clock import frozen
from tenants.db import hashed_joins
from tenants.models import AuditEntry, Unit
from tests.cast import Cast
from tests.reporting_ground import run_jobs
from tests.rotation_ground import NOW, drafted, furnished, published

OFFICER = "huyen-a.officer"


@pytest.fixture(autouse=True)
def _march(database: object) -> Iterator[None]:
    with frozen(NOW):
        yield


@pytest.fixture
def rotation_id(cast: Cast) -> UUID:
    """A rotation with a draft."""
    return drafted(cast)


def _draft(session: orm.Session, rotation_id: UUID) -> RotationVersion:
    version = draft_of(session, rotation_id)
    assert version is not None
    return version


def _line(session: orm.Session, version: RotationVersion, month: int, place: int = 0) -> PlannedVisit:
    query = sa.select(PlannedVisit).where(
        PlannedVisit.version_id == version.id, PlannedVisit.month == date(2026, month, 1)
    )
    return session.scalars(query.order_by(PlannedVisit.cell_id)).all()[place]


def _swap_of(session: orm.Session, rotation_id: UUID) -> Preview:
    """Two officials of May changed over: no rule of any kind suffers but spacing."""
    version = _draft(session, rotation_id)
    edit = swapped(_line(session, version, 5), _line(session, version, 5, 1))
    return preview(sheet_of(session, version), edit)


def _late(session: orm.Session, version: RotationVersion) -> Preview:
    """A line of May moved to a second one in June: May stays unmet, June has one too many."""
    sheet, row = sheet_of(session, version), _line(session, version, 5)
    june = {line.official_id: line.cell_id for line in (_line(session, version, 6, n) for n in range(3))}
    elsewhere = _line(session, version, 5, 1).cell_id
    free = row.cell_id if june[row.official_id] != row.cell_id else elsewhere
    return preview(sheet, moved(sheet.problem, row, free, date(2026, 6, 1)))


def _broken(version: RotationVersion) -> dict[str, int]:
    return {row["rule"]: row["broken"] for row in version.scores}


def test_a_kept_change_is_scored_as_if_drawn_so(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, asked = _draft(session, rotation_id), _swap_of(session, rotation_id)
        keep(session, cast.actor(OFFICER), version, asked, "")
        fresh = score(load_problem(session, version.rotation), assignments_of(session, version.id))
        assert _broken(version) == {part.rule.value: part.broken for part in fresh}
        assert [row["cost"] for row in version.scores] == [part.cost for part in fresh]
        tags = session.scalars(sa.select(AuditEntry.tag).order_by(AuditEntry.number.desc()).limit(1)).all()
        assert tags == ["board_edit:keep"]


def test_a_change_is_taken_back_whole(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        before, scores = set(assignments_of(session, version.id)), list(version.scores)
        keep(session, cast.actor(OFFICER), version, _swap_of(session, rotation_id), "")
        assert set(assignments_of(session, version.id)) != before
        undo(session, cast.actor(OFFICER), version)
        assert set(assignments_of(session, version.id)) == before
        assert version.scores == scores
        assert edits_of(session, version) == ()
        with pytest.raises(RotationError, match="Không còn thay đổi"):
            undo(session, cast.actor(OFFICER), version)


def test_a_broken_rule_is_warned_of_and_kept_with_a_reason_alone(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        asked = _late(session, version)
        assert any("hơn một buổi trong một kỳ" in warning for warning in asked.warnings)
        with pytest.raises(RotationError, match="ghi lý do"):
            keep(session, cast.actor(OFFICER), version, asked, " ")
        made = keep(session, cast.actor(OFFICER), version, asked, "Đồng chí đề nghị")
        assert made.reason == "Đồng chí đề nghị"
        assert [fault["sentence_vi"] for fault in made.warned] == list(asked.warnings)


def test_what_was_kept_with_a_reason_is_published_as_an_exception(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        asked = _late(session, version)
        keep(session, cast.actor(OFFICER), version, asked, "Đồng chí đề nghị")
        publish(session, cast.actor("huyen-a.standing"), version)
        kept = [(one["sentence_vi"], one["reason"]) for one in version.exceptions]
        assert kept == [(asked.warnings[0], "Đồng chí đề nghị")]
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 18


def test_what_breaks_a_rule_without_a_reason_is_not_published(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, row = _draft(session, rotation_id), _line(session, _draft(session, rotation_id), 5)
        same = {"version_id": version.id, "official_id": row.official_id, "source": "rotation"}
        other = _line(session, version, 5, 1)
        session.add(PlannedVisit(**same, cell_id=other.cell_id, month=other.month, meets_on=other.meets_on))
        session.flush()
        with pytest.raises(RotationError, match="dự hơn một buổi trong một kỳ"):
            publish(session, cast.actor("huyen-a.standing"), version)
        assert version.published_at is None
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 0


def test_an_absence_declared_after_the_drawing_stops_its_publishing(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, row = _draft(session, rotation_id), _line(session, _draft(session, rotation_id), 5)
        person_id = row.official.person_id
        session.add(Absence(person_id=person_id, starts_on=date(2026, 5, 1), ends_on=date(2026, 5, 31)))
        session.flush()
        found = verdict(session, version, assignments_of(session, version.id))
        assert (found.exempt, len(found.refused)) == ((), 1)
        with pytest.raises(RotationError, match="đồng chí vắng mặt ngày này"):
            publish(session, cast.actor("huyen-a.standing"), version)


def test_a_change_tells_the_shortfalls_of_what_it_leaves(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, officer = _draft(session, rotation_id), cast.actor(OFFICER)
        drawn, scores = list(version.shortfalls), list(version.scores)
        row = _line(session, version, 5)
        keep(session, officer, version, _late(session, version), "Xin dự bù")
        [unmet] = [one for one in version.shortfalls if one["kind"] == "unmet"]
        assert (unmet["officials"], unmet["month"]) == ([str(row.official_id)], "2026-05-01")
        assert "chưa có lượt dự tháng 5/2026: 3 buổi dự được nhưng chưa xếp" in unmet["sentence_vi"]
        assert _broken(version)["unmet"] == 1
        undo(session, officer, version)
        assert (version.shortfalls, version.scores) == (drawn, scores)


def test_a_duty_left_unmet_is_filled_and_taken_back(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, officer = _draft(session, rotation_id), cast.actor(OFFICER)
        row = _line(session, version, 5)
        official_id, cell_id, month = row.official_id, row.cell_id, row.month
        keep(session, officer, version, _late(session, version), "Xin dự bù")
        sheet = sheet_of(session, version)
        open_now = open_duties_of(sheet, official_id)
        assert [duty.months for duty in open_now] == [(month,)]
        asked = preview(sheet, filled(sheet.problem, official_id, cell_id, month))
        assert (asked.warnings, asked.price < 0) == ((), True)
        keep(session, officer, version, asked, "")
        assert _broken(version)["unmet"] == 0
        assert [one for one in version.shortfalls if one["kind"] == "unmet"] == []
        undo(session, officer, version)
        assert _broken(version)["unmet"] == 1
        with pytest.raises(RotationError, match="không có buổi sinh hoạt"):
            filled(sheet.problem, official_id, cell_id, date(2027, 5, 1))


def _ended_cell(session: orm.Session, cast: Cast) -> Official:
    """An official whose sent plan, own cell and second area name a cell that ended without a successor."""
    cell = session.get_one(Unit, cast.unit("huyen-a/CB-1"))
    cell.valid_to = date(2026, 3, 9)
    [official, *_others] = session.scalars(sa.select(Official).order_by(Official.id))
    official.own_cell_id = cell.id
    pin = Pin(official_id=official.id, cell_id=cell.id, month=date(2026, 5, 1), sent_at=NOW)
    session.add_all([pin, OfficialArea(official_id=official.id, unit_id=cell.id)])
    session.flush()
    return official


def _of_ended(version: RotationVersion) -> set[tuple[str, str]]:
    found = [one for one in version.shortfalls if one["kind"] == "ended"]
    return {(one["sentence_vi"].split(": ")[1][:16], one["remedy_vi"]) for one in found}


ENDED = {
    ("lượt định trước ", "Đổi hoặc bỏ lượt này trong kế hoạch cá nhân của đồng chí."),
    ("chi bộ nơi sinh ", "Ghi lại chi bộ nơi đồng chí sinh hoạt."),
    ("địa bàn có Chi b", "Phân công địa bàn khác thay cho đơn vị này."),
}


def test_what_names_an_ended_cell_is_left_out_and_told_when_drawn(cast: Cast) -> None:
    plan_id, officer = furnished(cast), cast.actor(OFFICER)
    with cast.session("huyen-a") as session:
        rotation = open_rotation(session, officer, session.get_one(Plan, plan_id), date(2026, 1, 1), 6)
        official_id = str(_ended_cell(session, cast).id)
        generate(session, officer, rotation)
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation.id)
        visits = [v for v in assignments_of(session, version.id) if v.official == official_id]
        assert _of_ended(version) == ENDED
        assert sorted(visit.month.month for visit in visits) == [1, 2, 3, 4, 5, 6]


def test_a_line_of_an_ended_cell_is_moved_on_the_board(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, ended = _draft(session, rotation_id), cast.unit("huyen-a/CB-1")
        _ended_cell(session, cast)
        lines = sa.select(PlannedVisit).where(PlannedVisit.cell_id == ended)
        [row, *_others] = session.scalars(lines.order_by(PlannedVisit.month.desc()))
        sheet = sheet_of(session, version)
        asked = preview(sheet, moved(sheet.problem, row, cast.unit("huyen-a/CB-2"), row.month))
        keep(session, cast.actor(OFFICER), version, asked, "Chi bộ đã giải thể")
        assert _of_ended(version) == ENDED


def test_whole_lists_are_joined_by_hashing_and_what_follows_is_not(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        paths = reach(cast.actor(OFFICER), Permission.ROTATION_READ)
        loops = sa.text("SHOW enable_nestloop")
        with hashed_joins(session):
            assert session.scalar(loops) == "off"
        assert days_of(session, _draft(session, rotation_id).id, paths, date(2026, 5, 1), 1).total == 3
        assert session.scalar(loops) == "on"


def test_meetings_that_are_over_stand_in_an_adjustment(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        sheet = replace(sheet_of(session, version), since=date(2026, 5, 31))
        may, june = (as_planned(_line(session, version, month)) for month in (5, 6))
        with pytest.raises(RotationError, match="qua ngày họp giữ nguyên"):
            preview(sheet, Edit((may,)))
        with pytest.raises(RotationError, match="từ ngày 31/05/2026"):
            preview(sheet, Edit((june,), (may,)))
        assert preview(sheet, Edit((june,))).price > 0


def test_a_published_version_is_not_changed_by_hand(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, asked = _draft(session, rotation_id), _swap_of(session, rotation_id)
        publish(session, cast.actor("huyen-a.standing"), version)
        with pytest.raises(RotationError, match="đã công bố"):
            keep(session, cast.actor(OFFICER), version, asked, "")


def test_only_planners_change_a_draft(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version, asked = _draft(session, rotation_id), _swap_of(session, rotation_id)
        with pytest.raises(NotAllowed):
            keep(session, cast.actor("huyen-a.standing"), version, asked, "")


def test_a_pinned_line_stays_when_the_draft_is_drawn_again(rotation_id: UUID, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        keep(session, cast.actor(OFFICER), version, _swap_of(session, rotation_id), "")
        row = _line(session, version, 5)
        held = (row.official_id, row.cell_id, row.month)
        assert pin_line(session, cast.actor(OFFICER), version, row)
        generate(session, cast.actor(OFFICER), session.get_one(Rotation, rotation_id), seed=3)
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        version = _draft(session, rotation_id)
        lines = {
            (p.official_id, p.cell_id, p.month): p
            for p in session.scalars(sa.select(PlannedVisit).where(PlannedVisit.version_id == version.id))
        }
        assert lines[held].source == "pin"
        assert session.scalar(sa.select(sa.func.count(BoardEdit.id))) == 0
        assert not pin_line(session, cast.actor(OFFICER), version, lines[held])


def test_prices_bind_the_drawings_to_come(rotation_id: UUID, cast: Cast) -> None:
    usual = {rule: getattr(Weights(), rule) for rule in Weights.__dataclass_fields__}
    with cast.session("huyen-a") as session:
        admin = cast.actor("huyen-a.admin")
        set_weights(session, admin, usual | {"spacing": 0, "travel": 7})
        assert (weights_of(session).spacing, weights_of(session).travel) == (0, 7)
        assert load_problem(session, session.get_one(Rotation, rotation_id)).weights.travel == 7
        for wrong, field in (({"travel": -1}, "travel"), ({"unmet": 5}, "unmet")):
            with pytest.raises(WeightError) as refused:
                set_weights(session, admin, usual | wrong)
            assert set(refused.value.problems) == {field}
        with pytest.raises(NotAllowed):
            set_weights(session, cast.actor(OFFICER), usual)


def test_scenarios_are_tried_by_a_job_and_touch_nothing(cast: Cast) -> None:
    rotation_id = published(cast)
    with cast.session("huyen-a") as session:
        official_id = str(session.scalars(sa.select(Visit.official_id)).first())
        before = session.scalars(sa.select(sa.func.count(RotationVersion.id))).one()
        asked: list[dict[str, Any]] = [
            {"kind": "people", "count": 2, "like": official_id}, {"kind": "rule", "rule": "travel"},
            {"kind": "cadence", "level": "commune", "months": 3},
        ]  # fmt: skip
        try_out(session, cast.actor(OFFICER), session.get_one(Rotation, rotation_id), asked)
    run_jobs(cast, "huyen-a")
    with cast.session("huyen-a") as session:
        trial = session.scalars(sa.select(Trial)).one()
        assert [outcome["visits"] for outcome in trial.outcomes or ()] == [18, 30, 18, 6]
        assert session.scalar(sa.select(sa.func.count(Visit.id))) == 18
        assert session.scalar(sa.select(sa.func.count(RotationVersion.id))) == before


@pytest.mark.parametrize("asked", [[], [{"kind": "cadence", "level": "none", "months": 1}]])
def test_a_trial_of_nothing_known_is_refused(
    rotation_id: UUID, cast: Cast, asked: list[dict[str, Any]]
) -> None:
    with cast.session("huyen-a") as session, pytest.raises(RotationError):
        try_out(session, cast.actor(OFFICER), session.get_one(Rotation, rotation_id), asked)


def test_loads_count_what_was_promised_and_not_missed(cast: Cast) -> None:
    published(cast)
    with cast.session("huyen-a") as session:
        gone = session.scalars(sa.select(Visit).order_by(Visit.meets_on)).first()
        assert gone is not None
        gone.missed_reason = "Ốm"
        session.flush()
        paths = reach(cast.actor(OFFICER), Permission.ROTATION_READ)
        for view, size in ((loads_of_officials, 3), (loads_of_cells, 3), (loads_of_areas, 1)):
            found = view(session, paths, (2025, 2026), "", 1)
            assert (found.total, sum(load.total for load in found.items)) == (size, 17)
            assert all(load.counts[0] == 0 for load in found.items)
        assert loads_of_cells(session, paths, (2026,), "so 2", 1).total == 1
