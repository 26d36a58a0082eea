"""What the province's plan of attending cells' meetings orders (domain: requirements, S4)."""

from core.plans.content import Relation
from core.plans.due import EachPeriod
from core.plans.periods import Cycle
from tests.golden_ground import content_of, due_days, explained, part, problems, sent_to, table

PLAN = content_of("s4")
BASES = {"X1", "K1", "P1"}


def test_cadences_by_level_with_the_days_to_report() -> None:
    found = {one.level_code: (one.period_months, one.report_days, one.report_to) for one in PLAN.cadences}
    assert found == {
        "XA": (1, 1, "Đảng ủy cơ sở"),
        "HUYEN": (3, 3, "Thường trực cấp ủy cùng cấp"),
        "TINH": (6, 3, "Thường trực cấp ủy cùng cấp"),
    }


def test_it_rests_on_one_resolution() -> None:
    (basis,) = PLAN.bases
    assert (basis.number, basis.relation) == ("Nghị quyết số 26-NQ/TW", Relation.IMPLEMENTS)


def test_attendance_of_all_and_special_areas_first_are_demanded() -> None:
    assert PLAN.demands[0].startswith("100% ")
    assert "đặc thù, phức tạp trước và nhiều hơn" in PLAN.demands[2]


def test_attendees_of_each_kind_have_their_own_agenda() -> None:
    above, commune = PLAN.contents
    assert [step.records for step in above.steps if step.records] == [
        ("Thông tin đã chuyển tải",), ("Từng kiến nghị: giải quyết hoặc đề xuất cấp, ngành nào",),
        ("Nền nếp", "Nội dung", "Chất lượng"),
    ]  # fmt: skip
    assert "đóng góp ý kiến" in commune.steps[0].title
    assert "ngoài chi bộ nơi mình sinh hoạt" in commune.notes


def test_members_of_district_and_province_plan_their_year_and_send_it_two_ways() -> None:
    assert part("s4", "milestones", "ke_hoach_ca_nhan").due == EachPeriod(Cycle.YEAR)
    assert set(due_days("s4", "ke_hoach_ca_nhan")) == {"T", "D1", "D2"}
    assert sent_to("s4", "ke_hoach_ca_nhan") == {("Thường trực cấp ủy cùng cấp", "Ban Tổ chức")}
    route = part("s4", "routes", "ke_hoach_ca_nhan")
    assert route.also == ("Đảng ủy cơ sở nơi có chi bộ dự sinh hoạt",)
    assert route.via_function == "organisation"


def test_base_committees_assign_agree_the_itinerary_and_report_each_month() -> None:
    assert set(due_days("s4", "phan_cong")) == set(due_days("s4", "lich_trinh")) == BASES
    months = [row[2:5] for row in table("s4", "tasks.csv") if row[:2] == ("X1", "bao_cao_thang")]
    assert months[0] == ("2018-07", "2018-07-01", "2018-07-31")
    assert len(months) == 3
    assert sent_to("s4", "bao_cao_thang") == {("Ban Chấp hành Đảng bộ", "")}


def test_every_committee_reports_each_quarter_ten_days_after_it() -> None:
    assert due_days("s4", "tong_hop_quy") == dict.fromkeys(("T", "D1", "X1", "K1", "D2", "P1"), "2018-10-10")
    assert PLAN.quarterly_report == part("s4", "milestones", "tong_hop_quy")
    assert "không ấn định ngày" in part("s4", "milestones", "tong_hop_quy").notes
    said = explained("s4", "tong_hop_quy", "X1", "2018-Q3")
    assert "10 ngày sau khi hết quý III năm 2018, chậm nhất hết ngày 10/10/2018" in said
    assert said.endswith("theo mục III.3, III.4, III.5.")


def test_districts_plan_for_their_members_evaluate_them_and_raise_pressing_issues() -> None:
    orders = ("ke_hoach_huyen", "danh_gia", "tinh_hinh")
    assert all(set(due_days("s4", code)) == {"D1", "D2"} for code in orders)
    assert "bức xúc, nổi cộm" in part("s4", "milestones", "tinh_hinh").title


def test_the_provinces_department_makes_form_and_plan_and_adds_up() -> None:
    orders = [
        row for row in table("s4", "tasks.csv") if row[1] in ("mau_bao_cao", "ke_hoach_tinh", "tong_hop_tinh")
    ]
    assert {(row[0], row[6]) for row in orders} == {("T", "III.5")}
    assert len(orders) == 3
    assert sent_to("s4", "tong_hop_tinh") == {("Thường trực Tỉnh ủy", "Ban Tổ chức Tỉnh ủy")}


def test_a_plan_without_tasks_for_cells_says_nothing_of_cells_left_out() -> None:
    assert problems("s4") == []


def test_signature_and_recipients_name_no_person() -> None:
    assert (PLAN.authority, PLAN.signer_title) == ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ THƯỜNG TRỰC")
    assert PLAN.recipients[0].endswith("(để b/c)")
    assert "Phòng Tổng hợp Văn phòng Tỉnh ủy (đ/c được phân công)" in PLAN.recipients
    assert PLAN.recipients[-1].startswith("Lưu ")
