"""A process that reads strangers' bytes gets no network, no other programs and no files but Python's own.

An audit hook of Python (PEP 578): it holds for Python code, not for a C library that was taken over. It cannot be undone.
"""

from __future__ import annotations

import os
import sys

_REFUSED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.sendmsg",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "shutil.rmtree",
    "pickle.find_class",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: The one file beside Python's own that the task at hand may read: the archive that the user named.
_granted: list[str] = []


def grant(path: str | None) -> None:
    """Let the task read one file (its real path), and no longer the one before."""
    _granted[:] = [] if path is None else [os.path.realpath(path)]


def seal() -> None:
    """Seal this process for good. What is refused raises PermissionError."""
    here = os.path.realpath(os.getcwd())  # noqa: PTH109
    roots = {os.path.realpath(p) for p in (*sys.path, sys.prefix, sys.base_prefix) if p} - {here, os.sep}
    roots |= {"/usr/share/zoneinfo", "/dev/urandom", os.devnull, "/proc/self/statm"}
    allowed = tuple(roots)
    fence = tuple(root + os.sep for root in roots)

    def judge(event: str, given: tuple[object, ...]) -> None:
        if event in _REFUSED:
            raise PermissionError(f"{event} is not allowed where documents are read")
        if event != "open" or isinstance(given[0], int):
            return
        flags = given[2] if isinstance(given[2], int) else 0
        path = os.path.realpath(os.fsdecode(given[0])) if isinstance(given[0], str | bytes) else ""
        known = path in allowed or path in _granted or path.startswith(fence)
        if not known or (flags & _WRITING and path != os.devnull):
            raise PermissionError(f"{path} is not allowed where documents are read")

    sys.addaudithook(judge)
