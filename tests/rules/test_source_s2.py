"""What the plan of model meetings of 2024 orders (domain: requirements, S2)."""

from dataclasses import replace

import pytest

from core.meetings.kinds import MeetingKind
from core.plans.content import Action, Relation
from core.plans.coverage import check
from core.plans.due import EachPeriod
from core.plans.periods import Cycle
from core.plans.selectors import UnitTree
from tests.golden_ground import (
    around,
    caught,
    content_of,
    due_days,
    explained,
    guests,
    part,
    problems,
    sent_to,
    table,
)

PLAN = content_of("s2")
UP = ("Ban Thường vụ Huyện ủy", "Ban Tổ chức Huyện ủy")
PILOTS = {"A1", "A2", "B1"}


def test_bases_come_from_three_levels_with_number_day_and_subject() -> None:
    bases = {basis.body for basis in PLAN.bases}
    assert {"Ban Bí thư", "Ban Thường vụ Tỉnh ủy", "Ban Chấp hành Đảng bộ huyện"} <= bases
    assert all(basis.issued_on and basis.about for basis in PLAN.bases)


def test_procedure_score_sheet_and_minutes_are_other_documents_referred_to() -> None:
    found = [basis.number for basis in PLAN.bases if basis.relation is Relation.PROCEDURE]
    assert found == ["Hướng dẫn số 03-HD/TU", "Quy định số 14-QĐi/TU", "Công văn số 912-CV/TU"]
    assert "14-QĐi/TU" in PLAN.score_sheet
    assert "912-CV/TU" in PLAN.report_form


def test_the_district_names_one_model_cell_for_a_thematic_meeting() -> None:
    quota = part("s2", "pilots", "mau_huyen")
    assert (quota.named, quota.least, quota.most) == (("Chi bộ Tòa án Nhân dân",), 1, 1)
    assert caught("s2", "mau_huyen") == ["H1"]
    assert part("s2", "milestones", "to_chuc_mau_huyen").meeting is MeetingKind.THEMATIC


def test_model_meetings_are_held_within_the_first_quarter() -> None:
    assert due_days("s2", "to_chuc_mau_huyen") == {"H1": "2024-03-31"}
    assert due_days("s2", "to_chuc_mau_xa") == dict.fromkeys(sorted(PILOTS), "2024-03-31")
    assert explained("s2", "to_chuc_mau_huyen", "H1") == (
        "Trong quý I năm 2024, chậm nhất hết ngày 31/3/2024, theo mục II.2.1.b, II.2.1.c."
    )


def test_guests_of_the_districts_model_meeting() -> None:
    assert guests("s2", "H1") == [
        "Đảng viên trong chi bộ", "Đại diện lãnh đạo các ban xây dựng Đảng huyện", "Bí thư các chi bộ cơ sở",
        "Bí thư đảng bộ cơ sở khối cơ quan trực thuộc huyện",
    ]  # fmt: skip


def test_its_content_is_appraised_before_it_is_held() -> None:
    (gate,) = PLAN.gates
    assert (gate.holds_back, gate.until, gate.blocks) == ("to_chuc_mau_huyen", ("tham_dinh",), True)
    assert gate.reviewers == ("Ban Tổ chức Huyện ủy",)


def test_each_commune_selects_exactly_two_cells_and_is_told_when_it_has_not() -> None:
    quota = part("s2", "pilots", "mau_xa")
    assert (quota.least, quota.most, quota.each_committee) == (2, 2, True)
    assert quota.meetings == (MeetingKind.REGULAR, MeetingKind.THEMATIC)
    assert [text for text in problems("s2") if "làm điểm" in text] == [
        "Đảng bộ thị trấn Mường Lân: mới chọn 1 chi bộ làm điểm, cần ít nhất 2."
    ]


@pytest.mark.parametrize("kind", [None, MeetingKind.REGULAR])
def test_one_of_the_two_is_a_regular_one_a_thematic_meeting(kind: MeetingKind | None) -> None:
    ground = around("s2")
    units = tuple(
        replace(unit, pilot_meeting=kind) if unit.code == "A2" else unit for unit in ground.tree.units
    )
    found = check(PLAN, replace(ground, tree=UnitTree(units))).problems
    assert [problem.text for problem in found if "Nà Pắc" in problem.text] == [
        "Đảng bộ xã Nà Pắc: mỗi chi bộ làm điểm phải được ghi một loại sinh hoạt: "
        "01 sinh hoạt thường kỳ, 01 sinh hoạt chuyên đề."
    ]


def test_communes_report_the_result_through_the_department() -> None:
    assert sent_to("s2", "bao_cao_mau") == {UP}
    assert set(due_days("s2", "bao_cao_mau")) == {"A", "B"}


def test_guests_of_a_communes_model_meeting_only_of_those() -> None:
    assert guests("s2", "A1") == [
        "Đảng viên trong chi bộ", "Các đồng chí đảng ủy viên", "Bí thư các chi bộ trực thuộc Đảng bộ",
        "Thành viên Tổ huyện theo Quyết định số 2421-QĐ/HU",
    ]  # fmt: skip
    assert {row[0] for row in table("s2", "guests.csv")} == {"H1", *PILOTS}
    assert not [text for text in problems("s2") if "thành phần mời" in text]


def test_lessons_are_drawn_right_after_the_meeting_by_the_standing_body() -> None:
    lesson = part("s2", "milestones", "rut_kinh_nghiem")
    assert (lesson.action, lesson.performer) == (Action.LESSON, "Thường trực Đảng ủy")
    assert set(due_days("s2", "rut_kinh_nghiem")) == PILOTS
    assert explained("s2", "rut_kinh_nghiem", "A1").startswith("Cùng ngày với việc “Tổ chức sinh hoạt")


def test_regular_meetings_are_monthly_thematic_ones_quarterly() -> None:
    assert part("s2", "milestones", "thuong_ky").due == EachPeriod(Cycle.MONTH)
    assert part("s2", "milestones", "chuyen_de").due == EachPeriod(Cycle.QUARTER, times=1)
    cells = [unit.code for unit in around("s2").tree.units if unit.kind.value == "cell"]
    assert set(due_days("s2", "thuong_ky")) == set(due_days("s2", "chuyen_de")) == set(cells)


def test_a_quarters_thematic_meeting_does_not_stand_for_another_quarters() -> None:
    held = {row[:3]: row[5] for row in table("s2", "tasks.csv") if row[1] == "chuyen_de"}
    assert held["A2", "chuyen_de", "2024-Q1"] == "2024-02-28"
    assert held["A2", "chuyen_de", "2024-Q2"] == held["B2", "chuyen_de", "2024-Q2"] == ""


def test_a_meeting_is_discussed_voted_concluded_and_scored_twice() -> None:
    steps = part("s2", "contents", "thuong_ky").steps
    performers = [step.performer for step in steps]
    assert steps[3].records == ("Số tán thành", "Tổng số đảng viên dự")
    assert steps[4].records == ("Kết luận", "Nhiệm vụ, người thực hiện, thời hạn")
    assert performers[5:] == ["Bí thư hoặc phó bí thư cùng tập thể đảng viên", "Đảng ủy viên dự"]
    assert steps[6].records == ("Điểm, loại thẩm định", "Chữ ký xác nhận")


def test_thematic_meetings_have_the_same_steps() -> None:
    assert part("s2", "contents", "chuyen_de").steps == part("s2", "contents", "thuong_ky").steps


def test_own_score_comes_before_the_verified_one_that_goes_to_the_standing_body() -> None:
    verified = part("s2", "milestones", "tham_dinh_diem")
    assert (verified.after, verified.performer) == (("tu_cham",), "Đảng ủy viên dự")
    assert sent_to("s2", "tham_dinh_diem") == {("Thường trực Đảng ủy", "")}
    assert "H1" not in due_days("s2", "tham_dinh_diem")


def test_ten_topics_of_which_a_thematic_meeting_takes_one_at_least() -> None:
    assert [topic.code for topic in PLAN.topics] == [f"cd{number}" for number in range(1, 11)]
    assert part("s2", "milestones", "chuyen_de").topics == 1


def test_every_cell_has_a_years_plan_of_themes() -> None:
    direct, below = due_days("s2", "ke_hoach_chuyen_de"), due_days("s2", "ke_hoach_chuyen_de_dang_uy")
    assert set(direct) == {"H1", "H2", "H3"}
    assert set(below) == set(due_days("s2", "thuong_ky")) - set(direct)
    assert "Thường trực Đảng ủy" in part("s2", "milestones", "ke_hoach_chuyen_de_dang_uy").performer


def test_cells_and_committees_report_each_quarter_and_the_department_adds_up() -> None:
    assert sent_to("s2", "bao_cao_quy") == sent_to("s2", "tong_hop_quy") == {UP}
    assert sorted(row[2:5] for row in table("s2", "tasks.csv") if row[:2] == ("K", "tong_hop_quy")) == [
        ("2024-Q1", "2024-01-01", "2024-03-31"), ("2024-Q2", "2024-04-01", "2024-06-30"),
    ]  # fmt: skip
    assert PLAN.quarterly_report == part("s2", "milestones", "tong_hop_quy")
    assert part("s2", "milestones", "bao_cao_huyen").performer == "Ban Tổ chức Huyện ủy"


def test_who_attends_directs_and_inspects_is_told() -> None:
    duties = {one.clause: one for one in PLAN.duties}
    assert "các Tổ huyện" in duties["III.2"].who
    assert "giám sát" in duties["III.3"].text
    assert "hằng quý báo cáo" in duties["III.4"].text


def test_subordinates_make_their_own_plan() -> None:
    assert set(due_days("s2", "ke_hoach")) == {"H1", "H2", "H3", "K", "A", "B"}


def test_signature_and_recipients() -> None:
    assert (PLAN.authority, PLAN.signer_title) == ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ")
    assert PLAN.recipients[0].endswith("(b/c)")
    assert PLAN.recipients[-1].startswith("Lưu ")
