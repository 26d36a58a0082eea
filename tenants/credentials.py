"""Passwords and second factors (design: security 39-43, 50, 54)."""

import base64
import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tenants.vietnamese import fold, nfc

SHORTEST = 12
LONGEST = 128
RECOVERY_CODES = 8

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_slots = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Verdict:
    """What came of a password: right or wrong, and a fresh hash where the stored one has aged."""

    right: bool
    fresh_hash: str | None = None


def hash_password(password: str) -> str:
    """argon2id, 19 MiB, two passes; at most two at a time in a process."""
    with _slots:
        return _hasher.hash(nfc(password))


@lru_cache
def _nobody() -> str:
    return hash_password(secrets.token_urlsafe(24))


def verify_password(stored: str, password: str) -> Verdict:
    """Check a password in the same time whether the account exists or not (stored is empty)."""
    try:
        with _slots:
            _hasher.verify(stored or _nobody(), nfc(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return Verdict(False)
    if not stored:
        return Verdict(False)
    return Verdict(True, hash_password(password) if _hasher.check_needs_rehash(stored) else None)


@lru_cache
def common_passwords() -> frozenset[str]:
    """Folded passwords that are tried first everywhere; one a line in `common_passwords.txt`."""
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text("utf-8").split())


def password_problems(password: str, login: str, name: str) -> list[str]:
    """Why a new password is refused, in Vietnamese; empty when it is fine."""
    folded = fold(password).replace(" ", "")
    problems = []
    if len(password) < SHORTEST:
        problems.append(f"Mật khẩu cần ít nhất {SHORTEST} ký tự; có thể dùng một câu dễ nhớ.")
    if len(password) > LONGEST:
        problems.append(f"Mật khẩu dài quá {LONGEST} ký tự.")
    if _guessable(folded):
        problems.append("Mật khẩu này quá phổ biến; xin chọn mật khẩu khác.")
    if folded and folded in {fold(login).replace(" ", ""), fold(name).replace(" ", "")}:
        problems.append("Mật khẩu không được trùng tên đăng nhập hoặc họ tên.")
    return problems


def _guessable(folded: str) -> bool:
    stem = folded.rstrip("0123456789!@#.")
    return folded in common_passwords() or stem in common_passwords() or len(set(folded)) < 5


def new_token() -> tuple[str, str]:
    """A random one-time token and the hash to keep."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_totp_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def totp_uri(secret: str, login: str) -> str:
    """The address an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Sinh hoạt chi bộ")


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """The half-minute that a six-digit code belongs to, where it is the present one or its neighbour."""
    totp, typed = pyotp.TOTP(secret), code.replace(" ", "").encode()
    present = totp.timecode(at)
    steps = range(present + 1, present - 2, -1)
    return next((s for s in steps if hmac.compare_digest(totp.generate_otp(s).encode(), typed)), None)


def new_recovery_codes() -> list[str]:
    """Codes of 80 random bits for the day the phone is lost."""
    drawn = (base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES))
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in drawn]


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code, however its groups were typed."""
    return token_hash("".join(code.lower().replace("-", " ").split()))
