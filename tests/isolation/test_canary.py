"""The canary: a word of one tenant never turns up with another, nor with the operator, in a log or in Redis.

What a dispatch carries is the one exception: the public word of a plan comes down to every tenant below, and
that of an answer or a report goes to its receiver (design: security 19, 77-79, 89).
"""

import io
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import openpyxl
import pypdfium2
import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from core.documents.models import Artifact
from core.notices.models import Job, JobKind, TenantHealth
from core.notices.work import owe
from jobs import queue
from jobs.run import run_pending
from tenants import logs
from tenants.scope import across_tenants, transaction
from tenants.settings import Settings
from tests.isolation.crawling import Crawler
from tests.isolation.matrix import ANYONE, MATRIX, SIGNED_IN, expected
from tests.isolation.world import (
    CHILD,
    CODES,
    LOGINS,
    OWN,
    PARENT,
    SIBLING,
    STRANGER,
    World,
    private,
    public,
    scoped,
    told,
)

WORD = re.compile(r"zq[a-z]+?qz|wk[a-z]+?kw|hs[a-z]+?sh")
ABOVE = {PARENT: set[str](), OWN: {PARENT}, SIBLING: {PARENT}, CHILD: {OWN, PARENT}, STRANGER: set[str]()}
BELOW = {PARENT: {OWN, SIBLING}, OWN: {CHILD}, SIBLING: set[str](), CHILD: set[str](), STRANGER: set[str]()}
EXPORTS = [e for e in MATRIX if e.endswith(".export") and "POST" in MATRIX[e].answers]
READERS = [f"{code}.{login}" for code in CODES for login in ("admin", "official")]
READERS += [f"{OWN}.{login}" for login in LOGINS if login not in ("admin", "official")]
LISTS = [
    e
    for e in MATRIX
    if e.endswith((".index_view", ".ajax_lookup", ".index", ".tree", ".officials", ".cells"))
]


@pytest.fixture
def log(office: Flask) -> Iterator[io.StringIO]:
    """What the product logs, as it is set up in production."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers.clear()
    written = io.StringIO()
    logs.configure("INFO", written)
    yield written
    root.handlers[:], root.level = before, level


@pytest.fixture
def bell(settings: Settings) -> Iterator[redis.Redis]:
    """Redis as the product's limited user, emptied of the product's keys before and after."""
    with redis.Redis.from_url(settings.redis_url) as client:
        for _time in range(2):
            for key in client.scan_iter("rq:*"):
                client.delete(key)
            if not _time:
                yield client


def sheet_text(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_range() for page in document]
    return "\n".join(pages)


def text_of(answer: TestResponse) -> str:
    """Everything an answer says: its headers, and its body whatever its format."""
    kind = answer.mimetype or ""
    reader: Callable[[bytes], str] = (
        pdf_text if kind == "application/pdf" else sheet_text if "spreadsheet" in kind else bytes.decode
    )
    return f"{answer.headers}\n{reader(answer.get_data())}"


def allowed(code: str) -> set[str]:
    """The words that may turn up with a tenant."""
    shared = {public(other) for other in {code} | ABOVE[code] | BELOW[code]}
    return {
        private(code),
        *shared,
        *(told(other) for other in CODES if other == code or code in ABOVE[other]),
    }


def answers_to(crawler: Crawler, who: str) -> Iterator[tuple[str, str]]:
    """What every page and export says to a person about the own samples."""
    code, _, login = who.partition(".")
    for endpoint, line in MATRIX.items():
        method = "POST" if endpoint in EXPORTS else "GET"
        if (
            method in line.answers
            and line.asks != ANYONE
            and expected(line, method, login, foreign=False) == 200
        ):
            answer = crawler.ask(endpoint, method, who, code)
            assert answer.status_code == 200 or code in (PARENT, STRANGER), endpoint
            yield endpoint, text_of(answer)


@pytest.mark.parametrize("who", READERS)
def test_nobody_reads_a_word_of_another_tenant(who: str, crawler: Crawler, log: io.StringIO) -> None:
    code, login = who.split(".")
    found = {endpoint: set(WORD.findall(text)) for endpoint, text in answers_to(crawler, who)}
    assert {e: words for e, words in found.items() if words - allowed(code)} == {}
    own = [endpoint for endpoint, words in found.items() if private(code) in words]
    assert len(own) > {"admin": 45, "officer": 30, "standing": 25, "base-officer": 15, "secretary": 10}.get(
        login, 3
    )
    assert WORD.findall(log.getvalue()) == []


def test_a_search_for_everything_finds_the_own_alone(crawler: Crawler, world: World) -> None:
    for endpoint in LISTS:
        if MATRIX[endpoint].answers.get("GET") == 200 and not str(MATRIX[endpoint].asks).startswith(
            "platform"
        ):
            who = f"{OWN}.official" if endpoint == "visits.index" else f"{OWN}.admin"
            for term in ("zq", "hs"):
                answer = crawler.ask(
                    endpoint, "GET", who, OWN, query={"q": term, "search": term, "query": term}
                )
                assert set(WORD.findall(text_of(answer))) <= allowed(OWN), endpoint


def test_the_operator_reads_no_word_of_any_tenant(crawler: Crawler) -> None:
    seen = 0
    for endpoint, line in MATRIX.items():
        if "GET" in line.answers and (line.asks == SIGNED_IN or str(line.asks).startswith("platform")):
            answer = crawler.ask(endpoint, "GET", "operator", OWN)
            assert WORD.findall(answer.text) == [], endpoint
            seen += answer.status_code == 200
    assert seen >= 8


def test_what_the_platform_may_read_holds_no_word(world: World, urls: object) -> None:
    with across_tenants("a test"), transaction() as session:
        for kind in (Job, TenantHealth):
            rows = session.scalars(sa.text(f"SELECT row_to_json(t)::text FROM {kind.__tablename__} t")).all()
            assert len(rows) >= len(CODES)
            assert WORD.findall("\n".join(rows)) == []
        for table in ("tenant", "platform_entry", "web_session", "heartbeat", "sign_in_failure", "operator"):
            rows = session.scalars(sa.text(f"SELECT row_to_json(t)::text FROM {table} t")).all()
            assert WORD.findall("\n".join(rows)) == []


def test_the_words_are_in_the_files_of_their_own_tenant(world: World, urls: object) -> None:
    for code in CODES:
        with scoped(world, code) as session:
            said = "\n".join(pdf_text(file.content) for file in session.scalars(sa.select(Artifact)))
        words = set(WORD.findall(said))
        assert public(code) in words
        assert words <= allowed(code)


def test_a_dispatch_carries_no_private_word(world: World, urls: object) -> None:
    for code in CODES:
        with scoped(world, code) as session:
            bodies = session.scalars(sa.text("SELECT row_to_json(d)::text FROM dispatch d")).all()
        words = set(WORD.findall("\n".join(bodies)))
        assert words <= allowed(code) - {private(code)}
        assert words


def test_jobs_leave_no_word_in_logs_or_in_redis(
    world: World, crawler: Crawler, bell: redis.Redis, log: io.StringIO
) -> None:
    for code in CODES:
        admin = world.cast.actor(f"{code}.admin")
        with world.cast.session(code) as session:
            for kind, sample in ((JobKind.CONSOLIDATE, "report"), (JobKind.CHECK_ROSTER, "upload")):
                key = world.sample(code, sample)
                owe(session, admin, kind, f"again {kind}", UUID(key), as_of="2026-04-10")
    rung = "\n".join(_dump(bell, key) for key in bell.scan_iter("*"))
    assert rung.count(queue.RUN_JOB) >= 2 * len(CODES)
    assert WORD.findall(rung) == []
    for code in CODES:
        with world.cast.scope(code):
            assert run_pending()
    assert "consolidate" in log.getvalue()
    assert WORD.findall(log.getvalue()) == []


def _dump(client: redis.Redis, key: bytes | str) -> str:
    readers: dict[Any, Callable[[bytes | str], object]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"zset": lambda name: client.zrange(name, 0, -1),
    }
    kept = readers[client.type(key)](key)
    values = [*kept, *kept.values()] if isinstance(kept, dict) else kept if isinstance(kept, list) else [kept]
    return " ".join(_unpacked(value) for value in (key, *values))


def _unpacked(value: object) -> str:
    """RQ packs a message's data."""
    with suppress(zlib.error, TypeError):
        return zlib.decompress(value).decode()  # type: ignore[arg-type]
    return str(value)
