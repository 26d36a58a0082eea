"""Every page, method, role and whose object: who gets in, who finds nothing there (design: security 12)."""

import pytest
import sqlalchemy as sa
from flask import Flask

from admin.security import rule_of
from tests.isolation.crawling import Crawler, checksums, known_to_own, undone
from tests.isolation.matrix import ANYONE, MATRIX, ROLES, SIGNED_IN, expected
from tests.isolation.world import OWN, RELATIONS, World

CASES = [(endpoint, method) for endpoint, line in MATRIX.items() for method in line.answers]
VISITORS = ("", "operator", *(f"{OWN}.{login}" for login in ROLES if login != "operator"))


def test_every_page_has_a_line_and_every_line_a_page(office: Flask) -> None:
    served: dict[str, set[str]] = {}
    for rule in office.url_map.iter_rules():
        served.setdefault(rule.endpoint, set()).update((rule.methods or set()) - {"HEAD", "OPTIONS"})
    assert {endpoint: set(line.answers) for endpoint, line in MATRIX.items()} == served


@pytest.mark.parametrize("endpoint", MATRIX)
def test_a_line_asks_what_its_page_declares(endpoint: str, office: Flask) -> None:
    rule = rule_of(office, endpoint)
    assert rule is not None
    assert MATRIX[endpoint].asks == (ANYONE if rule.public else rule.permission or SIGNED_IN)


@pytest.mark.parametrize(("endpoint", "method"), CASES)
def test_each_role_is_answered_as_the_matrix_says(
    endpoint: str, method: str, crawler: Crawler, before: object
) -> None:
    line, wrong = MATRIX[endpoint], {}
    with undone():
        for who in VISITORS:
            answer = crawler.ask(endpoint, method, who, OWN)
            wanted = expected(line, method, who.rpartition(".")[2], foreign=False)
            if answer.status_code != wanted:
                wrong[who] = (answer.status_code, wanted)
            elif not who and wanted == 302 and line.asks != ANYONE:
                assert answer.location.startswith("/sign-in")
    assert wrong == {}


@pytest.mark.parametrize(
    ("endpoint", "method"),
    [case for case in CASES if MATRIX[case[0]].samples and case[0] != "signin.invitation"],
)
def test_what_belongs_to_another_tenant_is_not_there(
    endpoint: str, method: str, crawler: Crawler, world: World, before: object
) -> None:
    line, wrong = MATRIX[endpoint], {}
    for relation, code in RELATIONS.items():
        if code == OWN or known_to_own(world, line, code) or "any dead job" in line.samples:
            continue
        for who in VISITORS:
            wanted = expected(line, method, who.rpartition(".")[2], foreign=True)
            if relation == "stranger" or (wanted == 404 and who != "operator"):
                status = crawler.ask(endpoint, method, who, code).status_code
                if status != wanted:
                    wrong[relation, who] = (status, wanted)
    assert wrong == {}


def test_other_methods_are_refused(office: Flask, crawler: Crawler) -> None:
    address = office.url_map.bind("localhost")
    for endpoint in MATRIX:
        url = address.build(endpoint, crawler.filled(MATRIX[endpoint].ids, OWN, "admin"))
        offered = set(address.allowed_methods(url))
        assert offered <= {"GET", "HEAD", "OPTIONS", "POST"}, endpoint
        refused = next(method for method in ("POST", "GET", "TRACE") if method not in offered)
        assert crawler.browser(f"{OWN}.admin").open(url, method=refused).status_code == 405, url


def test_reading_and_being_refused_wrote_nothing(
    before: dict[tuple[str, str], str], world: World, engine: sa.Engine
) -> None:
    """Each GET above and each request about a foreign object kept what it wrote: it was nothing."""
    after = checksums(world)
    assert {key for key, digest in before.items() if after[key] != digest} == set()
