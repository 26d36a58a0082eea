"""Forms made from a plan's dataclasses: what they show is what they read back (X03, X11)."""

from collections.abc import Iterator
from dataclasses import is_dataclass, replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectMultipleField

from admin.pages.plan_editor.fields import leaves, lines, text_of
from admin.pages.plan_editor.forms import PartForm, admit, data_from, form_for, free_code
from admin.pages.plan_editor.options import choices_of
from admin.pages.plan_editor.sections import GROUPS, SECTIONS
from core.plans.content import Action, LegalBasis, Milestone, PlanContent
from core.plans.due import Anchor, BeforeDate, DaysAfter
from core.plans.library import template, templates
from core.plans.parts import mark
from core.plans.selectors import Selector, Span
from core.queries.plans import TenantWords

FORUM = template("s0").content
DATE, DAYS = ("due", "before_date", "date"), ("due", "days_after", "days")
APP = Flask(__name__)
APP.secret_key = "for the token of forms"
CHOICES = choices_of(FORUM, TenantWords())


def as_sent(form: Any) -> MultiDict[str, str]:
    """What a browser sends of a form that nobody touched."""
    sent = MultiDict[str, str]()
    for field in leaves(form):
        if isinstance(field, BooleanField):
            sent.setlist(field.name, ["y"] if field.data else [])
        elif isinstance(field, SelectMultipleField):
            sent.setlist(field.name, list(field.data or ()))
        else:
            sent[field.name] = field._value() if hasattr(field, "_value") else field.data or ""
    return sent


def form_of(owner: type, value: Any, sent: Any = None, names: tuple[str, ...] = ()) -> PartForm:
    """The form of a part, shown, or as it was sent."""
    made = form_for(owner, CHOICES, names)
    data = data_from(made.shapes, value)
    with APP.test_request_context("/", method="POST" if sent is not None else "GET", data=sent):
        form = made(data=data, meta={"csrf": False})
        admit(form, data)
        if sent is not None:
            form.validate()
    return form


def parts(value: Any) -> Iterator[Any]:
    """Every item of every list of a plan, nested ones included."""
    for name in vars(value):
        items = getattr(value, name)
        if isinstance(items, tuple):
            for item in filter(is_dataclass, items):
                yield item
                yield from parts(item)


@pytest.mark.parametrize("code", [one.code for one in templates()])
def test_a_form_that_nobody_touched_says_the_same(code: str) -> None:
    content = template(code).content
    for item in parts(content):
        sent = as_sent(form_of(type(item), item))
        form = form_of(type(item), item, sent)
        assert form.value(type(item), item) == item, form.errors
    for group in GROUPS.values():
        sent = as_sent(form_of(PlanContent, content, names=group.names))
        assert form_of(PlanContent, content, sent, group.names).value(PlanContent, content) == content


def test_every_part_of_a_plan_is_in_exactly_one_section() -> None:
    edited = [name for section in SECTIONS for name in section.lists]
    edited += [name for group in GROUPS.values() for name in group.names]
    assert sorted(edited) == sorted(vars(PlanContent("x", 2026)))


def test_a_deadline_is_read_by_the_rule_that_was_chosen() -> None:
    sent = {
        "title": "Gửi báo cáo", "action": "report", "who": FORUM.selectors[0].code, "due-rule": "days_after",
        "due-days_after-days": "5", "due-days_after-of": "conclusion", "due-before_date-date": "2026-03-30",
    }  # fmt: skip
    form = form_of(Milestone, None, sent)
    due = DaysAfter(5, Anchor.CONCLUSION)
    assert form.value(Milestone, None, ["gui_bao_cao"]) == Milestone(
        "gui_bao_cao_2", "Gửi báo cáo", Action.REPORT, FORUM.selectors[0].code, due
    )


@pytest.mark.parametrize(
    ("sent", "path", "words"),
    [
        ({}, ("title",), "Thiếu mục bắt buộc"),
        ({"title": "x" * 501}, ("title",), "Dài quá 500 ký tự"),
        ({"code": "Có Dấu"}, ("code",), "chữ thường không dấu"),
        ({"code": "dang_ky"}, ("code",), "đã dùng"),
        ({"topics": "99"}, ("topics",), "nhiều nhất 20"),
        ({"topics": "nhiều"}, ("topics",), "số nguyên"),
        ({"due-rule": ""}, ("due", "rule"), "Thiếu mục bắt buộc"),
        ({"due-rule": "before_date"}, DATE, "Thiếu mục bắt buộc"),
        (
            {"due-rule": "before_date", "due-before_date-date": "31/02"},
            ("due", "before_date", "date"),
            "Ngày không đúng",
        ),
        (
            {"due-rule": "days_after", "due-days_after-days": "999"},
            ("due", "days_after", "days"),
            "nhiều nhất 366",
        ),
        ({"package": "một\n" + "x" * 501}, ("package",), "Dòng 2: dài quá"),
        ({"action": "dance"}, ("action",), ""),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    sent: dict[str, str], path: tuple[str, ...], words: str
) -> None:
    form = form_of(Milestone, None, sent)
    assert form.value(Milestone, None, ["dang_ky"]) is None
    errors: Any = form.errors
    for step in path:
        errors = errors[step]
    assert words in " ".join(errors)


def test_a_part_left_empty_is_none_and_a_number_of_nought_is_one() -> None:
    whole = Selector("it", "Chi bộ ít đảng viên", members=Span(0, 4), pilot=False)
    sent = as_sent(form_of(Selector, whole))
    assert form_of(Selector, whole, sent).value(Selector, whole) == whole
    sent["members-least"] = sent["members-most"] = sent["pilot"] = ""
    bare = replace(whole, members=None, pilot=None)
    assert form_of(Selector, whole, sent).value(Selector, whole) == bare


def test_a_code_that_is_no_longer_there_is_kept_until_another_is_chosen() -> None:
    lost = Milestone("m", "Việc", Action.OTHER, "nhom_cu", BeforeDate(date(2026, 3, 1)), after=("moc_cu",))
    sent = as_sent(form_of(Milestone, lost))
    assert form_of(Milestone, lost, sent).value(Milestone, lost) == lost


@pytest.mark.parametrize("items", [("một", "hai"), ("một\nhai", "ba"), ()])
def test_lines_are_read_as_they_are_written(items: tuple[str, ...]) -> None:
    assert lines(text_of(items)) == items


def test_lines_are_read_as_people_write_them() -> None:
    assert lines("- một\n\n  tiếp \r\n– ba\n+ bốn\n-----") == ("một\ntiếp", "ba", "bốn", "-----")


def test_a_code_comes_from_the_title_and_is_its_own() -> None:
    assert free_code("Đăng ký, chọn địa điểm", frozenset()) == "dang_ky_chon_dia_diem"
    assert free_code("???", frozenset({"muc"})) == "muc_2"
    assert len(free_code("rất dài " * 20, frozenset())) <= 40


def test_a_basis_without_a_day_stays_without() -> None:
    basis = LegalBasis("Quy định hiện hành", "Trung ương")
    sent = as_sent(form_of(LegalBasis, basis))
    assert form_of(LegalBasis, basis, sent).value(LegalBasis, basis) == basis
    assert mark(basis) != mark(replace(basis, body="Tỉnh ủy"))
