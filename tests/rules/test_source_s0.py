"""What the plan of the district's forum of 2018 orders, line by line (domain: requirements, S0)."""

from dataclasses import replace

from core.meetings.kinds import MeetingKind
from core.plans.compiler import compile_plan
from core.plans.content import Action, Relation
from core.plans.guests import guests_of
from core.plans.library import completed
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
)  # fmt: skip

PLAN = content_of("s0")
SCHOOL = "Đại diện lãnh đạo Phòng Giáo dục và Đào tạo"
OF_DISTRICT = [
    "Đại diện Ban Thường vụ Huyện ủy", "Đại diện Ủy ban nhân dân huyện", "Đại diện Ban Tuyên giáo Huyện ủy",
    "Đại diện Ban Tổ chức Huyện ủy", "Đại diện Ủy ban Kiểm tra Huyện ủy",
]  # fmt: skip


def test_number_title_year_and_issuer() -> None:
    assert (PLAN.kind, PLAN.source_number, PLAN.year) == ("plan", "44-KH/HU", 2018)
    assert (PLAN.issuer.kind, PLAN.issuer.body, PLAN.issuer.symbol) == (
        "committee",
        "Ban Thường vụ Huyện ủy",
        "HU",
    )


def test_bases_are_references_one_of_them_the_plan_it_implements() -> None:
    above = [basis for basis in PLAN.bases if basis.relation is Relation.IMPLEMENTS]
    assert [(basis.number, str(basis.issued_on)) for basis in above] == [
        ("Kế hoạch số 47-KH/TU", "2017-03-22")
    ]


def test_earlier_rounds_have_lessons_for_those_who_prepare() -> None:
    earlier = [basis for basis in PLAN.bases if basis.relation is Relation.PREDECESSOR]
    assert [basis.number for basis in earlier] == ["Hướng dẫn số 19-HD/BTGHU", "Kế hoạch số 61-KH/HU"]
    assert all(basis.lessons for basis in earlier)


def test_two_contents_each_with_its_own_agenda() -> None:
    assert [one.code for one in PLAN.contents] == ["nd1", "nd2"]
    first, second = ([step.title for step in one.steps] for one in PLAN.contents)
    assert not set(first[:-1]) & set(second[:-1])


def test_the_first_content_goes_from_last_year_to_the_conclusion() -> None:
    titles = [step.title for step in part("s0", "contents", "nd1").steps]
    beginnings = ("Đánh giá", "Đánh giá", "Quán triệt", "Đảng viên thảo luận", "Kết luận")
    assert all(title.startswith(start) for title, start in zip(titles, beginnings, strict=True))


def test_a_conclusion_has_its_three_parts() -> None:
    first, second = (one.steps[-1].records for one in PLAN.contents)
    assert len(first) == len(second) == 3
    assert "người đứng đầu" in first[2]
    assert "nguyên nhân" in second[1]
    assert "đề xuất của đảng viên" in second[2]


def test_documents_go_to_members_before_the_forum_and_a_gate_warns_without_them() -> None:
    assert all(one.documents_first for one in PLAN.contents)
    assert due_days("s0", "gui_tai_lieu")["A1"] == "2018-04-11"
    holding = {one.code for one in PLAN.milestones if one.action is Action.HOLD}
    warned = {gate.holds_back for gate in PLAN.gates if "gui_tai_lieu" in gate.until and not gate.blocks}
    assert warned == holding


def test_the_second_content_opens_with_what_earlier_rounds_identified() -> None:
    opening = part("s0", "contents", "nd2").steps[0]
    assert "các lần Diễn đàn trước" in opening.title
    assert opening.records


def test_the_committee_adds_new_concepts_to_the_27_manifestations() -> None:
    items = completed(PLAN.catalogues[0]).items
    assert [item.code for item in items[27:]] == ["4.1", "4.2"]
    assert "Tham nhũng vặt" in items[27].text


def test_each_suggested_manifestation_is_recorded_as_there_or_not() -> None:
    records = [record for step in part("s0", "contents", "nd2").steps for record in step.records]
    assert "Từng biểu hiện được gợi ý: có hoặc không" in records


def test_a_plan_or_resolution_afterwards_is_free_of_a_day_and_never_late() -> None:
    assert set(due_days("s0", "khac_phuc").values()) == {""}
    assert explained("s0", "khac_phuc", "A1") == (
        "Sau khi kết thúc Diễn đàn, tùy tình hình thực tiễn của chi bộ; kế hoạch không ấn định ngày, "
        "theo mục II.2."
    )


def test_remedies_are_reviewed_every_month_from_the_forum_on() -> None:
    months = [row[2:5] for row in table("s0", "tasks.csv") if row[:2] == ("A2", "theo_doi")]
    assert months[0] == ("2018-06", "2018-06-10", "2018-06-30")
    assert [month[0] for month in months] == ["2018-06", "2018-07", "2018-08"]
    assert "A3" not in due_days("s0", "theo_doi")


def test_rural_cells_stress_the_second_content_others_the_first() -> None:
    stressed = {
        unit: one.emphasis
        for one in PLAN.milestones
        if one.action is Action.HOLD
        for unit in due_days("s0", one.code)
    }
    rural = {"A1", "A2", "B1", "B3"}
    assert {unit for unit, content in stressed.items() if content == "nd2"} == rural
    assert len(stressed) == 19
    assert all(one.contents == ("nd1", "nd2") for one in PLAN.milestones if one.action is Action.HOLD)


def test_rural_cells_after_their_second_round_are_chosen_and_stress_the_first_content() -> None:
    assert caught("s0", "nong_thon_lan_2") == ["A3", "B2"]
    assert set(due_days("s0", "chon_nong_thon")) == {"A", "B"}
    assert {part("s0", "milestones", code).emphasis for code in ("to_chuc_lan_2", "to_chuc_diem_1")} == {
        "nd1"
    }


def test_a_cell_the_committee_does_not_choose_is_excepted_by_name() -> None:
    groups = tuple(
        replace(one, exclude=("A3",)) if one.code == "con_lai_lan_2" else one for one in PLAN.selectors
    )
    tasks = compile_plan(replace(PLAN, selectors=groups), around("s0")).tasks
    assert [task for task in tasks if task.milestone == "to_chuc_lan_2"] == []


def test_the_banner_is_printable_text() -> None:
    assert PLAN.banner is not None
    assert PLAN.banner.lines[0] == "DIỄN ĐÀN"
    assert len(PLAN.banner.lines) == 3


def test_communes_pick_pilots_by_block() -> None:
    (quota,) = PLAN.pilots
    assert (quota.among, quota.each_committee, quota.each_block) == ("xa_thi_tran", True, True)
    assert [text for text in problems("s0") if "làm điểm" in text] == [
        "Đảng bộ xã An Thủy, khối cơ quan: mới chọn 0 chi bộ làm điểm, cần ít nhất 1.",
        "Đảng bộ thị trấn Bến Phú, khối cơ quan: mới chọn 0 chi bộ làm điểm, cần ít nhất 1.",
    ]


def test_a_pilot_waits_for_the_agreement_of_five_reviewers() -> None:
    assert len(part("s0", "milestones", "ho_so_diem").package) == 5
    gates = [gate for gate in PLAN.gates if gate.until == ("thong_nhat",)]
    assert {gate.holds_back for gate in gates} == {"to_chuc_diem_1", "to_chuc_diem_2"}
    assert all(gate.blocks and len(gate.reviewers) == 5 for gate in gates)


def test_lessons_of_the_pilots_precede_the_others() -> None:
    gates = [gate for gate in PLAN.gates if "rut_kinh_nghiem" in gate.until]
    assert {gate.holds_back for gate in gates} == {"to_chuc_1", "to_chuc_2", "to_chuc_lan_2"}
    assert not any(gate.blocks for gate in gates)
    assert set(due_days("s0", "rut_kinh_nghiem")) == {"A", "B"}


def test_pilots_are_held_within_april() -> None:
    assert {*due_days("s0", "to_chuc_diem_1").values(), *due_days("s0", "to_chuc_diem_2").values()} == {
        "2018-04-30"
    }
    assert explained("s0", "to_chuc_diem_2", "A1") == (
        "Trong tháng 4/2018, chậm nhất hết ngày 30/4/2018, theo mục II.3, II.5."
    )


def test_the_others_begin_in_april_and_end_before_the_30th_of_june() -> None:
    rows = {
        row[0]: row[3:5]
        for row in table("s0", "tasks.csv")
        if row[1] in ("to_chuc_1", "to_chuc_2", "to_chuc_lan_2")
    }
    assert set(rows.values()) == {("2018-04-01", "2018-06-29")}


def test_cells_of_district_agencies_may_hold_it_early() -> None:
    rows = {row[0]: row[3:6] for row in table("s0", "tasks.csv") if row[1] == "to_chuc_co_quan"}
    assert rows["H1"] == ("", "2018-06-29", "2018-03-25")
    assert set(rows) == {"H1", "H2", "CQ1", "CQ2"}


def test_cells_under_five_members_are_proposed_to_join_similar_ones() -> None:
    assert PLAN.rules.small_cell == 5
    assert [text for text in problems("s0") if "II.6.1" in text] == [
        "Chi bộ Hội Nông dân huyện: 4 đảng viên, chưa có chi bộ tương đồng để ghép (mục II.6.1).",
        "Chi bộ Phòng Tài chính: 3 đảng viên, đề xuất sinh hoạt ghép với Chi bộ Phòng Nội vụ (mục II.6.1).",
        "Chi bộ Trường Mầm non An Thủy: 4 đảng viên, đề xuất sinh hoạt ghép với "
        "Chi bộ Trường Tiểu học An Thủy (mục II.6.1).",
        "Chi bộ Trạm Y tế xã An Thủy: 3 đảng viên, chưa có chi bộ tương đồng để ghép (mục II.6.1).",
    ]


def test_cells_directly_under_the_district_invite_its_five_bodies() -> None:
    assert guests("s0", "H1") == guests("s0", "H3") == OF_DISTRICT


def test_pilots_invite_those_who_direct_the_commune_and_the_cell() -> None:
    assert guests("s0", "A1") == [
        "Ủy viên Ban Thường vụ Huyện ủy chỉ đạo xã, thị trấn", "Huyện ủy viên chỉ đạo xã, thị trấn",
        *OF_DISTRICT[2:], "Cán bộ huyện được phân công dự sinh hoạt chi bộ", "Ban Thường vụ Đảng ủy",
        "Đảng ủy viên chỉ đạo chi bộ",
    ]  # fmt: skip
    assert guests("s0", "B2") == guests("s0", "A1")


def test_a_pilot_school_adds_the_education_office() -> None:
    assert guests("s0", "A4") == [*guests("s0", "A1"), SCHOOL]


def test_a_rural_cell_invites_the_partial_committee_only_where_there_is_one() -> None:
    partial = "Đại diện đảng ủy đảng bộ bộ phận"
    assert guests("s0", "B1") == [*guests("s0", "A2"), partial]
    assert partial not in guests("s0", "A2")
    assert guests("s0", "A2") == [
        "Đại diện Ban Thường vụ Đảng ủy", "Cán bộ huyện được phân công dự sinh hoạt chi bộ",
        "Đảng ủy viên chỉ đạo chi bộ",
    ]  # fmt: skip


def test_schools_agencies_and_health_stations_of_a_commune_each_have_their_guests() -> None:
    assert guests("s0", "A5")[0] == SCHOOL
    assert len(guests("s0", "A5")) == 3
    assert guests("s0", "A6") == ["Ủy viên Ban Thường vụ Huyện ủy chỉ đạo xã", "Huyện ủy viên chỉ đạo xã"]
    assert guests("s0", "A7")[0] == "Đại diện lãnh đạo cơ quan chủ quản cấp trên"


def test_the_agency_block_and_the_two_named_units_invite_alike() -> None:
    assert caught("s0", "khoi_co_quan") == ["CQ1", "CQ2", "PT1", "YT1"]
    assert {tuple(guests("s0", unit)) for unit in ("CQ1", "CQ2", "PT1", "YT1")} == {
        (*OF_DISTRICT, "Đại diện Đảng ủy")
    }


def test_a_named_unit_keeps_its_guests_even_where_another_rule_catches_it() -> None:
    ground = around("s0")
    units = tuple(
        replace(unit, name="Chi bộ Trường THPT Hải Lăng", parent_code="H") if unit.code == "PT1" else unit
        for unit in ground.tree.units
    )
    ground = replace(ground, tree=replace(ground.tree, units=units))
    compiled = compile_plan(PLAN, ground)
    assert "PT1" in compiled.caught.members["truc_thuoc_huyen"]
    found = guests_of(ground.tree.by_code["PT1"], PLAN.guests, compiled.caught)
    assert {guest.rule for guest in found} == {"khoi_co_quan"}


def test_superiors_opinions_are_minuted_and_they_may_attend_elsewhere() -> None:
    records = [record for one in PLAN.contents for step in one.steps for record in step.records]
    assert records.count("Ý kiến, chỉ đạo của đại biểu cấp trên (nếu có)") == 2
    duty = next(one for one in PLAN.duties if one.who == "Đại biểu cấp trên")
    assert "dự một số chi bộ khi cần thiết" in duty.text


def test_a_report_is_due_five_days_after_the_forum_or_the_next_months_meeting() -> None:
    due = due_days("s0", "bao_cao")
    assert (due["A1"], due["A4"], due["A2"], due["CQ1"]) == ("2018-04-17", "2018-05-08", "2018-07-09", "")
    said = explained("s0", "bao_cao", "A2")
    assert said == (
        "05 ngày sau ngày kết luận buổi diễn đàn (04/7/2018), chậm nhất hết ngày 09/7/2018, theo mục II.7."
    )


def test_the_report_comes_with_a_plan_or_resolution() -> None:
    assert len(part("s0", "milestones", "bao_cao").package) == 2


def test_reports_go_to_the_district_through_its_department_or_to_the_committee() -> None:
    direct = ("Thường trực Huyện ủy", "Ban Tuyên giáo Huyện ủy")
    assert sent_to("s0", "bao_cao") == {direct, ("Đảng ủy", "")}
    assert sent_to("s0", "tong_hop") == {direct}
    assert part("s0", "routes", "truc_thuoc_dang_uy").consolidates
    assert {route.via_function for route in PLAN.routes if route.via} == {"propaganda"}


def test_base_committees_plan_and_assign_a_member_to_each_cell() -> None:
    bases = {"CQ", "YT", "PT", "A", "B"}
    assert set(due_days("s0", "ke_hoach")) == set(due_days("s0", "phan_cong")) == bases


def test_the_cells_checklist_has_five_parts_and_time_for_discussion() -> None:
    prepare = part("s0", "milestones", "chuan_bi")
    assert (len(prepare.package), prepare.meeting) == (5, MeetingKind.FORUM)
    assert "thời lượng" in prepare.notes


def test_registration_is_due_the_day_before_the_30th_of_march() -> None:
    assert set(due_days("s0", "dang_ky").values()) == {"2018-03-29"}
    assert sent_to("s0", "dang_ky") == {("Ban Thường vụ Huyện ủy", "Ban Tuyên giáo Huyện ủy")}
    assert len(part("s0", "milestones", "dang_ky").package) == 3
    assert (
        explained("s0", "dang_ky", "A1")
        == "Trước ngày 30/3/2018 (không tính ngày này), chậm nhất hết ngày 29/3/2018, theo mục III.2."
    )


def test_who_else_does_what_is_told_with_its_clause() -> None:
    duties = {one.clause: one for one in PLAN.duties}
    assert "báo cáo ngay Thường trực Huyện ủy" in duties["III.3"].text
    assert "Đài Truyền thanh" in duties["III.4"].who
    assert duties["III.5"].who == "Ban Tuyên giáo Huyện ủy"
    clauses = {one.code: one.clause for one in PLAN.milestones}
    assert clauses["tuyen_truyen"] == "III.4"
    assert clauses["don_doc"] == clauses["tong_hop_huyen"] == "III.5"


def test_recipients_have_their_purpose_and_the_archive_comes_last() -> None:
    assert [line for line in PLAN.recipients if line.endswith("(b/c)")] == list(PLAN.recipients[:2])
    assert PLAN.recipients[-1].startswith("Lưu ")
    assert (PLAN.authority, PLAN.signer_title) == ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ")
