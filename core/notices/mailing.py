"""Who gets mail, and letters owed to them, in the transaction of what they tell (design: reliability 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from core.notices.models import JobKind, Mail, MailPreference
from core.notices.work import owe_for_each
from tenants.access import Actor, NotFound
from tenants.audit import record
from tenants.mail_settings import is_address
from tenants.models import Person, Tenant
from tenants.scope import current_tenant, new_row

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates" / "mails"),
    autoescape=select_autoescape(["html"], default=False),
    undefined=StrictUndefined,
)


@dataclass(frozen=True)
class MailBox:
    """What is known of a person's mail. `refused` says that a server took nothing for this very address."""

    address: str
    wanted: bool
    refused: bool

    @property
    def takes_mail(self) -> bool:
        """Whether a letter to the person would be sent."""
        return self.wanted and is_address(self.address) and not self.refused


def mail_boxes(session: orm.Session, people: Iterable[UUID]) -> dict[UUID, MailBox]:
    """Of those still on the roster. Whoever has not chosen takes mail where he has an address."""
    query = (
        sa.select(Person.id, Person.email, MailPreference.wanted, MailPreference.refused_address)
        .outerjoin(MailPreference, MailPreference.person_id == Person.id)
        .where(Person.id.in_(list(people)), Person.left_on.is_(None))
    )
    rows = session.execute(query)
    return {key: _box(address.strip(), wanted, refused) for key, address, wanted, refused in rows}


def _box(address: str, wanted: bool | None, refused_address: str | None) -> MailBox:
    chosen = bool(address) if wanted is None else wanted
    return MailBox(address, chosen, bool(address) and refused_address == address)


def choose_mail(session: orm.Session, actor: Actor, wanted: bool) -> None:
    """Keep whether the actor wants mail; try an address that was refused again. NotFound for the system."""
    if actor.person_id is None:
        raise NotFound
    said = {"wanted": wanted, "refused_address": "", "refused_at": None}
    keep = insert(MailPreference).values(new_row(person_id=actor.person_id, **said))
    session.execute(keep.on_conflict_do_update(index_elements=["tenant_id", "person_id"], set_=said))
    record(session, actor, "account:mail_on" if wanted else "account:mail_off")


def write_letters(
    session: orm.Session, actor: Actor, told: Mapping[UUID, str], subject: str, dedup_key: str, link: str
) -> int:
    """Owe each person who takes mail his text and a link, once per `dedup_key`; how many letters are new."""
    boxes = mail_boxes(session, told)
    takers = sorted(person_id for person_id, box in boxes.items() if box.takes_mail)
    if not takers:
        return 0
    committee = session.get_one(Tenant, current_tenant()).committee_name
    said = {"subject": subject, "link": link, "committee": committee, "action": "Mở việc của tôi"}
    rows = [
        new_row(person_id=person_id, dedup_key=dedup_key, subject=subject, **_letter(said, told[person_id]))
        for person_id in takers
    ]
    made = session.scalars(insert(Mail).on_conflict_do_nothing().returning(Mail.id), rows).all()
    owe_for_each(session, actor, JobKind.SEND_MAIL, made)
    return len(made)


def _letter(said: Mapping[str, str], text: str) -> dict[str, str]:
    kinds = {"text": "letter.txt", "html": "letter.html"}
    return {kind: _TEMPLATES.get_template(name).render(said, text=text) for kind, name in kinds.items()}
