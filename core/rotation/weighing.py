"""The tenant's own order and prices of the soft rules (design: rotation)."""

from collections.abc import Mapping
from dataclasses import asdict, replace

import sqlalchemy as sa
from sqlalchemy import orm

from core.rotation.by_hand import RuleWeights
from core.rotation.solving.facts import Weights
from tenants.access import Actor, Permission, require
from tenants.audit import record
from tenants.clock import now

DEAREST = 100_000_000


class WeightError(Exception):
    """The prices cannot be taken; `problems` maps rule to a Vietnamese sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems


def weights_of(session: orm.Session) -> Weights:
    """The prices in force: the tenant's own, else the usual ones."""
    kept = session.scalar(sa.select(RuleWeights))
    known = asdict(Weights())
    return (
        replace(Weights(), **{rule: n for rule, n in kept.weights.items() if rule in known})
        if kept
        else Weights()
    )


def weight_problems(weights: Mapping[str, int]) -> dict[str, str]:
    """What is wrong with the prices, by rule, in Vietnamese."""
    problems = {
        rule: f"Xin nhập số nguyên từ 0 đến {DEAREST:,}.".replace(",", ".")
        for rule, price in weights.items()
        if not 0 <= price <= DEAREST
    }
    others = sum(price for rule, price in weights.items() if rule != "unmet")
    if not problems and weights.get("unmet", 0) <= others:
        problems["unmet"] = "Điểm của kỳ chưa có lượt dự phải lớn hơn tổng điểm các quy tắc khác cộng lại."
    return problems


def set_weights(session: orm.Session, actor: Actor, weights: Mapping[str, int]) -> None:
    """Keep the prices for the drawings to come. Raises WeightError."""
    require(actor, Permission.CATALOGUES_EDIT)
    if problems := weight_problems(weights):
        raise WeightError(problems)
    kept = session.scalar(sa.select(RuleWeights)) or RuleWeights()
    kept.weights, kept.changed_at = dict(weights), now()
    session.add(kept)
    session.flush()
    record(session, actor, "rule_weights:set", kept, **weights)
