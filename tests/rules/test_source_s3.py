"""What a commune's plan of self-reflection of 2022 orders (domain: requirements, S3)."""

from dataclasses import asdict

from core.meetings.kinds import MeetingKind
from core.plans.content import Relation
from tests.golden_ground import content_of, due_days, explained, guests, part, sent_to, table

PLAN = content_of("s3")
STANDING = "Thường trực Đảng ủy"


def steps_of(content: str) -> list[tuple[str, str]]:
    """Title and performer of each step."""
    return [(step.title, step.performer) for step in part("s3", "contents", content).steps]


def test_it_cites_the_guidance_above_and_its_own_earlier_plan() -> None:
    numbers = {basis.number: basis.relation for basis in PLAN.bases}
    assert numbers["Hướng dẫn số 27-HD/BTG"] is Relation.IMPLEMENTS
    assert numbers["Kế hoạch số 38-KH/ĐU"] is Relation.PREDECESSOR


def test_each_cell_makes_its_own_plan_and_its_secretary_answers_for_it() -> None:
    assert part("s3", "milestones", "dang_ky").package == ("Kế hoạch tổ chức", "Thời gian tổ chức")
    duties = {one.who: one.text for one in PLAN.duties}
    assert "chịu trách nhiệm về chất lượng" in duties["Bí thư cấp ủy"]


def test_people_who_are_no_members_take_part_everywhere() -> None:
    asked = ["Cán bộ, công chức, viên chức không là đảng viên", "Thôn trưởng", "Ban công tác mặt trận"]
    assert guests("s3", "X2") == guests("s3", "X") == asked


def test_cell_and_committee_each_have_their_own_agenda() -> None:
    assert [(one.code, one.who) for one in PLAN.contents] == [
        ("tai_chi_bo", "chi_bo"),
        ("tai_dang_uy", "dang_uy"),
    ]
    assert part("s3", "milestones", "to_chuc").contents == ("tai_chi_bo",)
    assert part("s3", "milestones", "to_chuc_dang_uy").contents == ("tai_dang_uy",)
    assert part("s3", "milestones", "to_chuc").meeting is MeetingKind.SELF_REVIEW


def test_the_content_is_a_list_of_documents_to_check_against() -> None:
    against = [basis.number for basis in PLAN.bases if basis.relation is Relation.CHECKED_AGAINST]
    assert against == [
        "Kết luận số 21-KL/TW", "Quy định số 37-QĐ/TW", "Kết luận số 29-KL/TU", "Chỉ thị số 05-CT/TW",
    ]  # fmt: skip
    assert [topic.code for topic in PLAN.topics] == ["quan_diem", "kl21", "qd37", "neu_guong"]


def test_the_committee_assigns_members_and_may_suggest_what_to_discuss() -> None:
    assert set(due_days("s3", "phan_cong")) == set(due_days("s3", "goi_y")) == {"X"}
    assert part("s3", "milestones", "goi_y").performer == "Ban Thường vụ Đảng ủy"


def test_cells_draft_along_the_outline_and_assign_papers() -> None:
    assert part("s3", "milestones", "du_thao").package == (
        "Dự thảo báo cáo chuyên đề", "Tham luận của tổ đảng hoặc đảng viên",
    )  # fmt: skip
    assert "Đề cương" in PLAN.report_form


def test_a_cells_meeting_opens_in_four_steps_and_counts_who_came() -> None:
    titles = [title for title, _ in steps_of("tai_chi_bo")]
    assert [title.split()[0] for title in titles[:4]] == ["Tuyên", "Cử", "Thông", "Thông"]
    for content in ("tai_chi_bo", "tai_dang_uy"):
        assert part("s3", "contents", content).steps[2].records == (
            "Số có mặt", "Số vắng có lý do", "Số vắng không lý do",
        )  # fmt: skip


def test_who_leads_in_presents_and_closes_at_each_level() -> None:
    cell, committee = steps_of("tai_chi_bo"), steps_of("tai_dang_uy")
    assert [cell[at][1] for at in (4, 5, 6, 8)] == [
        "Bí thư chi bộ", "Cấp ủy hoặc đảng viên được phân công", "Đảng viên", "Bí thư chi bộ",
    ]  # fmt: skip
    assert [committee[at][1] for at in (4, 5, 8)] == [
        "Bí thư Đảng ủy", "Phó Bí thư Thường trực Đảng ủy", "Bí thư Đảng ủy",
    ]  # fmt: skip
    assert all(len(one.steps[8].records) == 3 for one in PLAN.contents)


def test_four_questions_guide_the_reflection() -> None:
    assert len(PLAN.prompts) == 4
    assert [prompt.text.split()[0] for prompt in PLAN.prompts[1:]] == ["Mình", "Đồng", "Cấp"]


def test_the_finished_report_goes_up_and_to_those_who_took_part() -> None:
    assert sent_to("s3", "hoan_thien") == {("Cấp ủy cấp trên trực tiếp", "")}
    assert part("s3", "routes", "hoan_thien_chi_bo").also == ("Đảng viên trong chi bộ",)
    assert part("s3", "routes", "hoan_thien_dang_uy").also == (
        "Đảng ủy viên", "Trưởng các đoàn thể", "Cán bộ, công chức",
    )  # fmt: skip


def test_the_report_is_due_five_then_three_days_before_ones_own_meeting() -> None:
    first, second = due_days("s3", "gui_thuong_truc"), due_days("s3", "gui_ban")
    assert (first["X2"], second["X2"]) == ("2022-09-14", "2022-09-16")
    assert (first["X"], second["X"]) == ("2022-08-31", "2022-09-02")
    assert first["X5"] == second["X5"] == ""
    assert explained("s3", "gui_ban", "X2") == (
        "03 ngày trước buổi sinh hoạt “Tự soi, tự sửa” (19/9/2022), chậm nhất hết ngày 16/9/2022, "
        "theo mục II.5."
    )
    assert explained("s3", "gui_ban", "X5").endswith("nên chưa xác định được hạn, theo mục II.5.")


def test_reports_are_handed_in_here_not_to_anybodys_mailbox() -> None:
    assert sent_to("s3", "gui_thuong_truc") == {(STANDING, "")}
    assert sent_to("s3", "gui_ban") == {("Ban Tuyên giáo Thị ủy", STANDING)}
    assert "mail" not in str(asdict(PLAN)).lower()


def test_the_committee_comes_first_then_the_pilot_then_the_rest() -> None:
    assert due_days("s3", "to_chuc_dang_uy") == {"X": "2022-09-05"}
    assert due_days("s3", "to_chuc_diem") == {"X1": "2022-09-09"}
    assert set(due_days("s3", "to_chuc").values()) == {"2022-09-19"}
    assert part("s3", "milestones", "to_chuc_diem").after == ("to_chuc_dang_uy",)
    assert part("s3", "milestones", "to_chuc").after == ("to_chuc_diem",)


def test_the_pilot_is_named_and_has_its_two_guests_more() -> None:
    (quota,) = PLAN.pilots
    assert quota.named == ("Chi bộ Tân Phúc Thành 3",)
    assert guests("s3", "X1")[3:] == [
        "Đại diện Đoàn công tác theo Quyết định số 183-QĐ/ThU", "Đại diện lãnh đạo Ban Tuyên giáo Thị ủy",
    ]  # fmt: skip


def test_the_banner_has_blanks_for_cell_place_and_day() -> None:
    assert PLAN.banner is not None
    text = "\n".join(PLAN.banner.lines)
    assert all(blank in text for blank in ("{unit}", "{place}", "{day}"))


def test_plan_and_time_are_registered_before_the_25th_of_august() -> None:
    assert set(due_days("s3", "dang_ky").values()) == {"2022-08-24"}
    assert sent_to("s3", "dang_ky") == {(STANDING, "Văn phòng Đảng ủy")}


def test_the_working_group_and_the_bodies_have_their_tasks() -> None:
    wanted = {"theo_doi_doan": "III.2", "tuyen_truyen": "III.3", "kiem_tra": "III.4", "theo_doi_vp": "III.5"}
    assert {row[1]: row[6] for row in table("s3", "tasks.csv") if row[1] in wanted} == wanted
    assert "82-QĐ/ĐU" in part("s3", "milestones", "theo_doi_doan").performer


def test_the_report_has_a_reference_period() -> None:
    assert "năm 2022" in part("s3", "milestones", "du_thao").notes


def test_difficulties_are_told_to_the_standing_body() -> None:
    assert "Có vướng mắc thì thông tin kịp thời" in PLAN.duties[-1].text


def test_signature_and_recipients() -> None:
    assert (PLAN.authority, PLAN.signer_title) == ("T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ")
    assert len(PLAN.recipients) == 7
    assert PLAN.recipients[-1].startswith("Lưu ")
