"""The environment, read once into one frozen value (design: architecture, tenants/)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenants.mail_settings import MailSettings, mail_problems, mail_settings

SECRET_BYTES = 32


class SettingsError(Exception):
    """The environment does not describe a safe deployment; each problem is one line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What a deployment decides. Durations are in seconds, sizes in bytes."""

    database_url: str
    redis_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    migration_database_url: str = ""
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1")
    secure_cookies: bool = True
    behind_proxy: bool = False
    idle_seconds: int = 30 * 60
    session_seconds: int = 12 * 3600
    statement_timeout_seconds: int = 5
    lease_seconds: int = 60
    sweep_seconds: int = 15
    queue_name: str = "committee"
    log_level: str = "INFO"
    require_totp: bool = True
    public_url: str = ""
    mail: MailSettings | None = None

    @property
    def cookie_name(self) -> str:
        """`__Host-` binds the cookie to this host over TLS (design: security 48)."""
        return "__Host-session" if self.secure_cookies else "session"

    @property
    def address(self) -> str:
        """Where people open the product, without a slash at the end: for links outside of pages."""
        scheme = "https" if self.secure_cookies else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{self.trusted_hosts[0]}"


def _flag(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.replace(",", " ").split() if word)


def _secret(environment: Mapping[str, str]) -> str:
    path = environment.get("SECRET_KEY_FILE")
    return (
        Path(path).read_text().strip() if path and Path(path).is_file() else environment.get("SECRET_KEY", "")
    )


def _problems(environment: Mapping[str, str], secret: str) -> list[str]:
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not environment.get(name)]
    problems = [f"{name} is not set" for name in missing]
    if len(secret.encode()) < SECRET_BYTES:
        problems.append(f"SECRET_KEY (or SECRET_KEY_FILE) needs at least {SECRET_BYTES} bytes")
    return problems


def _numbers(environment: Mapping[str, str]) -> dict[str, int]:
    names = ("idle_seconds", "session_seconds", "statement_timeout_seconds", "lease_seconds", "sweep_seconds")
    found = {name: environment.get(name.upper(), "") for name in names}
    wrong = [
        f"{name.upper()} is not a whole number above 0"
        for name, text in found.items()
        if text and not _positive(text)
    ]
    if wrong:
        raise SettingsError(wrong)
    return {name: int(text) for name, text in found.items() if text}


def _positive(text: str) -> bool:
    return text.isdigit() and int(text) > 0


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Settings of this process.

    Raises SettingsError naming every missing or weak value at once (design: security 55).
    """
    secret = _secret(environment)
    if problems := [*_problems(environment, secret), *mail_problems(environment)]:
        raise SettingsError(problems)
    return Settings(
        database_url=environment["DATABASE_URL"],
        redis_url=environment["REDIS_URL"],
        secret_key=secret,
        secret_key_fallbacks=_words(environment.get("SECRET_KEY_FALLBACKS", "")),
        migration_database_url=environment.get("MIGRATION_DATABASE_URL", ""),
        trusted_hosts=_words(environment.get("TRUSTED_HOSTS", "localhost 127.0.0.1")),
        secure_cookies=_flag(environment.get("SECURE_COOKIES", "on")),
        behind_proxy=_flag(environment.get("BEHIND_PROXY", "off")),
        queue_name=environment.get("QUEUE_NAME", "committee"),
        log_level=environment.get("LOG_LEVEL", "INFO").upper(),
        require_totp=_flag(environment.get("REQUIRE_TOTP", "on")),
        public_url=environment.get("PUBLIC_URL", ""),
        mail=mail_settings(environment),
        **_numbers(environment),
    )
