"""The seal covers everything an envelope says (core/exchange/envelope; design: security 14)."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.exchange.envelope import GENESIS, BrokenSealError, Envelope, check_seal

SENT = datetime(2026, 4, 5, 1, 12, tzinfo=UTC)
BODY = {"period": "2026-Q1", "figures": {"assigned": 12, "names": ["Đảng bộ xã"]}, "version": 1}
ENVELOPE = Envelope(
    UUID(int=1), "report", UUID(int=2), "Đảng bộ huyện", UUID(int=3), "Kết quả quý I", BODY, 1, SENT, GENESIS
)
OTHERS: dict[str, Any] = {
    "id": UUID(int=9), "kind": "plan", "sender_id": UUID(int=9), "receiver_id": UUID(int=9),
    "subject": "Kết quả quý II", "body": BODY | {"version": 2}, "number": 2,
    "sent_at": SENT + timedelta(microseconds=1), "previous_sha256": "f" * 64, "answers_id": UUID(int=9),
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("field", sorted(OTHERS))
def test_any_changed_field_breaks_the_seal(field: str) -> None:
    changed = replace(ENVELOPE, **{field: OTHERS[field]})
    with pytest.raises(BrokenSealError):
        check_seal(changed, ENVELOPE.sha256)


def test_every_field_but_the_sender_s_name_is_sealed() -> None:
    assert {field.name for field in fields(Envelope)} - OTHERS.keys() == {"sender_name"}
    check_seal(replace(ENVELOPE, sender_name="Đảng bộ huyện (tên mới)"), ENVELOPE.sha256)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.dictionaries(st.text(), JSON, max_size=4))
def test_two_bodies_share_a_seal_only_when_they_say_the_same(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    seals = {replace(ENVELOPE, body=body).sha256 for body in (one, other)}
    assert (len(seals) == 1) == (repr(sorted_deep(one)) == repr(sorted_deep(other)))


def test_the_order_of_keys_does_not_matter() -> None:
    turned = replace(ENVELOPE, body=dict(reversed(BODY.items())))
    check_seal(turned, ENVELOPE.sha256)


def test_each_seal_holds_the_one_before() -> None:
    second = replace(ENVELOPE, number=2, previous_sha256=ENVELOPE.sha256)
    forged = replace(ENVELOPE, subject="Kết quả khác")
    assert replace(second, previous_sha256=forged.sha256).sha256 != second.sha256


def sorted_deep(value: Any) -> Any:
    if isinstance(value, dict):
        return [(key, sorted_deep(value[key])) for key in sorted(value)]
    return [sorted_deep(part) for part in value] if isinstance(value, list) else value
