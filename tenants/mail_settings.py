"""The mail server of a deployment, as its environment names it; nothing named is mail turned off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PORTS = {"starttls": 587, "tls": 465, "none": 25}
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")


@dataclass(frozen=True)
class MailSettings:
    """Where mail is handed over and in whose name. `security` is starttls, tls or none."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "starttls"


def is_address(text: str) -> bool:
    """Whether a text is a mail address that every server understands: ASCII, with a domain."""
    return ADDRESS.fullmatch(text) is not None


def mail_problems(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with the SMTP_ settings, one line each; no line repeats a value."""
    named = sorted(name for name, value in environment.items() if name.startswith("SMTP_") and value)
    if not environment.get("SMTP_HOST"):
        return [f"SMTP_HOST is not set, but {', '.join(named)} is"] if named else []
    return [problem for problem, holds in _faults(environment).items() if holds]


def _faults(environment: Mapping[str, str]) -> dict[str, bool]:
    port, security = environment.get("SMTP_PORT", ""), _security(environment)
    user, password = environment.get("SMTP_USER"), _password(environment)
    return {
        "SMTP_FROM is not a mail address": not is_address(environment.get("SMTP_FROM", "")),
        "SMTP_PORT is not a port": bool(port) and not (port.isdecimal() and 0 < int(port) < 65536),
        "SMTP_SECURITY is none of starttls, tls, none": security not in PORTS,
        "SMTP_USER is set without SMTP_PASSWORD (or SMTP_PASSWORD_FILE)": bool(user) and not password,
        "SMTP_PASSWORD is set without SMTP_USER": bool(password) and not user,
        "SMTP_PASSWORD would cross the network in the clear: SMTP_SECURITY is none": (
            bool(password) and security == "none"
        ),
    }


def mail_settings(environment: Mapping[str, str]) -> MailSettings | None:
    """The mail server of an environment without problems; None where none is named."""
    if not environment.get("SMTP_HOST"):
        return None
    security = _security(environment)
    return MailSettings(
        host=environment["SMTP_HOST"],
        port=int(environment.get("SMTP_PORT") or PORTS[security]),
        sender=environment["SMTP_FROM"],
        user=environment.get("SMTP_USER", ""),
        password=_password(environment),
        security=security,
    )


def _security(environment: Mapping[str, str]) -> str:
    return (environment.get("SMTP_SECURITY") or "starttls").lower()


def _password(environment: Mapping[str, str]) -> str:
    path = Path(environment.get("SMTP_PASSWORD_FILE") or "/nowhere")
    return path.read_text().strip() if path.is_file() else environment.get("SMTP_PASSWORD", "")
