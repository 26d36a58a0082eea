"""The mail server as the environment names it (tenants/mail_settings)."""

from pathlib import Path

import pytest

from tenants.mail_settings import MailSettings, is_address, mail_problems
from tenants.settings import SettingsError, from_environment

BASE = {"DATABASE_URL": "postgresql://x", "REDIS_URL": "redis://x", "SECRET_KEY": "k" * 32}
MAIL = {"SMTP_HOST": "mail.example.vn", "SMTP_FROM": "nhac@example.vn"}
LOGIN = {"SMTP_USER": "nhac", "SMTP_PASSWORD": "bí mật lắm"}


def test_nothing_named_is_mail_turned_off() -> None:
    assert from_environment(BASE).mail is None


@pytest.mark.parametrize(
    ("more", "port"),
    [
        ({}, 587),
        ({"SMTP_SECURITY": "TLS"}, 465),
        ({"SMTP_SECURITY": "none"}, 25),
        ({"SMTP_PORT": "2525"}, 2525),
    ],
)
def test_the_port_follows_the_kind_of_security_unless_named(more: dict[str, str], port: int) -> None:
    found = from_environment(BASE | MAIL | more).mail
    assert found is not None
    assert found.port == port


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SMTP_FROM": "nhac@example.vn"}, "SMTP_HOST"),
        ({"SMTP_HOST": "mail"}, "SMTP_FROM"),
        (MAIL | {"SMTP_FROM": "nhac"}, "SMTP_FROM"),
        (MAIL | {"SMTP_PORT": "70000"}, "SMTP_PORT"),
        (MAIL | {"SMTP_PORT": "mười"}, "SMTP_PORT"),
        (MAIL | {"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        (MAIL | {"SMTP_USER": "nhac"}, "SMTP_PASSWORD"),
        (MAIL | {"SMTP_PASSWORD": "x"}, "SMTP_USER"),
        (MAIL | LOGIN | {"SMTP_SECURITY": "none"}, "in the clear"),
    ],
)
def test_each_fault_is_named_and_stops_the_start(environment: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        from_environment(BASE | environment)


def test_faults_are_named_all_at_once_without_their_values() -> None:
    faults = mail_problems({"SMTP_HOST": "mail", "SMTP_PORT": "x", **LOGIN, "SMTP_SECURITY": "none"})
    assert len(faults) == 3
    assert LOGIN["SMTP_PASSWORD"] not in "\n".join(faults)


def test_the_password_comes_from_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("bí mật lắm\n")
    named = MAIL | {"SMTP_USER": "nhac", "SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    settings = from_environment(BASE | named)
    assert isinstance(settings.mail, MailSettings)
    assert settings.mail.password == "bí mật lắm"
    assert "bí mật" not in repr(settings)


def test_links_lead_to_the_public_address() -> None:
    assert from_environment(BASE | {"TRUSTED_HOSTS": "a.vn b.vn"}).address == "https://a.vn"
    assert from_environment(BASE | {"SECURE_COOKIES": "off"}).address == "http://localhost"
    assert from_environment(BASE | {"PUBLIC_URL": "https://c.vn:8443/"}).address == "https://c.vn:8443"


@pytest.mark.parametrize("text", ["a@b.vn", "a.b+c@d-e.f.vn"])
def test_an_address_is_taken(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@b", "a b@c.vn", "a@b.vn\nBcc: x@y.vn", "<a@b.vn>", "đồng@chí.vn", "a@b..vn"]
)
def test_what_is_no_address_is_not(text: str) -> None:
    assert not is_address(text)
