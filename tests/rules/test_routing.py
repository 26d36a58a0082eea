"""To whom a unit's work goes, whatever the departments are called (domain: rules, routing)."""

import pytest

from core.plans.content import Route
from core.plans.routing import addressee

ROUTE = Route("r", "cells", "Thường trực Huyện ủy", "Ban Tuyên giáo Huyện ủy", "propaganda")


@pytest.mark.parametrize(
    ("departments", "words"),
    [
        ({}, "Thường trực Huyện ủy, qua Ban Tuyên giáo Huyện ủy"),
        ({"propaganda": "Ban TG-DV"}, "Thường trực Huyện ủy, qua Ban TG-DV"),
        ({"party_building": "Ban XDĐ"}, "Thường trực Huyện ủy, qua Ban XDĐ"),
        ({"party_building": "Ban XDĐ", "propaganda": "Ban TG"}, "Thường trực Huyện ủy, qua Ban TG"),
        ({"office": "Văn phòng"}, "Thường trực Huyện ủy, qua Ban Tuyên giáo Huyện ủy"),
    ],
)
def test_a_function_finds_its_department_whatever_it_is_called(
    departments: dict[str, str], words: str
) -> None:
    assert addressee(ROUTE, departments) == words


def test_party_building_does_not_take_over_the_office() -> None:
    office = Route("r", "cells", "Thường trực", "", "office")
    assert addressee(office, {"party_building": "Ban XDĐ"}) == "Thường trực"


def test_what_is_not_sent_on_has_no_addressee() -> None:
    assert addressee(None, {"propaganda": "Ban TG"}) == ""
