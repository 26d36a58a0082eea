"""What passes between tenants, pure: sealed with a hash that chains to the sender's last one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.data import digest

GENESIS = "0" * 64


class BrokenSealError(Exception):
    """The content is not what was sealed."""


@dataclass(frozen=True)
class Envelope:
    """A dispatch as it travels: `number` counts the sender's dispatches to this receiver from 1."""

    id: UUID
    kind: str
    sender_id: UUID
    sender_name: str
    receiver_id: UUID
    subject: str
    body: dict[str, Any]
    number: int
    sent_at: datetime
    previous_sha256: str
    answers_id: UUID | None = None

    @property
    def sha256(self) -> str:
        """The seal: over everything in the envelope, the previous seal included."""
        return digest(
            {
                "id": str(self.id),
                "kind": self.kind,
                "from": str(self.sender_id),
                "to": str(self.receiver_id),
                "subject": self.subject,
                "body": self.body,
                "number": self.number,
                "sent_at": self.sent_at.isoformat(),
                "previous": self.previous_sha256,
                "answers": str(self.answers_id or ""),
            }
        )


def check_seal(envelope: Envelope, sha256: str) -> None:
    """Raise BrokenSealError unless the content still carries its seal."""
    if envelope.sha256 != sha256:
        raise BrokenSealError(str(envelope.id))
