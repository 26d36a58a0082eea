"""Isolation: the tenant of a transaction, told to PostgreSQL and guarded in the session.

Row-level security is the wall, this guard the second fence: a statement on a tenant's table
outside a named scope raises, whether it comes from the ORM, from Core or as raw text
(design: stack, row-level security; security 1-11).
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event, orm
from sqlalchemy.sql import visitors

from tenants.db import new_id


class ScopeError(RuntimeError):
    """A statement outside its tenant's scope: a fault of the program, never of the user."""


@dataclass(frozen=True)
class Scope:
    """In whose name a transaction runs: one tenant, or the platform for a stated reason."""

    tenant_id: UUID | None
    reason: str = ""


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)


def current_scope() -> Scope:
    """The named scope; raises ScopeError where none is."""
    scope = _current.get()
    if scope is None:
        raise ScopeError("no tenant is named")
    return scope


def current_tenant() -> UUID:
    """The tenant of the scope; raises ScopeError on the platform and where none is named."""
    tenant_id = current_scope().tenant_id
    if tenant_id is None:
        raise ScopeError("the platform owns no tenant's rows")
    return tenant_id


@contextmanager
def _scoped(scope: Scope) -> Iterator[Scope]:
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


def tenant_scope(tenant_id: UUID) -> AbstractContextManager[Scope]:
    """Name the tenant for the block. Sessions begun inside belong to it alone."""
    return _scoped(Scope(tenant_id))


def across_tenants(reason: str) -> AbstractContextManager[Scope]:
    """Name the platform: only jobs and counts are visible, never a tenant's content."""
    return _scoped(Scope(None, reason))


class TenantOwned:
    """A row of one tenant. The table's key is (tenant_id, id); the mapper's is id alone, so that
    Flask-Admin's look-ups and optional relations work (design: stack, primary keys). A column named
    `revision` counts the edits: a second edit of the same state raises StaleDataError."""

    __tablename__: str
    shared_with_platform = False

    tenant_id: orm.Mapped[UUID] = orm.mapped_column(
        sa.ForeignKey("tenant.id"), primary_key=True, default=current_tenant, sort_order=-2
    )
    id: orm.Mapped[UUID] = orm.mapped_column(primary_key=True, default=new_id, sort_order=-1)

    @orm.declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        key: dict[str, Any] = {"primary_key": [cls.id]}
        return key | {"version_id_col": vars(cls)["revision"]} if "revision" in vars(cls) else key


class TenantSession(orm.Session):
    """A session that serves one scope from its first statement to its close: not even a row that it
    already holds is given out in another one."""

    def _get_impl(self, *args: Any, **options: Any) -> Any:
        _pinned(self)
        return super()._get_impl(*args, **options)

    def merge(self, *args: Any, **options: Any) -> Any:
        """As SQLAlchemy does it, in the session's scope alone."""
        _pinned(self)
        return super().merge(*args, **options)


Session = orm.sessionmaker(class_=TenantSession, expire_on_commit=False)


def connect(engine: sa.Engine) -> None:
    """Bind every new session to the engine and put the guard on it."""
    Session.configure(bind=engine)
    if not event.contains(engine, "before_execute", _refuse_unscoped):
        event.listen(engine, "before_execute", _refuse_unscoped)


@contextmanager
def transaction() -> Iterator[TenantSession]:
    """A session of the current scope, committed at the end, rolled back on any error."""
    current_scope()
    with Session() as session, session.begin():
        yield session


def new_row(**columns: Any) -> dict[str, Any]:
    """A row of the current tenant for a bulk insert, with a new id."""
    return {"tenant_id": current_tenant(), "id": new_id(), **columns}


def lock_in_tenant(session: orm.Session, what: str) -> None:
    """Let one transaction at a time through for `what` of this tenant, until the transaction ends."""
    key = hashlib.sha256(current_tenant().bytes + what.encode()).digest()[:8]
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(int.from_bytes(key, "big", signed=True))))


def owned_tables(statement: Any) -> set[str]:
    """Names of the tenant-owned tables a statement touches."""
    elements = list(visitors.iterate(statement))
    tables = {getattr(element, "table", element) for element in elements}
    return {t.name for t in tables if isinstance(t, sa.Table) and "tenant_id" in t.c}


def _refuse_unscoped(
    _connection: sa.Connection, statement: Any, _multiparams: Any, _params: Any, _options: Any
) -> None:
    if _current.get() is not None or not isinstance(statement, visitors.Visitable):
        return
    if isinstance(statement, sa.TextClause):
        raise ScopeError("raw SQL without a named scope")
    if touched := owned_tables(statement):
        raise ScopeError(f"no tenant is named for {sorted(touched)}")


@event.listens_for(TenantSession, "after_begin")
def _tell_the_database(session: orm.Session, _transaction: Any, connection: sa.Connection) -> None:
    scope = session.info.setdefault("scope", _current.get())
    if scope is None:
        return
    if scope.tenant_id is None:
        connection.exec_driver_sql("SET LOCAL app.platform = 'on'")
    else:
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = '{UUID(str(scope.tenant_id))}'")


@event.listens_for(TenantSession, "do_orm_execute")
def _narrow_to_tenant(state: orm.ORMExecuteState) -> None:
    scope = _pinned(state.session)
    if scope is None or scope.tenant_id is None or state.is_column_load or state.is_relationship_load:
        return
    if state.is_insert:
        _refuse_foreign_rows(state, scope.tenant_id)
        return
    tenant_id = scope.tenant_id
    state.statement = state.statement.options(
        orm.with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == tenant_id, include_aliases=True)
    )


def _pinned(session: orm.Session) -> Scope | None:
    scope: Scope | None = session.info.get("scope", _current.get())
    if scope != _current.get():
        raise ScopeError("the session belongs to another scope")
    return scope


def _refuse_foreign_rows(state: orm.ORMExecuteState, tenant_id: UUID) -> None:
    rows: list[Mapping[str, Any]] = (
        [state.parameters] if isinstance(state.parameters, Mapping) else list(state.parameters or ())
    )
    if any(row.get("tenant_id", tenant_id) != tenant_id for row in rows):
        raise ScopeError("an insert names another tenant")


@event.listens_for(TenantSession, "before_flush")
def _refuse_foreign_writes(session: orm.Session, _context: Any, _instances: Any) -> None:
    scope = _pinned(session)
    for row in session.new | session.dirty | session.deleted:
        if not isinstance(row, TenantOwned) or (row in session.new and row.tenant_id is None):
            continue
        if scope is None or (
            row.tenant_id != scope.tenant_id and not (row.shared_with_platform and not scope.tenant_id)
        ):
            raise ScopeError(f"{type(row).__name__} is written outside its tenant")
