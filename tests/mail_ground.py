"""A real mail server on loopback, and people who take mail."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from jobs import mail
from tenants.mail_settings import MailSettings
from tenants.models import Person
from tests.cast import Cast

SENDER = "nhac-viec@example.vn"


@dataclass
class Received:
    """What the server took, and what it answers instead of taking it (by recipient, or to any letter)."""

    letters: list[EmailMessage] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    at_data: str = "250 OK"
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take or refuse the letter."""
        if self.at_data.startswith("250"):
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.letters.append(message_from_bytes(content, policy=policy.default))
        return self.at_data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mail_server(**options: Any) -> Iterator[Received]:
    """An SMTP server on a free port of loopback."""
    received = Received(port=_free_port())
    controller = Controller(received, hostname="127.0.0.1", port=received.port, **options)
    controller.start()
    try:
        yield received
    finally:
        controller.stop()


def settings_of(received: Received, **changes: Any) -> MailSettings:
    """How the product reaches it."""
    return replace(MailSettings("127.0.0.1", received.port, SENDER, security="none"), **changes)


@contextmanager
def connected_to(settings: MailSettings | None, address: str = "https://example.vn") -> Iterator[None]:
    """This process sends by that server; what it was on before comes back afterwards."""
    before = mail._server, mail._address
    mail._server, mail._address = settings, address
    try:
        yield
    finally:
        mail._server, mail._address = before


def give_address(cast: Cast, who: str, address: str) -> None:
    """Write a person's address into the roster."""
    with cast.session(who) as session:
        session.get_one(Person, cast.actor(who).person_id).email = address
