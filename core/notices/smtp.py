"""Handing one letter to the mail server of the deployment."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from tenants.mail_settings import MailSettings

PATIENCE_SECONDS: Final = 20
FOR_GOOD: Final = 500


class AddressRefused(Exception):
    """The server takes nothing for this address, now or later."""


class LetterRefused(Exception):
    """The server does not take this letter, now or later."""


@dataclass(frozen=True)
class Letter:
    """What is sent to whom; `key` stays the same however often it is sent."""

    key: str
    to: str
    subject: str
    text: str
    html: str
    written_at: datetime


def send(settings: MailSettings, letter: Letter) -> None:
    """Hand the letter over.

    Raises AddressRefused or LetterRefused where trying again is of no use, else smtplib's own or OSError.
    """
    with _connected(settings) as server:
        try:
            server.send_message(_message(settings, letter))
        except smtplib.SMTPRecipientsRefused as refusal:
            if all(code >= FOR_GOOD for code, _words in refusal.recipients.values()):
                raise AddressRefused from None
            raise
        except smtplib.SMTPDataError as refusal:
            if refusal.smtp_code >= FOR_GOOD:
                raise LetterRefused from None
            raise


def answers(settings: MailSettings) -> bool:
    """Whether the server lets this deployment in."""
    try:
        with _connected(settings) as server:
            return bool(server.noop()[0] == 250)
    except (OSError, smtplib.SMTPException):
        return False


@contextmanager
def _connected(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    trust = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=PATIENCE_SECONDS, context=trust
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=PATIENCE_SECONDS)
    with server:
        if settings.security == "starttls":
            server.starttls(context=trust)
        if settings.user:
            server.login(settings.user, settings.password)
        yield server


def _message(settings: MailSettings, letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.sender, letter.to, letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = f"<{letter.key}@{settings.sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
