"""Accounts: the list, and one page for a person's account (design: security 46, 54)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_admin import expose
from flask_admin.actions import action
from flask_admin.model.template import LinkRowAction
from sqlalchemy import orm
from wtforms import StringField
from wtforms.validators import InputRequired

from admin.backoffice.noun import ServedNoun, in_reach
from admin.choosing import own_rows
from admin.database import db
from admin.forms import PageForm
from admin.security import current_actor, current_visitor
from tenants.access import Actor, NotFound, Permission, as_id
from tenants.accounts import INVITATION_LIFE
from tenants.clock import local, now
from tenants.models import Account, Person
from tenants.people import PeopleError, create_account, disable_account, enable_account, invite_again
from tenants.people.posts import account_of
from tenants.vietnamese import fold

DONE = {"disable": "Đã khóa tài khoản; đồng chí ấy đã bị đăng xuất.", "enable": "Đã mở khóa tài khoản."}
VERBS: Mapping[str, Callable[[orm.Session, Actor, Account], str | None]] = {
    "invite": invite_again,
    "disable": disable_account,
    "enable": enable_account,
}


class LoginForm(PageForm):
    """The name to sign in with."""

    login = StringField(
        "Tên đăng nhập",
        [InputRequired()],
        description="3–40 chữ thường không dấu, chữ số, dấu chấm, gạch nối; không đổi về sau.",
    )


def _suggested(person: Person) -> str:
    """A sign-in name of the given name and the initials before it: "hang.nt"."""
    *before, given = fold(person.full_name).split()
    return f"{given}.{''.join(word[0] for word in before)}".strip(".")


class Accounts(ServedNoun):
    """Who may sign in."""

    model = Account
    label, slug, category = "Tài khoản", "accounts", "Tổ chức, đồng chí"
    fresh = frozenset({"person", "action_view"})
    read = write = Permission.PEOPLE_EDIT
    column_list = ("person", "login", "signed_in_at", "disabled_at")
    column_details_list = column_export_list = column_list
    column_searchable_list = ("person.search_key", "login")
    column_default_sort = "person.sort_key"
    column_sortable_list = (("person", "person.sort_key"), "login", "signed_in_at", "disabled_at")
    column_labels = {
        "person": "Đồng chí", "login": "Tên đăng nhập", "signed_in_at": "Đăng nhập gần nhất",
        "disabled_at": "Khóa lúc", "person.search_key": "họ tên",
    }  # fmt: skip
    column_extra_row_actions = [
        LinkRowAction("key", lambda _action, _id, row: url_for(".person", id=row.person_id), "Liên kết, khóa")
    ]

    @action("disable", "Khóa tài khoản", "Khóa các tài khoản đã chọn? Các đồng chí ấy bị đăng xuất ngay.")
    def disable(self, ids: list[str]) -> None:
        """Shut the accounts ticked: all of them or none."""
        try:
            for account in self.chosen(ids):
                disable_account(db.session, current_actor(), account)
        except PeopleError as error:
            db.session.rollback()
            flash(" ".join(error.problems.values()), "error")
            return
        db.session.commit()
        flash(f"Đã khóa {len(ids)} tài khoản.", "success")

    @expose("/person/", methods=("GET", "POST"))
    def person(self) -> Any:
        """A person's account: open it, send a new link, shut it, let it work again.

        The one-time link is in the answer to the post alone; nothing keeps it.
        """
        person = _person(request.args.get("id", ""))
        form, verb, token = LoginForm(), request.form.get("verb", "open"), None
        if request.method == "GET":
            form.login.data = _suggested(person)
        elif verb != "open" or form.validate():
            token = self._act(verb, person, form)
            if verb in DONE and not form.errors:
                return redirect(url_for(".person", id=person.id))
        return self.render(
            "admin/backoffice_account.html",
            person=person, account=account_of(db.session, person.id), form=form, shown=_moment,
            link=_link(token), until=local(now() + INVITATION_LIFE), tenant_code=_tenant_code(),
        )  # fmt: skip

    def _act(self, verb: str, person: Person, form: LoginForm) -> str | None:
        account = account_of(db.session, person.id)
        if verb not in {"open", *VERBS} or (verb != "open" and account is None):
            abort(400)
        token: str | None
        try:
            if verb == "open" or account is None:
                token = create_account(db.session, current_actor(), person, form.login.data)
            else:
                token = VERBS[verb](db.session, current_actor(), account)
        except PeopleError as error:
            db.session.rollback()
            form.refuse(error.problems)
            return None
        db.session.commit()
        if verb in DONE:
            flash(DONE[verb], "success")
        return token


def _person(key: str) -> Person:
    narrowed = in_reach(Person, Permission.PEOPLE_EDIT)
    found: Person | None = own_rows(Person).filter(Person.id == as_id(key), *narrowed).one_or_none()
    if found is None:
        raise NotFound
    return found


def _moment(at: datetime | None) -> str:
    return f"{local(at):%d/%m/%Y %H:%M}" if at else ""


def _tenant_code() -> str:
    visitor = current_visitor()
    return visitor.tenant_code if visitor else ""


def _link(token: str | None) -> str | None:
    return token and url_for("signin.invitation", code=_tenant_code(), token=token, _external=True)
