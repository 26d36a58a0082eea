"""Exchanging visits: asked, accepted, approved, undone; both calendars move (product R06, R07)."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import orm

from core.notices.work import post
from core.rotation.by_hand import OPEN_SWAPS, Swap, SwapState
from core.rotation.days import secretaries_of
from core.rotation.loading import load_problem, standing_visits
from core.rotation.models import Official, Rotation, Visit
from core.rotation.promises import promise, take_back
from core.rotation.solving.facts import PlannedVisit as Assignment
from core.rotation.solving.swaps import exchanged, hindrances, partners
from core.rotation.visiting import own_visit
from tenants.access import Actor, NotFound, Permission, require
from tenants.accounts import holders
from tenants.audit import record
from tenants.clock import now, today
from tenants.scope import lock_in_tenant
from tenants.vietnamese import nfc

SWAPPED = "Hai đồng chí đổi lượt dự"
MOST_PARTNERS = 12


class SwapError(Exception):
    """The step is not possible; the text is for the person."""


def as_assignment(visit: Visit) -> Assignment:
    """The visit as the solver's fact."""
    return Assignment(str(visit.official_id), str(visit.cell_id), visit.month, visit.meets_on)


def partners_for(session: orm.Session, visit: Visit) -> tuple[Visit, ...]:
    """Visits of others for which this one may be exchanged without breaking a rule; nearest first."""
    rotation = session.get_one(Rotation, visit.rotation_id)
    problem, visits = load_problem(session, rotation), standing_visits(session, rotation)
    found = partners(problem, visits, as_assignment(visit), today(), MOST_PARTNERS)
    place = {(UUID(v.official), UUID(v.cell), v.month): at for at, v in enumerate(found)}
    query = sa.select(Visit).where(Visit.rotation_id == rotation.id, Visit.settled_at.is_(None))
    key = sa.tuple_(Visit.official_id, Visit.cell_id, Visit.month)
    names = (orm.joinedload(Visit.cell), orm.joinedload(Visit.official).joinedload(Official.person))
    rows = session.scalars(query.where(key.in_(place)).options(*names))
    return tuple(sorted(rows, key=lambda row: place[row.official_id, row.cell_id, row.month]))


def ask(session: orm.Session, actor: Actor, visit: Visit, other: Visit, reason: str) -> Swap:
    """Ask another official to exchange his visit for the actor's own. Raises SwapError."""
    require(actor, Permission.VISITS_REPORT)
    own_visit(actor, visit)
    if not reason.strip():
        raise SwapError("Xin ghi lý do; đồng chí được đề nghị và người duyệt sẽ đọc được.")
    lock_in_tenant(session, "swap")
    _require_open(session, visit, other)
    _require_possible(session, visit, other)
    swap = Swap(visit_id=visit.id, other_visit_id=other.id, reason=nfc(reason.strip()))
    session.add(swap)
    session.flush()
    record(session, actor, "swap:ask", swap)
    text = f"Đồng chí {visit.official} đề nghị đổi: {_words(visit)} lấy {_words(other)} của đồng chí."
    _post(session, swap, {other.official.person_id: text})
    return swap


def _words(visit: Visit) -> str:
    return f"{visit.cell} ngày {visit.meets_on:%d/%m/%Y}"


def _post(session: orm.Session, swap: Swap, told: dict[UUID, str], url: str = "/visits/swaps") -> None:
    post(session, told, "swap", f"swap:{swap.id}:{swap.state}", url)


def _require_open(session: orm.Session, *visits: Visit, apart_from: UUID | None = None) -> None:
    for visit in visits:
        session.refresh(visit, with_for_update={"of": Visit})
        if visit.cancelled_at or visit.settled_at or visit.meets_on < today():
            raise SwapError(f"Lượt dự {_words(visit)} không còn đổi được.")
    ids = [visit.id for visit in visits]
    busy = sa.select(Swap.id).where(
        Swap.state.in_(OPEN_SWAPS), sa.or_(Swap.visit_id.in_(ids), Swap.other_visit_id.in_(ids))
    )
    if [found for found in session.scalars(busy) if found != apart_from]:
        raise SwapError("Một trong hai lượt dự đang chờ đổi; xin đợi trả lời hoặc rút đề nghị trước.")


def _require_possible(session: orm.Session, visit: Visit, other: Visit) -> None:
    if visit.rotation_id != other.rotation_id or visit.official_id == other.official_id:
        raise SwapError("Hai lượt dự này không đổi cho nhau được.")
    if (visit.cell_id, visit.month) == (other.cell_id, other.month):
        raise SwapError("Hai đồng chí cùng dự buổi này; đổi cho nhau không thay đổi gì.")
    rotation = session.get_one(Rotation, visit.rotation_id)
    broken = hindrances(
        load_problem(session, rotation), standing_visits(session, rotation),
        as_assignment(visit), as_assignment(other),
    )  # fmt: skip
    if broken:
        raise SwapError(f"Không đổi được: {broken[0].sentence_vi}")


def _locked(session: orm.Session, swap: Swap, *states: SwapState) -> None:
    lock_in_tenant(session, "swap")
    session.refresh(swap, with_for_update={"of": Swap})
    if swap.state not in states:
        raise SwapError(f"Đề nghị này đã ở bước khác: {swap.state.label.lower()}.")


def answer(session: orm.Session, actor: Actor, swap: Swap, accepted: bool, words: str = "") -> None:
    """The asked official accepts or declines; accepted, it waits for the coordinators. Raises SwapError."""
    require(actor, Permission.VISITS_REPORT)
    own_visit(actor, swap.other)
    _locked(session, swap, SwapState.ASKED)
    if accepted:
        _require_open(session, swap.visit, swap.other, apart_from=swap.id)
    swap.state = SwapState.ACCEPTED if accepted else SwapState.DECLINED
    swap.answer, swap.answered_at = nfc(words.strip()), now()
    record(session, actor, f"swap:{'accept' if accepted else 'decline'}", swap)
    said = "nhận đổi, đang chờ duyệt" if accepted else "không nhận đổi"
    _post(session, swap, {swap.visit.official.person_id: f"Đồng chí {swap.other.official} {said}."})
    if accepted:
        text = f"Chờ duyệt đổi lượt dự: {_words(swap.visit)} và {_words(swap.other)}."
        _post(session, swap, dict.fromkeys(_deciders(session, swap), text), f"/swaps/{swap.id}")


def _deciders(session: orm.Session, swap: Swap) -> set[UUID]:
    over = [holders(session, Permission.SWAPS_DECIDE, at=v.cell.tree_path) for v in (swap.visit, swap.other)]
    return over[0] & over[1] - {swap.visit.official.person_id, swap.other.official.person_id}


def withdraw(session: orm.Session, actor: Actor, swap: Swap) -> None:
    """Take one's own question back before it is decided. Raises SwapError."""
    require(actor, Permission.VISITS_REPORT)
    own_visit(actor, swap.visit)
    _locked(session, swap, *OPEN_SWAPS)
    swap.state, swap.decided_at = SwapState.WITHDRAWN, now()
    record(session, actor, "swap:withdraw", swap)
    _post(
        session, swap, {swap.other.official.person_id: f"Đồng chí {swap.visit.official} đã rút đề nghị đổi."}
    )


def decide(session: orm.Session, actor: Actor, swap: Swap, approved: bool, words: str = "") -> None:
    """Approve what both agreed on, and the visits change over; or refuse with a reason. Raises SwapError."""
    _require_over(actor, swap)
    _locked(session, swap, SwapState.ACCEPTED)
    if not approved and not words.strip():
        raise SwapError("Xin ghi lý do không duyệt; hai đồng chí sẽ đọc được.")
    if approved:
        _require_open(session, swap.visit, swap.other, apart_from=swap.id)
        _require_possible(session, swap.visit, swap.other)
        _carry_out(session, swap, back=False)
    swap.state = SwapState.APPROVED if approved else SwapState.REFUSED
    swap.answer = nfc(words.strip()) or swap.answer
    swap.decided_at, swap.decided_by = now(), actor.account_id
    record(session, actor, f"swap:{'approve' if approved else 'refuse'}", swap)
    _tell_both(session, swap, "đã được duyệt" if approved else f"không được duyệt: {swap.answer}")


def undo(session: orm.Session, actor: Actor, swap: Swap) -> None:
    """Change the visits back, until the day before the first of the two. Raises SwapError."""
    _require_over(actor, swap)
    _locked(session, swap, SwapState.APPROVED)
    if today() >= cut_off(swap):
        raise SwapError("Đã đến ngày của lượt dự đầu nên không hoàn tác được nữa.")
    _carry_out(session, swap, back=True)
    swap.state, swap.decided_at, swap.decided_by = SwapState.UNDONE, now(), actor.account_id
    record(session, actor, "swap:undo", swap)
    _tell_both(session, swap, "đã hoàn tác; hai đồng chí dự như lịch cũ")


def _require_over(actor: Actor, swap: Swap) -> None:
    for visit in (swap.visit, swap.other):
        require(actor, Permission.SWAPS_DECIDE, visit.cell.tree_path)


def cut_off(swap: Swap) -> date:
    """The day from which an exchange cannot be undone: that of the first of its two visits."""
    return min(swap.visit.meets_on, swap.other.meets_on)


def _carry_out(session: orm.Session, swap: Swap, back: bool) -> None:
    before = as_assignment(swap.visit), as_assignment(swap.other)
    gone, come = (exchanged(*before), before) if back else (before, exchanged(*before))
    if take_back(session, swap.visit.rotation_id, gone, SWAPPED) < len(gone):
        raise SwapError("Một trong hai lượt dự đã đổi từ đó nên không hoàn tác được; xin điều chỉnh lịch.")
    promise(session, swap.visit.rotation_id, come)
    session.expire_all()


def _tell_both(session: orm.Session, swap: Swap, said: str) -> None:
    text = f"Việc đổi lượt dự {_words(swap.visit)} và {_words(swap.other)} {said}."
    both = (swap.visit.official.person_id, swap.other.official.person_id)
    _post(session, swap, dict.fromkeys(both, text))
    if swap.state is not SwapState.REFUSED:
        cells = {person for v in (swap.visit, swap.other) for person in secretaries_of(session, v.cell)}
        _post(session, swap, dict.fromkeys(cells - set(both), f"{text} Đồng chí về dự chi bộ có thay đổi."))


def own_swap(actor: Actor, swap: Swap) -> Swap:
    """The swap if the actor is one of the two officials; NotFound otherwise."""
    if actor.person_id not in (swap.visit.official.person_id, swap.other.official.person_id):
        raise NotFound
    return swap
