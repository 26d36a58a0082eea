"""One session a request, in the scope of whoever signed in (design: security 1, 5, 11)."""

from contextlib import AbstractContextManager, ExitStack

from flask import Flask, g
from flask_sqlalchemy_lite import SQLAlchemy

from tenants.scope import Scope, Session, TenantSession


class Database(SQLAlchemy):
    """What Flask-Admin and the pages take for their database; it recognises the type and asks `session`."""

    @property
    def session(self) -> TenantSession:
        """The request's session, begun in the request's scope and closed at its end."""
        if "tenant_session" not in g:
            g.tenant_session = Session()
        session: TenantSession = g.tenant_session
        return session


db = Database()


def enter(scope: AbstractContextManager[Scope]) -> None:
    """Name the scope for the rest of the request."""
    g.setdefault("scopes", ExitStack()).enter_context(scope)


def leave(_error: BaseException | None = None) -> None:
    """Close the session and leave the scope, whatever happened."""
    if (session := g.pop("tenant_session", None)) is not None:
        session.close()
    if (scopes := g.pop("scopes", None)) is not None:
        scopes.close()


def keep(app: Flask) -> None:
    """Have every request of the app leave its scope."""
    app.teardown_request(leave)
