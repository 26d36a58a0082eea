"""Sending one letter: the only work with an effect outside the database (design: reliability 6).

The letter may go twice where the process dies between the server's yes and the commit; nothing else repeats.
"""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.mailing import MailBox, mail_boxes
from core.notices.models import Mail, MailPreference, MailState
from core.notices.smtp import AddressRefused, Letter, LetterRefused, send
from jobs.contract import Effect, JobFacts, Progress
from tenants.clock import now
from tenants.mail_settings import MailSettings
from tenants.scope import new_row, transaction
from tenants.settings import Settings

FRESH: Final = timedelta(hours=20)
"""A day's letter that has waited longer is overtaken by the next one."""

_server: MailSettings | None = None
_address = ""


class MailOff(Exception):
    """This process knows no mail server; one that does may try later."""


def connect(settings: Settings) -> None:
    """Set the mail server and the address of the product for the work of this process."""
    global _server, _address
    _server, _address = settings.mail, settings.address


def link_to(path: str) -> str | None:
    """The whole address of a page for a letter; None where mail is off."""
    return f"{_address}{path}" if _server else None


def send_mail(job: JobFacts, progress: Progress) -> Effect:
    """Hand the letter to the server unless it was sent, is stale, or the person takes no mail any more."""
    with transaction() as session:
        mail = session.get_one(Mail, job.subject_id)
        box = mail_boxes(session, [mail.person_id]).get(mail.person_id)
        mail.attempts += 1
    if mail.state is not MailState.WAITING:
        return lambda _session: None
    if now() - mail.posted_at > FRESH or box is None or not box.takes_mail:
        return lambda session: _end(session, mail, MailState.EXPIRED)
    progress("Đang gửi thư", 50)
    return _sent(mail, box)


def _sent(mail: Mail, box: MailBox) -> Effect:
    if _server is None:
        raise MailOff
    try:
        send(_server, Letter(str(mail.id), box.address, mail.subject, mail.text, mail.html, mail.posted_at))
    except AddressRefused:
        return lambda session: _refused(session, mail, box.address)
    except LetterRefused:
        return lambda session: _end(session, mail, MailState.REFUSED)
    return lambda session: _end(session, mail, MailState.SENT)


def _end(session: orm.Session, mail: Mail, state: MailState) -> None:
    ended = sa.update(Mail).where(Mail.id == mail.id, Mail.state == MailState.WAITING)
    session.execute(ended.values(state=state, ended_at=now()))


def _refused(session: orm.Session, mail: Mail, address: str) -> None:
    """Keep on the person's record that the address is of no use; another address is tried again."""
    _end(session, mail, MailState.REFUSED)
    said = {"refused_address": address, "refused_at": now()}
    keep = insert(MailPreference).values(new_row(person_id=mail.person_id, **said))
    session.execute(keep.on_conflict_do_update(index_elements=["tenant_id", "person_id"], set_=said))
