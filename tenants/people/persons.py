"""The roster of people (design: product X05)."""

import re
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor, Permission
from tenants.audit import record
from tenants.clock import today
from tenants.models import Appointment, Person
from tenants.people.logins import shut
from tenants.people.posts import (
    account_of,
    end_all,
    require_other_admin,
    require_over,
    require_over_all_posts,
)
from tenants.people.problems import refuse, words
from tenants.vietnamese import fold, sort_key

LONGEST_NAME = 100
CODE = re.compile(r"\w[\w./-]{0,39}")
PHONE = re.compile(r"0[0-9]{9,10}")
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")


@dataclass(frozen=True)
class PersonFacts:
    """What is to be true of a person; the keys for sorting and searching follow from the name."""

    code: str
    full_name: str
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    left_on: date | None = None


def save_person(
    session: orm.Session, actor: Actor, facts: PersonFacts, person: Person | None = None
) -> Person:
    """Enter a person or correct one; `left_on` closes his appointments and, once past, his account: so
    it asks the right over each of his posts.

    Raises NotAllowed, or PeopleError by field.
    """
    require_over(session, actor, Permission.PEOPLE_EDIT, person)
    refuse(_person_problems(session, facts, person))
    leaves = facts.left_on and (person is None or person.left_on != facts.left_on)
    row, verb = (person, "edit") if person else (Person(), "enter")
    row.code, row.full_name = words(facts.code), words(facts.full_name)
    row.sort_key, row.search_key = sort_key(row.full_name), fold(row.full_name)
    row.born_on, row.left_on = facts.born_on, facts.left_on
    row.phone, row.email = facts.phone.strip(), facts.email.strip().lower()
    session.add(row)
    session.flush()
    if person and leaves and facts.left_on:
        _leave(session, actor, person, facts.left_on)
    record(session, actor, f"person:{'leave' if leaves else verb}", row)
    return row


def _person_problems(
    session: orm.Session, facts: PersonFacts, person: Person | None
) -> dict[str, str | None]:
    name = words(facts.full_name)
    named = 0 < len(name) <= LONGEST_NAME and any(map(str.isalpha, name))
    problems = {
        "code": _code_problem(session, words(facts.code), person),
        "full_name": None if named else "Xin ghi đủ họ, tên đệm và tên (tối đa 100 ký tự).",
        "born_on": "Ngày sinh phải trước hôm nay." if facts.born_on and facts.born_on >= today() else None,
        "phone": _unless(PHONE, facts.phone.strip(), "Số điện thoại gồm 10–11 chữ số, ví dụ 0912345678."),
        "email": _unless(EMAIL, facts.email.strip(), "Thư điện tử ghi dạng ten@coquan.vn."),
    }
    return {
        field: sentence
        for field, sentence in problems.items()
        if person is None or getattr(person, field) != getattr(facts, field)
    }


def _code_problem(session: orm.Session, code: str, person: Person | None) -> str | None:
    if not CODE.fullmatch(code):
        return "Mã gồm tối đa 40 chữ, chữ số, dấu chấm, gạch nối, gạch chéo."
    holder = session.scalar(sa.select(Person).where(Person.code == code))
    return None if holder in {None, person} else f"Mã “{code}” đã dùng cho đồng chí {holder}."


def _unless(pattern: re.Pattern[str], text: str, sentence: str) -> str | None:
    return None if not text or pattern.fullmatch(text) else sentence


def _leave(session: orm.Session, actor: Actor, person: Person, day: date) -> None:
    require_over_all_posts(session, actor, person)
    account = account_of(session, person.id)
    require_other_admin(session, person.id, day)
    end_all(session, Appointment.person_id == person.id, day)
    if account and day <= today() and not account.disabled_at:
        shut(session, actor, account)
