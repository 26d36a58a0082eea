"""What a handler is given and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import orm

from core.notices.models import JobKind


class LeaseLost(Exception):
    """Another claim holds the job: stop, nothing done here will be kept."""


@dataclass(frozen=True)
class JobFacts:
    """A claimed job. `fence` numbers the claim: only the last one may finish."""

    id: UUID
    tenant_id: UUID
    kind: JobKind
    subject_id: UUID | None
    args: Mapping[str, Any]
    requested_by: UUID | None
    fence: int


class Progress(Protocol):
    """Tell how far the work is, in Vietnamese words and percent; renews the lease.

    Raises LeaseLost where another claim has taken the job.
    """

    def __call__(self, stage: str, percent: int) -> None: ...


Effect = Callable[[orm.Session], None]
"""What the job changes, written in the very transaction that marks it done: exactly once."""

Handler = Callable[[JobFacts, Progress], Effect]
"""Reads and computes inside the tenant's scope, in short transactions of its own; may run twice."""
