"""Coming in and going out: password, second factor, invitation (design: security 39-55).

The cookie holds the random id of a server-side session and nothing else of the visitor; every sign-in
makes a new one, signing out deletes it. There is no "remember me".
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import flask
from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_wtf import FlaskForm
from sqlalchemy import orm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from admin import menu
from admin.forms import PageForm
from admin.security import current_actor, current_identity, local_path, public, signed_in
from tenants import accounts
from tenants.access import Actor, TenantState
from tenants.accounts import Identity, Refusal, choose_password, end_session, open_invitation, start_session
from tenants.audit import record
from tenants.clock import now
from tenants.credentials import LONGEST, password_problems
from tenants.models import Invitation
from tenants.provisioning import tenant_by_code
from tenants.scope import across_tenants, tenant_scope, transaction
from tenants.second_factor import Factor, accept_code

PENDING_LIFE = timedelta(minutes=5)
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng. Xin kiểm tra phím Caps Lock và bộ gõ tiếng Việt rồi thử lại."
LOCKED = "Đơn vị đang tạm khóa nên chưa đăng nhập được. Xin liên hệ quản trị tỉnh."
WRONG_CODE = "Mã chưa đúng, đã hết hạn hoặc đã dùng. Xin nhập mã 6 số đang hiện trong ứng dụng."
RECOVERED = (
    "Đồng chí vừa dùng một mã dự phòng; mã ấy không dùng lại được. "
    "Xin vào Tài khoản của tôi để chuyển xác thực hai bước sang điện thoại mới."
)

pages = Blueprint("signin", __name__)


class SignInForm(PageForm):
    """Name and password."""

    login = StringField("Tên đăng nhập", [InputRequired(), Length(max=100)])
    password = PasswordField("Mật khẩu", [InputRequired(), Length(max=LONGEST)])


class CodeForm(PageForm):
    """The six digits of the authenticator app, or a recovery code."""

    code = StringField("Mã xác thực", [InputRequired(), Length(max=40)])


class NewPasswordForm(PageForm):
    """A new password, typed twice."""

    password = PasswordField("Mật khẩu mới", [InputRequired()])
    again = PasswordField(
        "Nhập lại mật khẩu mới",
        [InputRequired(), EqualTo("password", "Hai lần nhập chưa giống nhau; xin nhập lại.")],
    )


def waiting(wait: timedelta) -> str:
    """How long to wait, in words."""
    minutes, seconds = divmod(int(wait.total_seconds()) + 1, 60)
    left = f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"
    return f"Đã nhập sai nhiều lần. Xin chờ {left} rồi thử lại."


def refused(template: str, form: FlaskForm, field: str, refusal: Refusal, wrong: str) -> Response:
    """The form again, with why: 429 and when to come back, 403 where the tenant is locked, else 401."""
    sentence = waiting(refusal.wait) if refusal.wait else LOCKED if refusal.locked else wrong
    form[field].errors = [sentence]
    answer = make_response(render_template(template, form=form))
    answer.status_code = 429 if refusal.wait else 403 if refusal.locked else 401
    if refusal.wait:
        answer.headers["Retry-After"] = str(int(refusal.wait.total_seconds()) + 1)
    return answer


def open_session(session: orm.Session, identity: Identity) -> None:
    """A new server-side session for this browser; whatever its cookie held before is gone."""
    flask.session.clear()
    flask.session["sid"] = start_session(session, identity)


def _welcome(identity: Identity, how: str = "sign_in") -> AnyResponse:
    accounts.note(identity, how)
    with across_tenants("start a web session"), transaction() as session:
        open_session(session, identity)
    return redirect(local_path(request.args.get("next")) or url_for("signin.home"))


@pages.get("/")
@signed_in
def home() -> AnyResponse:
    """The first page of the visitor's own menu."""
    return redirect(menu.home_url(current_actor()))


@pages.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> AnyResponse | str:
    """Name and password; the same answer for an unknown name and a wrong password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("pages/signin.html", form=form)
    answer = accounts.sign_in(form.login.data, form.password.data, request.remote_addr or "")
    if isinstance(answer, Refusal):
        return refused("pages/signin.html", form, "password", answer, WRONG)
    if not answer.totp_secret:
        return _welcome(answer)
    flask.session.clear()
    home_id = str(answer.tenant_id) if answer.tenant_id else ""
    flask.session["pending"] = [home_id, str(answer.account_id), now().timestamp()]
    return redirect(url_for("signin.second_step", next=local_path(request.args.get("next"))))


def _pending() -> Identity | None:
    """Whose password was right a moment ago, with the second factor's secret."""
    home, account_id, at = flask.session.get("pending") or ("", "", 0.0)
    if not account_id or now().timestamp() - at > PENDING_LIFE.total_seconds():
        return None
    home_id = UUID(home) if home else None
    with accounts.identity_scope(home_id, "second step"), transaction() as session:
        holder = accounts.holder_of(session, Identity(home_id, UUID(account_id), None))
    return Identity(home_id, holder.id, holder.totp_secret) if not holder.disabled_at else None


@pages.route("/sign-in/code", methods=["GET", "POST"])
@public
def second_step() -> AnyResponse | str:
    """The code of the second factor, within five minutes of the password."""
    form, identity = CodeForm(), _pending()
    if identity is None or identity.totp_secret is None:
        return redirect(url_for("signin.sign_in"))
    if not form.validate_on_submit():
        return render_template("pages/totp.html", form=form)
    answer = accept_code(identity, form.code.data)
    if isinstance(answer, Refusal):
        if not answer.wait:
            accounts.note(identity, "fail_code", by_owner=False)
        return refused("pages/totp.html", form, "code", answer, WRONG_CODE)
    if answer is Factor.RECOVERY:
        flash(RECOVERED, "warning")
    return _welcome(identity, answer.value)


@pages.post("/sign-out")
@signed_in
def sign_out() -> AnyResponse:
    """End the server-side session: the cookie is worthless from here on."""
    accounts.note(current_identity(), "sign_out")
    with across_tenants("end a web session"), transaction() as session:
        end_session(session, flask.session["sid"])
    flask.session.clear()
    flash("Đồng chí đã đăng xuất.", "ok")
    return redirect(url_for("signin.sign_in"))


def _open(session: orm.Session, token: str) -> Invitation:
    """The invitation, held against a second use at the same moment; 410 when used or expired."""
    invitation = open_invitation(session, token)
    if invitation is None:
        abort(410)
    session.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None:
        abort(410)
    return invitation


@pages.route("/invitation/<code>/<token>", methods=["GET", "POST"])
@public
def invitation(code: str, token: str) -> Any:
    """Choose a password by a one-time link."""
    with across_tenants("find a tenant by its code"), transaction() as session:
        tenant = tenant_by_code(session, code)
    if tenant is None or tenant.state is TenantState.LOCKED:
        abort(410)
    form = NewPasswordForm()
    with tenant_scope(tenant.id), transaction() as session:
        found = _open(session, token)
        login = f"{found.account.login}@{tenant.code}"
        if not (form.validate_on_submit() and _accept(session, found, form)):
            return render_template("pages/invitation.html", form=form, login=login, invited_to=tenant.name)
    flash(f"Đã đặt mật khẩu. Mời đồng chí đăng nhập bằng tên “{login}”.", "ok")
    return redirect(url_for("signin.sign_in"))


def _accept(session: orm.Session, found: Invitation, form: NewPasswordForm) -> bool:
    account = found.account
    if problems := password_problems(form.password.data, account.login, account.person.full_name):
        form.refuse({"password": problems[0]})
        return False
    choose_password(session, account, form.password.data)
    found.used_at = now()
    actor = Actor(account.tenant_id, account.id, account.person_id, account.person.full_name, ())
    record(session, actor, "account:choose_password", account)
    return True
