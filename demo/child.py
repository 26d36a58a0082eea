"""Become a server that cannot outlive its launcher: `child.py LAUNCHER SIGNAL UID GID COMMAND…`.

Runs as a script in a fresh interpreter, so nothing happens between fork and exec of a process that may
have threads. Asks the kernel for SIGNAL when the launcher dies, drops root where UID is given, and execs.
"""

import ctypes
import os
import sys

SET_DEATH_SIGNAL, KEEP_CAPABILITIES, AMBIENT, RAISE = 1, 8, 47, 2
READ_AND_SEARCH_ALL = 1  # CAP_DAC_OVERRIDE
CAPABILITY_VERSION = 0x20080522


def _prctl(option: int, *arguments: int) -> None:
    padded = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if ctypes.CDLL(None, use_errno=True).prctl(option, *padded):
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _keep_reach() -> None:
    """Let the account enter the checkout although a folder above it is closed (a root-only home)."""
    mask = 1 << READ_AND_SEARCH_ALL
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(AMBIENT, RAISE, READ_AND_SEARCH_ALL)


def _drop_root(uid: int, gid: int, program: str) -> None:
    _prctl(KEEP_CAPABILITIES, 1)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if not (os.access(program, os.X_OK) and os.access(".", os.X_OK)):
        _keep_reach()


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
