"""Many rows in one statement say what was put in, whatever it is (core/bulk)."""

from datetime import date

import sqlalchemy as sa

from core.bulk import insert_columns, update_columns
from core.plans.calendars import CalendarDay
from core.plans.workdays import DayKind
from tests.cast import Cast

LABELS = ['"ngoặc" {a,b}', "\\ gạch \\\\ ngược", "", "NULL", "null", " cách ", "dòng\nmới", "ệ’“”"]


def test_texts_days_and_kinds_arrive_as_they_are_in_their_tenant_alone(database: object, cast: Cast) -> None:
    days = [date(2026, 3, number + 1) for number in range(len(LABELS))]
    columns: dict[str, list[object]] = {"day": [*days], "kind": [DayKind.OFF] * len(days), "label": [*LABELS]}
    query = sa.select(CalendarDay.label).order_by(CalendarDay.day)
    with cast.session("huyen-a") as session:
        assert insert_columns(session, CalendarDay, columns) == len(LABELS)
        assert session.scalars(query).all() == LABELS
        ids = session.scalars(sa.select(CalendarDay.id).order_by(CalendarDay.day)).all()
        update_columns(session, CalendarDay, ids, {"label": LABELS[::-1]})
        assert session.scalars(query).all() == LABELS[::-1]
    with cast.session("huyen-b") as session:
        assert session.scalars(query).all() == []


def test_nothing_is_inserted_of_nothing(database: object, cast: Cast) -> None:
    with cast.session("huyen-a") as session:
        assert insert_columns(session, CalendarDay, {"day": [], "kind": [], "label": []}) == 0
