"""Petitions: raised at a visit, referred, answered; urgent ones escalate at once (S4-04, S4-17)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import orm

from core.meetings.models import Petition
from core.notices.work import post
from tenants.access import Actor, Permission, Role, require
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import now, today
from tenants.vietnamese import nfc


@dataclass(frozen=True)
class NewPetition:
    """What was asked, in which field, whether it presses, and the answer where it was given on the spot."""

    text: str
    field: str = ""
    urgent: bool = False
    answer: str = ""


class PetitionError(Exception):
    """The step is not possible; the text is for the person."""


def raise_petition(
    session: orm.Session, actor: Actor, visit_id: UUID, cell_id: UUID, new: NewPetition
) -> Petition:
    """Record a petition heard at a visit; an urgent one reaches the standing body at once."""
    petition = Petition(
        visit_id=visit_id, cell_id=cell_id, text=nfc(new.text.strip()), field=new.field, urgent=new.urgent,
        raised_on=today(), answer=nfc(new.answer.strip()) or None,
        answered_at=now() if new.answer.strip() else None,
    )  # fmt: skip
    session.add(petition)
    session.flush()
    record(session, actor, "petition:raise", petition, urgent=new.urgent)
    if new.urgent:
        _escalate(session, petition)
    return petition


def _escalate(session: orm.Session, petition: Petition) -> None:
    petition.escalated_at = now()
    text = f"Nổi cộm tại {petition.cell.name}: {petition.text}"
    told = dict.fromkeys(holders(session, Permission.PETITIONS_ANSWER, leave_out=Role.BASE_OFFICER), text)
    post(session, told, "petition", f"urgent:{petition.id}", f"/petitions/{petition.id}")


def refer(session: orm.Session, actor: Actor, petition: Petition, to: str) -> None:
    """Pass an open petition to a competent body, by name; passing on again is allowed."""
    require(actor, Permission.PETITIONS_ANSWER, petition.cell.tree_path)
    session.refresh(petition, with_for_update=True)
    if petition.answered_at is not None:
        raise PetitionError("Kiến nghị đã được trả lời, không chuyển tiếp nữa.")
    if not to.strip():
        raise PetitionError("Xin ghi cơ quan, đơn vị được chuyển đến.")
    petition.referred_to, petition.referred_at = nfc(to.strip()), now()
    record(session, actor, "petition:refer", petition)


def answer(session: orm.Session, actor: Actor, petition: Petition, text: str) -> None:
    """Answer a petition, once."""
    require(actor, Permission.PETITIONS_ANSWER, petition.cell.tree_path)
    session.refresh(petition, with_for_update=True)
    if petition.answered_at is not None:
        raise PetitionError("Kiến nghị đã được trả lời.")
    if not text.strip():
        raise PetitionError("Xin nhập nội dung trả lời.")
    petition.answer, petition.answered_at = nfc(text.strip()), now()
    record(session, actor, "petition:answer", petition)
