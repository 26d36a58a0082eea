"""The visitor's own account: password, second factor, signing out everywhere (design: security 45-50)."""

import base64
import io

import flask
import qrcode
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from qrcode.image.svg import SvgPathImage
from werkzeug.wrappers import Response
from wtforms import PasswordField
from wtforms.validators import InputRequired

from admin.database import db
from admin.forms import PageForm
from admin.security import (
    SECOND_FACTOR_ROLES,
    Visitor,
    current_identity,
    current_visitor,
    local_path,
    signed_in,
    signed_in_freshly,
)
from admin.signin import WRONG_CODE, CodeForm, NewPasswordForm, open_session, refused
from core.notices.mailing import MailBox, choose_mail, mail_boxes
from tenants import accounts
from tenants.accounts import Refusal, end_all_sessions, holder_of
from tenants.audit import record_account
from tenants.credentials import hash_password, new_totp_secret, password_problems, totp_uri
from tenants.models import Account, Operator
from tenants.scope import across_tenants, transaction
from tenants.second_factor import enrol, renew_recovery, turn_off

WRONG_PASSWORD = "Mật khẩu hiện tại chưa đúng."  # noqa: S105 - a sentence

pages = Blueprint("account", __name__, url_prefix="/account")


class PasswordForm(NewPasswordForm):
    """The current password, then the new one twice."""

    current = PasswordField("Mật khẩu hiện tại", [InputRequired()])


class CurrentPasswordForm(PageForm):
    """The current password alone, to confirm."""

    current = PasswordField("Mật khẩu hiện tại", [InputRequired()])


def _visitor() -> Visitor:
    visitor = current_visitor()
    if visitor is None:
        flask.abort(401)
    return visitor


def _holder() -> Account | Operator:
    return holder_of(db.session, current_identity())


def _required(visitor: Visitor) -> bool:
    """Whether the deployment asks a second factor of the visitor's roles."""
    asked: bool = current_app.extensions["settings"].require_totp
    return asked and any(grant.role in SECOND_FACTOR_ROLES for grant in visitor.actor.grants)


def _renew() -> None:
    """End every session of the account and open a new one for this browser; commits."""
    end_all_sessions(db.session, current_identity().account_id)
    open_session(db.session, current_identity())
    db.session.commit()


def _confirmed(visitor: Visitor, form: FlaskForm) -> Refusal | None:
    """None where the current password is right; tries are throttled like signing in."""
    answer = accounts.sign_in(visitor.full_login, form.current.data, request.remote_addr or "")
    return answer if isinstance(answer, Refusal) else None


@pages.get("")
@signed_in
def show() -> str:
    """The account at a glance."""
    visitor = _visitor()
    mail = {"box": _mail_box(visitor), "mail_on": current_app.extensions["settings"].mail is not None}
    return render_template(
        "pages/account.html", visitor=visitor, second_factor_required=_required(visitor), **mail
    )


def _mail_box(visitor: Visitor) -> MailBox | None:
    """What is known of the visitor's mail; None for whoever is on no roster."""
    person_id = visitor.actor.person_id
    return mail_boxes(db.session, [person_id]).get(person_id) if person_id else None


@pages.post("/mail")
@signed_in
def mail() -> Response:
    """Take mail, or take none; what is mailed stands among the notices in any case."""
    wanted = request.form.get("wanted") == "yes"
    if (actor := _visitor().actor).person_id:
        choose_mail(db.session, actor, wanted)
        db.session.commit()
        flash(
            "Đã bật nhận thư nhắc việc." if wanted else "Đã thôi nhận thư; xem nhắc việc ở Thông báo.", "ok"
        )
    return redirect(url_for("account.show"))


@pages.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> Response | str:
    """Change the password; every other browser is signed out."""
    form, visitor = PasswordForm(), _visitor()
    if not form.validate_on_submit():
        return render_template("pages/account_password.html", form=form)
    if refusal := _confirmed(visitor, form):
        return refused("pages/account_password.html", form, "current", refusal, WRONG_PASSWORD)
    if problems := password_problems(form.password.data, visitor.login, visitor.actor.name):
        form.refuse({"password": problems[0]})
        return render_template("pages/account_password.html", form=form)
    _holder().password_hash = hash_password(form.password.data)
    record_account(db.session, current_identity(), "choose_password")
    _renew()
    flash("Đã đổi mật khẩu; các thiết bị khác đã được đăng xuất.", "ok")
    return redirect(url_for("account.show"))


def _picture(uri: str) -> str:
    """The QR code as a `data:` address, so that no other site draws it."""
    image, drawn = qrcode.make(uri, image_factory=SvgPathImage, border=2), io.BytesIO()
    image.save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


@pages.route("/two-step", methods=["GET", "POST"])
@signed_in_freshly
def two_step() -> Response | str:
    """Turn the second factor on, or move it to another phone: scan, then prove it with a code."""
    form, visitor = CodeForm(), _visitor()
    secret = flask.session.setdefault("enrolling", new_totp_secret())
    shown = {"secret": secret, "picture": _picture(totp_uri(secret, visitor.full_login))}
    if not form.validate_on_submit():
        return render_template("pages/two_step.html", form=form, required=visitor.must_enrol, **shown)
    answer = enrol(_holder(), current_identity(), secret, form.code.data)
    if isinstance(answer, Refusal):
        form.refuse({"code": WRONG_CODE})
        page = render_template("pages/two_step.html", form=form, required=visitor.must_enrol, **shown)
        return flask.make_response(page, 429 if answer.wait else 401)
    record_account(db.session, current_identity(), "second_factor_on")
    _renew()
    return render_template("pages/recovery_codes.html", codes=answer)


@pages.route("/recovery-codes", methods=["GET", "POST"])
@signed_in_freshly
def recovery_codes() -> Response | str:
    """New codes for the day the phone is lost, shown this once."""
    form, visitor = PageForm(), _visitor()
    if not visitor.has_second_factor:
        return redirect(url_for("account.show"))
    if not form.validate_on_submit():
        return render_template("pages/recovery_codes.html", codes=[])
    codes = renew_recovery(_holder())
    record_account(db.session, current_identity(), "recovery_codes")
    db.session.commit()
    return render_template("pages/recovery_codes.html", codes=codes)


@pages.route("/confirm", methods=["GET", "POST"])
@signed_in
def confirm() -> Response | str:
    """Ask for the password again before a task that matters, then go back to it (design: security 51)."""
    form, visitor = CurrentPasswordForm(), _visitor()
    if not form.validate_on_submit():
        return render_template("pages/confirm.html", form=form)
    if refusal := _confirmed(visitor, form):
        return refused("pages/confirm.html", form, "current", refusal, WRONG_PASSWORD)
    with across_tenants("confirm a web session"), transaction() as session:
        accounts.confirm_session(session, flask.session["sid"])
    return redirect(local_path(request.args.get("next")) or url_for("signin.home"))


@pages.route("/two-step/off", methods=["GET", "POST"])
@signed_in
def two_step_off() -> Response | str:
    """Turn the second factor off, where the role does not require it."""
    form, visitor = CurrentPasswordForm(), _visitor()
    if _required(visitor) or not visitor.has_second_factor:
        return redirect(url_for("account.show"))
    if not form.validate_on_submit():
        return render_template("pages/two_step_off.html", form=form)
    if refusal := _confirmed(visitor, form):
        return refused("pages/two_step_off.html", form, "current", refusal, WRONG_PASSWORD)
    turn_off(_holder())
    record_account(db.session, current_identity(), "second_factor_off")
    _renew()
    flash("Đã tắt xác thực hai bước.", "ok")
    return redirect(url_for("account.show"))


@pages.post("/sign-out-everywhere")
@signed_in
def sign_out_everywhere() -> Response:
    """End every session of the account, this one too."""
    record_account(db.session, current_identity(), "sign_out_everywhere")
    end_all_sessions(db.session, current_identity().account_id)
    db.session.commit()
    flask.session.clear()
    flash("Đã đăng xuất trên mọi thiết bị. Mời đồng chí đăng nhập lại.", "ok")
    return redirect(url_for("signin.sign_in"))
