"""A new plan from a template, from a file, or blank (design: D1; bad input of the plan file)."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa

from core.plans.file import read_plan, write_plan
from core.plans.library import retimed, template, templates
from core.plans.models import Plan
from tests.cast import Cast
from tests.conftest import Browser
from tests.plans_ground import FORUM, drafted, said
from tests.reporting_ground import published_plan

SignIn = Callable[[str], Browser]


def plans(cast: Cast, code: str = "huyen-a") -> int:
    with cast.session(code) as session:
        return session.scalar(sa.select(sa.func.count(Plan.id))) or 0


@pytest.mark.parametrize("code", [one.code for one in templates()])
def test_every_template_becomes_a_draft_of_the_chosen_year(cast: Cast, sign_in: SignIn, code: str) -> None:
    client = sign_in("huyen-a.officer")
    assert template(code).title in client.get("/plans/new/template").text
    where = client.submit("/plans/new/template", {"code": code, "year": "2027"}).location
    assert said(cast, "huyen-a", UUID(where.split("/")[2])) == retimed(template(code).content, 2027)
    assert client.get(where).status_code == 200


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"year": "2027"}, "Chưa lưu được"),
        ({"code": "s9", "year": "2027"}, "Chưa lưu được"),
        ({"code": "s0", "year": "27"}, "Chưa lưu được"),
    ],
)
def test_a_template_needs_a_choice_and_a_year(
    cast: Cast, sign_in: SignIn, sent: dict[str, str], words: str
) -> None:
    assert words in sign_in("huyen-a.officer").submit("/plans/new/template", sent).text
    assert plans(cast) == 0


def test_a_year_takes_one_plan_of_a_template(cast: Cast, sign_in: SignIn) -> None:
    drafted(cast, "huyen-a")
    answer = sign_in("huyen-a.officer").submit("/plans/new/template", {"code": "s0", "year": "2026"})
    assert "đã có kế hoạch cùng trích yếu" in answer.text


def test_a_plan_travels_as_a_file(cast: Cast, sign_in: SignIn) -> None:
    plan_id = drafted(cast, "huyen-a")
    kept = sign_in("huyen-a.officer").get(f"/plans/{plan_id}/file")
    assert kept.headers["Content-Disposition"] == "attachment; filename=ke-hoach-2026.yaml"
    sent = {"file": (BytesIO(kept.data), "ke-hoach.yaml")}
    where = sign_in("huyen-b.officer").submit("/plans/new/file", sent).location
    assert said(cast, "huyen-b", UUID(where.split("/")[2])) == FORUM


def test_a_broken_file_names_every_fault_and_leaves_nothing(cast: Cast, sign_in: SignIn) -> None:
    broken = (
        write_plan(FORUM).replace("rule: before_date", "rule: before_dat", 1).replace("year: 2026", "year: x")
    )
    page = (
        sign_in("huyen-a.officer")
        .submit("/plans/new/file", {"file": (BytesIO(broken.encode()), "x.yaml")})
        .text
    )
    assert "Chưa nhập gì: tệp có 2 chỗ sai" in page
    assert "year" in page
    assert "milestones[" in page
    assert "Dòng" in page
    assert plans(cast) == 0


@pytest.mark.parametrize(
    "sent", [{}, {"file": (BytesIO(b"\x00\xff"), "x.yaml")}, {"file": (BytesIO(b""), "x.yaml")}]
)
def test_what_is_no_plan_file_is_refused(cast: Cast, sign_in: SignIn, sent: dict[str, object]) -> None:
    answer = sign_in("huyen-a.officer").submit("/plans/new/file", sent)
    assert answer.status_code == 200
    assert "Chưa lưu được" in answer.text or "Chưa nhập gì" in answer.text
    assert plans(cast) == 0


def test_a_blank_plan_asks_its_name_alone(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in("huyen-a.officer")
    assert "Thiếu mục bắt buộc" in client.submit("/plans/new/blank", {"subject": " ", "year": "2026"}).text
    where = client.submit(
        "/plans/new/blank", {"subject": "Học tập chuyên đề", "year": "2026", "kind": "plan"}
    ).location
    assert "Học tập chuyên đề" in client.get(where).text


def test_readers_take_the_published_version_and_drafters_the_draft(cast: Cast, sign_in: SignIn) -> None:
    plan_id = published_plan(cast, "huyen-a", FORUM)
    for who, query in (("secretary", ""), ("officer", ""), ("officer", "?version=1")):
        kept = sign_in(f"huyen-a.{who}").get(f"/plans/{plan_id}/file{query}").data
        assert read_plan(kept)[0] == FORUM


@pytest.mark.parametrize("page", ["template", "file", "blank"])
def test_only_those_who_draft_begin_a_plan(cast: Cast, sign_in: SignIn, page: str) -> None:
    client = sign_in("huyen-a.secretary")
    assert client.get(f"/plans/new/{page}").status_code == 403
    assert client.submit(f"/plans/new/{page}").status_code == 403
