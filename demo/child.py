"""Become a server that cannot outlive its launcher: `child.py LAUNCHER SIGNAL UID GID COMMAND…`.

Runs as a script in a fresh interpreter, so nothing happens between fork and exec of a process that may
have threads. Asks the kernel for SIGNAL when the launcher dies, drops root where UID is given, and execs.
"""

import ctypes
import os
import sys

SET_DEATH_SIGNAL, SET_SECURE_BITS, AMBIENT, RAISE = 1, 28, 47, 2
KEEP_ACROSS_SETUID = 1 << 2  # SECBIT_NO_SETUID_FIXUP: also lets access(2) see the capability
REACH_ALL_FILES = 1  # CAP_DAC_OVERRIDE
CAPABILITY_VERSION = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded):
        raise OSError(ctypes.get_errno(), f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _keep_only_reach() -> None:
    mask = 1 << REACH_ALL_FILES
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), f"capset: {os.strerror(ctypes.get_errno())}")
    _prctl(AMBIENT, RAISE, REACH_ALL_FILES)


def _within_reach(uid: int, *paths: str) -> bool:
    os.seteuid(uid)
    reached = all(os.access(path, os.X_OK, effective_ids=True) for path in paths)
    os.seteuid(0)
    return reached


def _drop_root(uid: int, gid: int, program: str) -> None:
    """Become the account; where a folder above is closed to it (a checkout in root's own home), keep the
    one capability that lets it pass, and no other."""
    os.setgroups([])
    os.setgid(gid)
    reached = _within_reach(uid, program, os.getcwd())  # noqa: PTH109 - no pathlib, for a quick start
    if not reached:
        _prctl(SET_SECURE_BITS, KEEP_ACROSS_SETUID)
    os.setuid(uid)
    if not reached:
        _keep_only_reach()


def main(launcher: int, death_signal: int, uid: int, gid: int, command: list[str]) -> None:
    """Replace this process by `command`; exits 126 with the reason where that is impossible."""
    try:
        if uid >= 0:
            _drop_root(uid, gid, command[0])
        _prctl(SET_DEATH_SIGNAL, death_signal)  # after the change of user, which clears it
        if os.getppid() == launcher:
            os.execv(command[0], command)  # noqa: S606 - replacing the process is the purpose
    except OSError as problem:
        sys.stderr.write(f"cannot start {command[0]}: {problem}\n")
    sys.exit(126)


if __name__ == "__main__":
    launcher, death_signal, uid, gid = map(int, sys.argv[1:5])
    main(launcher, death_signal, uid, gid, sys.argv[5:])
