"""What the provincial department's guidance on the forum of 2017 orders (domain: requirements, S1)."""

from itertools import pairwise

from core.plans.content import Relation
from core.plans.due import EachPeriod
from core.plans.library import completed
from core.plans.periods import Cycle
from tests.golden_ground import content_of, due_days, explained, guests, part, sent_to, table

PLAN = content_of("s1")
EVERY_CELL = ["Đại diện Thường trực Đảng ủy cơ sở", "Đảng ủy viên cấp trên cơ sở phụ trách địa bàn"]


def test_a_department_issues_it_and_its_head_signs_with_the_title_alone() -> None:
    assert (PLAN.kind, PLAN.issuer.kind, PLAN.source_number) == ("guidance", "department", "36-HD/BTGTU")
    assert (PLAN.authority, PLAN.signer_title) == ("", "TRƯỞNG BAN")


def test_it_implements_a_committees_plan_and_learns_from_its_pilots() -> None:
    found = {basis.relation: basis for basis in PLAN.bases}
    assert found[Relation.IMPLEMENTS].number == "Kế hoạch số 47-KH/TU"
    assert "rút kinh nghiệm" in found[Relation.PREDECESSOR].number
    assert found[Relation.PREDECESSOR].lessons


def test_the_chair_is_told_to_keep_it_democratic() -> None:
    notes = part("s1", "contents", "dien_dan").notes
    assert "dân chủ" in notes
    assert "không để lợi dụng" in notes


def test_members_relate_themselves_to_the_27_manifestations_by_three_groups_and_degree() -> None:
    (own,) = PLAN.catalogues
    assert len(completed(own).items) == 27
    steps = part("s1", "contents", "dien_dan").steps
    groups, personal = steps[4], steps[5]
    assert len(groups.records) == 3
    assert all(record.endswith("có hoặc không") for record in groups.records)
    assert "mức độ nào" in personal.title
    assert personal.records == ()
    assert [prompt.text[:6] for prompt in PLAN.prompts[:3]] == ["Nhóm 1", "Nhóm 2", "Nhóm 3"]


def test_causes_and_remedies_are_recorded_and_agreed() -> None:
    steps = part("s1", "contents", "dien_dan").steps
    assert steps[6].records == ("Nguyên nhân", "Giải pháp đề xuất")
    assert "đã thống nhất" in steps[7].records[2]


def test_the_script_has_five_parts_and_the_hall_three() -> None:
    script, hall = part("s1", "milestones", "kich_ban"), part("s1", "milestones", "hoi_truong")
    assert (len(script.package), len(hall.package)) == (5, 3)
    assert (script.clause, hall.clause) == ("II.1.1", "II.1.2")


def test_the_banner_has_its_exact_lines() -> None:
    assert PLAN.banner is not None
    assert len(PLAN.banner.lines) == 4
    assert PLAN.banner.lines[0] == "DIỄN ĐÀN"
    assert PLAN.banner.lines[3] == "những biểu hiện “tự diễn biến”, “tự chuyển hóa” trong nội bộ”."


def test_every_cell_invites_the_standing_body_and_the_member_in_charge() -> None:
    assert guests("s1", "C12") == EVERY_CELL
    assert {tuple(guests("s1", unit)[:2]) for unit in due_days("s1", "to_chuc")} == {tuple(EVERY_CELL)}


def test_residential_cells_add_the_front_and_organisations() -> None:
    added = [
        "Đại diện Ủy ban Mặt trận cấp cơ sở", "Đại diện các đoàn thể chính trị - xã hội cấp cơ sở",
    ]  # fmt: skip
    assert guests("s1", "X12") == guests("s1", "PB1") == [*EVERY_CELL, *added]


def test_agencies_services_forces_and_enterprises_add_three_organisations_if_any() -> None:
    rows = [row for row in table("s1", "guests.csv") if row[3] == "co_quan_don_vi"]
    assert {row[0] for row in rows} == {"D1C", "X13", "X14", "X15", "X16", "C11", "P12"}
    assert {row[2] for row in rows} == {"yes"}
    assert len(rows) == 21


def test_each_step_names_who_performs_it() -> None:
    performers = [step.performer for step in part("s1", "contents", "dien_dan").steps]
    assert performers == [
        "Người điều hành", "Chi ủy viên", "Phó Bí thư chi bộ", "Bí thư chi bộ",
        "Đảng viên", "Đảng viên", "Đảng viên", "Bí thư chi bộ",
    ]  # fmt: skip


def test_it_opens_with_chair_and_secretary_and_ends_with_three_parts() -> None:
    steps = part("s1", "contents", "dien_dan").steps
    assert "chủ trì và thư ký" in steps[0].title
    assert len(steps[-1].records) == 3


def test_a_large_cell_meets_in_two_sessions_of_a_week() -> None:
    assert PLAN.rules.sessions == 2
    held = {row[0]: row[5] for row in table("s1", "tasks.csv") if row[1] == "to_chuc"}
    assert (held["P11"], due_days("s1", "kich_ban")["P11"]) == ("2017-09-14", "2017-09-11")


def test_afterwards_committee_vote_own_plans_and_commitments_follow_in_order() -> None:
    order = ["to_chuc", "hop_chi_uy", "thong_qua", "ke_hoach_ca_nhan", "ky_cam_ket"]
    for earlier, later in pairwise(order):
        assert part("s1", "milestones", later).after == (earlier,)
    steps = part("s1", "contents", "thuong_xuyen").steps
    assert steps[0].records == ("Số tán thành", "Số không tán thành", "Tổng số đảng viên")
    assert "2 trong 1" in steps[1].title
    assert steps[2].records == ("Từng đảng viên đã ký hay chưa",)


def test_every_month_from_the_forum_on_the_plans_are_reviewed() -> None:
    months = [row[2:5] for row in table("s1", "tasks.csv") if row[:2] == ("X13", "ra_soat_thang")]
    assert months[0] == ("2017-09", "2017-09-30", "2017-09-30")
    assert [month[0] for month in months] == ["2017-09", "2017-10", "2017-11", "2017-12"]


def test_the_years_end_classifies_by_the_monthly_record() -> None:
    assert set(due_days("s1", "xep_loai").values()) == {"2017-12-31"}


def test_committees_above_the_base_plan_guide_assign_and_inspect() -> None:
    above = {"D1", "D2", "D3"}
    orders = ("ke_hoach_huyen", "huong_dan_huyen", "phan_cong_huyen", "kiem_tra_huyen")
    assert all(set(due_days("s1", code)) == above for code in orders)


def test_base_committees_plan_by_month_and_year_assign_and_supply_documents() -> None:
    assert all(
        set(due_days("s1", code)) == {"X1", "C1", "P1"}
        for code in ("ke_hoach_co_so", "phan_cong_co_so", "tai_lieu")
    )
    assert "theo tháng và theo năm" in part("s1", "milestones", "ke_hoach_co_so").title
    assert "giao ban" in part("s1", "milestones", "tai_lieu").title


def test_pressing_tasks_are_chosen_right_after_the_forum() -> None:
    assert (
        explained("s1", "uu_tien", "X11") == "Ngay sau Diễn đàn; kế hoạch không ấn định ngày, theo mục III.3."
    )


def test_districts_report_every_six_months_and_the_province_adds_up() -> None:
    assert part("s1", "milestones", "bao_cao").due == EachPeriod(Cycle.HALF_YEAR)
    assert due_days("s1", "bao_cao") == dict.fromkeys(("D1", "D2", "D3"), "2017-12-31")
    assert sent_to("s1", "bao_cao") == {("Ban Tuyên giáo Tỉnh ủy", "")}
    assert sent_to("s1", "tong_hop") == {("Ban Thường vụ Tỉnh ủy", "Ban Tuyên giáo Tỉnh ủy")}


def test_recipients_end_with_the_archive() -> None:
    assert PLAN.recipients[0].endswith("(để b/c)")
    assert any("Ban Tuyên huấn" in line for line in PLAN.recipients)
    assert PLAN.recipients[-1].startswith("Lưu ")
