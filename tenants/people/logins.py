"""People's accounts: opened, invited, shut (design: security 46, 54)."""

import re

import sqlalchemy as sa
from sqlalchemy import orm

from tenants.access import Actor
from tenants.accounts import end_all_sessions, invite
from tenants.audit import record
from tenants.clock import now, today
from tenants.models import Account, Invitation, Person
from tenants.people.posts import account_of, require_other_admin, require_over_all_posts
from tenants.people.problems import refuse

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


def create_account(session: orm.Session, actor: Actor, person: Person, login: str) -> str:
    """Open a person's account; returns the one-time token of the link by which he chooses a password.

    Raises NotAllowed, or PeopleError.
    """
    require_over_all_posts(session, actor, person)
    name = login.strip().lower()
    refuse({"login": _login_problem(session, person, name)})
    account = Account(person_id=person.id, login=name)
    session.add(account)
    session.flush()
    record(session, actor, "account:open", account)
    return invite(session, account)


def _login_problem(session: orm.Session, person: Person, login: str) -> str | None:
    if not LOGIN.fullmatch(login):
        return "Tên đăng nhập gồm 3–40 chữ thường không dấu, chữ số, dấu chấm, gạch nối."
    if person.left_on:
        return f"Đồng chí {person.full_name} đã chuyển đi."
    if account_of(session, person.id):
        return f"Đồng chí {person.full_name} đã có tài khoản."
    taken = session.scalar(sa.select(Account.id).where(Account.login == login))
    return f"Tên đăng nhập “{login}” đã có người dùng; xin chọn tên khác." if taken else None


def invite_again(session: orm.Session, actor: Actor, account: Account) -> str:
    """A new one-time token, which makes earlier ones worthless.

    Raises NotAllowed, or PeopleError where the account is disabled.
    """
    require_over_all_posts(session, actor, account.person)
    shut_first = "Tài khoản đang khóa; xin mở khóa trước khi gửi liên kết."
    refuse({"login": shut_first if account.disabled_at else None})
    _forget_invitations(session, account)
    record(session, actor, "account:invite", account)
    return invite(session, account)


def _forget_invitations(session: orm.Session, account: Account) -> None:
    unused = sa.update(Invitation).where(Invitation.account_id == account.id, Invitation.used_at.is_(None))
    session.execute(unused.values(used_at=now()))


def disable_account(session: orm.Session, actor: Actor, account: Account) -> None:
    """Shut an account: signed out everywhere at once, its links worthless.

    Raises NotAllowed, or PeopleError for one's own and for the last admin's.
    """
    require_over_all_posts(session, actor, account.person)
    own = account.id == actor.account_id
    refuse({"login": "Đồng chí không tự khóa tài khoản của mình được." if own else None})
    require_other_admin(session, account.person_id, today())
    shut(session, actor, account)


def shut(session: orm.Session, actor: Actor, account: Account) -> None:
    """Shut an account without asking."""
    account.disabled_at = now()
    session.flush()
    end_all_sessions(session, account.id)
    _forget_invitations(session, account)
    record(session, actor, "account:disable", account)


def enable_account(session: orm.Session, actor: Actor, account: Account) -> None:
    """Let a disabled account sign in again. Raises NotAllowed, or PeopleError where its person has left."""
    require_over_all_posts(session, actor, account.person)
    gone = account.person.left_on and account.person.left_on <= today()
    refuse({"login": "Đồng chí này đã chuyển đi; không mở khóa được." if gone else None})
    account.disabled_at = None
    record(session, actor, "account:enable", account)
