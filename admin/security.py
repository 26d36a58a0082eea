"""What each page asks, and who asks it (design: architecture, rules of the code; security 12, 30, 44, 52).

A view function declares itself with `@page(permission)`, `@signed_in` or `@public`; the app does not
start while one declares nothing. Out of reach is 404, in reach but not allowed 403, nobody signed in
leads to the sign-in page. The tenant comes from the server-side session alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa
from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import orm
from werkzeug.wrappers import Response

from admin.database import db, enter
from tenants.access import Actor, NotFound, Permission, Role, TenantState, require
from tenants.accounts import Identity, find_session, identity_scope, load_actor, load_operator
from tenants.clock import now
from tenants.models import Account, Operator, Tenant, WebSession
from tenants.scope import across_tenants, transaction
from tenants.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
ENROLMENT = frozenset({"account.two_step", "account.confirm", "signin.sign_out"})
SECOND_FACTOR_ROLES = frozenset({Role.OPERATOR, Role.TENANT_ADMIN})
FRESH = timedelta(minutes=15)
LOCAL_PATH = re.compile(r"/(?!/)[A-Za-z0-9/_.~-]*(\?[A-Za-z0-9=&_.,%+~-]*)?")


@dataclass(frozen=True)
class Rule:
    """What a page asks: a permission, or only a signed-in visitor, or nothing; `fresh` asks besides that
    he gave his password a short while ago."""

    permission: Permission | None = None
    public: bool = False
    fresh: bool = False


def _declare(view: View, rule: Rule) -> View:
    view.rule = rule  # type: ignore[attr-defined]
    return view


def page(permission: Permission, *, fresh: bool = False) -> Callable[[View], View]:
    """Declare that a page asks for a right somewhere in the tenant; the service asks at the unit."""
    return lambda view: _declare(view, Rule(permission, fresh=fresh))


def signed_in_freshly(view: View) -> View:
    """Declare a page for whoever is signed in and gave his password a short while ago."""
    return _declare(view, Rule(fresh=True))


def signed_in(view: View) -> View:
    """Declare a page for whoever is signed in: his own account, his own notices."""
    return _declare(view, Rule())


def public(view: View) -> View:
    """Declare a page for everybody."""
    return _declare(view, Rule(public=True))


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """What an endpoint declares; a Flask-Admin view answers for its own methods."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Rule(public=True)
    function = app.view_functions[endpoint]
    owner: Any = getattr(function, "__self__", None)
    if hasattr(owner, "rule_for"):
        rule: Rule | None = owner.rule_for(function.__name__)
        return rule
    return getattr(function, "rule", None)


def require_declarations(app: Flask) -> None:
    """Raise LookupError where a served endpoint declares nothing: the app refuses to start."""
    if bare := sorted(e for e in app.view_functions if rule_of(app, e) is None):
        raise LookupError(f"pages without a declared permission: {bare}")


@dataclass(frozen=True)
class Visitor(UserMixin):
    """Who is signed in on this request, with what every page shows of him and his tenant."""

    actor: Actor
    login: str
    tenant_name: str
    tenant_code: str
    has_second_factor: bool
    must_enrol: bool
    confirmed_at: datetime

    @property
    def title(self) -> str:
        """His roles in words."""
        return ", ".join(dict.fromkeys(grant.role.label for grant in self.actor.grants))

    @property
    def read_only(self) -> bool:
        """Whether his tenant is suspended to reading."""
        return self.actor.state is TenantState.READ_ONLY

    @property
    def full_login(self) -> str:
        """What he signs in with."""
        return f"{self.login}@{self.tenant_code}" if self.tenant_code else self.login


def current_visitor() -> Visitor | None:
    """Who is signed in; None for nobody."""
    return current_user._get_current_object() if current_user and current_user.is_authenticated else None


def current_identity() -> Identity:
    """Whose account the visitor's is; 401 where nobody is signed in."""
    actor = current_actor()
    if actor.account_id is None:
        abort(401)
    return Identity(actor.tenant_id, actor.account_id, None)


def current_actor() -> Actor:
    """The actor to hand to a service; 401 where nobody is signed in."""
    visitor = current_visitor()
    if visitor is None:
        abort(401)
    return visitor.actor


def _live_session(settings: Settings) -> WebSession | None:
    secret = flask.session.get("sid")
    if not isinstance(secret, str):
        return None
    with across_tenants("find a web session"), transaction() as session:
        idle, longest = timedelta(seconds=settings.idle_seconds), timedelta(seconds=settings.session_seconds)
        return find_session(session, secret, idle, longest)


def _identify() -> None:
    """Find the signed-in visitor and enter his scope, before anything else of the request."""
    g.visitor = None
    settings: Settings = current_app.extensions["settings"]
    if (request.endpoint or "").endswith("static") or (row := _live_session(settings)) is None:
        return
    enter(identity_scope(row.home_id, "an operator's request"))
    g.visitor = _member(row, settings) if row.home_id else _operator(row, settings)


def _member(row: WebSession, settings: Settings) -> Visitor | None:
    whose = sa.select(Tenant, Account).join(Account, Account.tenant_id == Tenant.id)
    whose = whose.where(Account.id == row.account_id).options(orm.joinedload(Account.person))
    tenant, account = db.session.execute(whose).one()
    actor = load_actor(db.session, tenant, row.account_id)
    if actor is None or tenant.state is TenantState.LOCKED:
        return None
    return _visitor(row, actor, account, settings, tenant)


def _operator(row: WebSession, settings: Settings) -> Visitor | None:
    operator = db.session.get_one(Operator, row.account_id)
    actor = load_operator(db.session, row.account_id)
    return _visitor(row, actor, operator, settings, None) if actor else None


def _visitor(
    row: WebSession, actor: Actor, account: Account | Operator, settings: Settings, tenant: Tenant | None
) -> Visitor:
    enrolled = bool(account.totp_secret)
    needs = settings.require_totp and any(grant.role in SECOND_FACTOR_ROLES for grant in actor.grants)
    name, code = (tenant.name, tenant.code) if tenant else ("", "")
    must_enrol = needs and not enrolled
    return Visitor(actor, account.login, name, code, enrolled, must_enrol, row.confirmed_at)


def demand(actor: Actor, permission: Permission) -> None:
    """404 across the border between platform and tenants, else 403 unless allowed."""
    if permission.value.startswith("platform:") is not (actor.tenant_id is None):
        raise NotFound
    require(actor, permission)


def _check() -> Response | None:
    """Ask what the page declared, of every request."""
    if request.endpoint is None:
        return None
    rule, visitor = rule_of(current_app, request.endpoint), current_visitor()
    if rule is None:
        abort(404)
    if rule.public:
        return None
    if visitor is None:
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("signin.sign_in", next=local_path(target)))
    if visitor.must_enrol and request.endpoint not in ENROLMENT:
        return redirect(url_for("account.two_step"))
    if rule.permission:
        demand(visitor.actor, rule.permission)
    return _ask_again(visitor) if rule.fresh else None


def _ask_again(visitor: Visitor) -> Response | None:
    """To the password and back, where it was given too long ago (design: security 51).

    A form that was shown may be sent for as long again, so that nothing typed is lost.
    """
    if now() - visitor.confirmed_at <= FRESH * (1 if request.method in {"GET", "HEAD"} else 2):
        return None
    return redirect(url_for("account.confirm", next=_page_shown()))


def _page_shown() -> str | None:
    """The page asked for; of a form that was sent, the page it was on."""
    if request.method in {"GET", "HEAD"}:
        return local_path(request.full_path.rstrip("?"))
    before = urlsplit(request.referrer or "")
    return (
        local_path(before._replace(scheme="", netloc="").geturl()) if before.netloc == request.host else None
    )


def local_path(target: str | None) -> str | None:
    """The target if it is a plain path of this site, else None."""
    return target if target and LOCAL_PATH.fullmatch(target) and target != "/" else None


def _refuse_null() -> None:
    """PostgreSQL keeps no NUL in text; nobody types one."""
    texts = [*request.args.values(), *request.form.values(), *(request.view_args or {}).values()]
    if any("\0" in text for text in texts if isinstance(text, str)):
        abort(400)


def guard(app: Flask) -> None:
    """Identify the visitor, then ask each page's question, before every request."""
    login = LoginManager(app)
    login.session_protection = None
    login.request_loader(lambda _request: g.get("visitor"))
    app.before_request(_identify)
    app.before_request(_check)
    app.before_request(_refuse_null)
