"""A worker process of `detente.scale.pool`: chunks come on standard input, results go to standard output, pickled."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from typing import Any, BinaryIO


def main() -> None:
    """Serve until standard input ends or the process that started this one is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent stops its workers
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    parent, memory, setup = _loads(source)
    threading.Thread(target=_outlive_no_parent, args=(parent,), daemon=True).start()
    _limit(memory)
    try:
        work = setup()
    except Exception as error:
        _answer(sink, error)
        return
    _answer(sink, ("ready", ""))
    while (chunk := _loads(source)) is not None:
        try:
            results: Any = work(chunk, lambda: _answer(sink, None))
        except Exception as error:
            results = (type(error).__name__, f"{type(error).__name__}: {error}")
        _answer(sink, results)


def _loads(source: BinaryIO) -> Any:
    """The next message, which has its length before it; None at the end."""
    head = source.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    body = source.read(size)
    return pickle.loads(body) if len(body) == size else None


def _answer(sink: BinaryIO, answer: Any) -> None:
    try:
        pickle.dump(answer, sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()
    except BrokenPipeError:
        os._exit(0)


def _outlive_no_parent(parent: int) -> None:
    """A worker that hangs reads no end of input: look whether the parent still lives."""
    while os.name != "posix" or os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _limit(memory: int | None) -> None:
    if memory is None or not sys.platform.startswith("linux"):
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


if __name__ == "__main__":
    main()
