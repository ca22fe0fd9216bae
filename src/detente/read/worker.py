"""Work on untrusted input in a process of its own, with a deadline and a memory limit; used again for the next input.

A task is named "package.module:function" and is ``function(values, data)``: a dict that JSON can say and bytes in, an iterator
of the same pairs out. What crosses the pipe is JSON and bytes, never pickle: the other side has read what strangers wrote.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any, Literal, Self

from detente.errors import DetenteError

#: Defaults of issue 9: 30 seconds and 1 GB (10**9 bytes beyond what the worker has when it starts) a parse.
SECONDS, MEMORY = 30.0, 1_000_000_000
_START = 120.0  # seconds that a worker may take to load its task: a cold disk is no fault of a document
_HEAD = struct.Struct(">IQ")
_PATIENCE = 4  # times the deadline, for a worker that got less than half a core
_AHEAD = 4  # answers that may wait for the reader: bounds memory
# What a sealed worker gets of the environment: how to run, no tokens.
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "LANG",
    "LC_ALL",
)

Pair = tuple[dict[str, Any], bytes]
Kind = Literal["deadline", "memory", "crash", "error"]


class WorkFailed(DetenteError):
    """A task did not end well. ``kind``: deadline, memory, crash (the worker was lost and is replaced) or error (the task
    raised; the worker goes on). ``seconds``: how long it had worked."""

    def __init__(self, kind: Kind, reason: str, seconds: float) -> None:
        self.kind: Kind = kind
        self.reason, self.seconds = reason, seconds
        super().__init__(reason)

    def __reduce__(self) -> tuple[type[WorkFailed], tuple[Kind, str, float]]:
        return type(self), (self.kind, self.reason, self.seconds)


class Worker:
    """One worker process for one task; started by the first `run`, replaced when it was lost. Not for several threads at once.

    Args:
        task: "package.module:function"; the module is imported when the worker starts, outside deadline and memory limit.
        seconds: the longest wait for the next answer of a task (None: no deadline).
        memory: bytes of address space beyond those at the start (None: no limit; not enforced on Windows and macOS).
        sealed: no network, no new processes, no files but those of Python itself, a bare environment.
    """

    def __init__(
        self, task: str, seconds: float | None = SECONDS, memory: int | None = MEMORY, sealed: bool = True
    ) -> None:
        self.task, self.seconds, self.memory, self.sealed = task, seconds, memory, sealed
        self._process: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def run(self, values: Mapping[str, Any], data: bytes = b"") -> Iterator[Pair]:
        """The answers of one call as they come; the deadline starts anew with each. Leaving early ends the worker.

        A worker that is lost before its first answer, for memory or a crash, and was not fresh, is replaced and asked once
        more: what earlier documents left behind is not this one's fault. Raises WorkFailed.
        """
        for attempt in (1, 2):
            process = self._ready()
            fresh, answered, whole = process.used == 0, False, False
            try:
                for pair in process.ask(values, data, self.seconds):
                    answered = True
                    yield pair
                whole = True
                return
            except WorkFailed as failure:
                whole = failure.kind == "error"
                if whole or failure.kind == "deadline" or fresh or answered or attempt == 2:
                    raise
            finally:
                if not whole:
                    self.close()

    def _ready(self) -> _Process:
        # After a fork the parent's worker is not ours: its pipe would carry two conversations.
        if self._process is not None and self._process.owner != os.getpid():
            self._process = None
        if self._process is None:
            self._process = _Process(self.task, self.seconds, self.memory, self.sealed)
        return self._process


class _Process:
    """The process behind a worker, and the thread that reads its answers."""

    def __init__(self, task: str, seconds: float | None, memory: int | None, sealed: bool) -> None:
        self.owner, self.used, self.ended, self.memory = os.getpid(), 0, False, memory
        given = {k: v for k, v in os.environ.items() if k in _ENVIRONMENT} if sealed else None
        command = [sys.executable, "-c", "from detente.read.worker import serve; serve()"]
        here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
        environment = dict(os.environ if given is None else given)
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [here, environment.get("PYTHONPATH", "")]))
        self.child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        self.answers: queue.Queue[Pair | None] = queue.Queue(_AHEAD)
        self.listener = threading.Thread(target=self._listen, daemon=True, name="detente worker")
        self.listener.start()
        setting = {
            "task": task,
            "path": [p for p in sys.path if p],
            "seconds": seconds,
            "memory": memory,
            "sealed": sealed,
        }
        self._tell(setting, b"", time.monotonic())
        answer = self._answer(_START, time.monotonic())[0]
        if "raised" in answer:
            self.end()
            raise WorkFailed("error", f"the worker cannot start: {answer['raised']}", 0.0)

    def ask(self, values: Mapping[str, Any], data: bytes, seconds: float | None) -> Iterator[Pair]:
        start = time.monotonic()
        self.used += 1
        self._tell(values, data, start)
        while True:
            answer, blob = self._answer(seconds, start)
            if "end" in answer:
                return
            if answer.get("raised") == "MemoryError":
                raise WorkFailed("memory", self._too_much(), time.monotonic() - start)
            if "raised" in answer:
                raise WorkFailed("error", str(answer["raised"]), time.monotonic() - start)
            yield answer["answer"], blob

    def end(self) -> None:
        self.ended = True
        with contextlib.suppress(OSError):
            self.child.kill()
        self.child.wait()
        with contextlib.suppress(OSError):
            if self.child.stdin is not None:
                self.child.stdin.close()
        # Its number may be that of the next worker's pipe: the thread that reads it closes it, and is waited for.
        with contextlib.suppress(queue.Empty):
            while True:
                self.answers.get_nowait()
        self.listener.join(5)

    def _too_much(self) -> str:
        return f"needed more than {(self.memory or 0) / 1e9:g} GB of memory"

    def _tell(self, values: Mapping[str, Any], data: bytes, start: float) -> None:
        assert self.child.stdin is not None
        try:
            _write(self.child.stdin, values, data)
        except OSError:
            raise self._lost(start) from None

    def _answer(self, seconds: float | None, start: float) -> Pair:
        before = self._busy()
        for more in range(_PATIENCE, 0, -1):
            try:
                answer = self.answers.get(timeout=seconds)
                break
            except queue.Empty:
                # On a machine that others keep busy it may have had little of the time: a good document is not lost for that.
                now = self._busy()
                starved = now is not None and before is not None and seconds is not None and now - before < seconds / 2
                if more > 1 and starved and self._runnable():
                    continue
                taken = time.monotonic() - start
                raise WorkFailed("deadline", f"took longer than {seconds:g} s, and was stopped", taken) from None
        if answer is None:
            raise self._lost(start)
        return answer

    def _stat(self) -> list[str]:
        try:
            with open(f"/proc/{self.child.pid}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                return file.read().rpartition(")")[2].split()
        except OSError:
            return []

    def _busy(self) -> float | None:
        """Seconds of CPU that the worker has had; None where that cannot be known (not Linux)."""
        stat = self._stat()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK") if stat else None

    def _runnable(self) -> bool:
        """Whether it would go on if it were given a core or its page of memory: it does not wait for something else."""
        return self._stat()[:1] in (["R"], ["D"])

    def _lost(self, start: float) -> WorkFailed:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(5)
        code = self.child.returncode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return WorkFailed("crash", f"the worker that read it died ({how})", time.monotonic() - start)

    def _listen(self) -> None:
        stdout = self.child.stdout
        assert stdout is not None
        answer: Pair | None = ({}, b"")
        while answer is not None and not self.ended:
            try:
                answer = _read(stdout)
            except (OSError, ValueError):
                answer = None
            while not self.ended:
                try:
                    self.answers.put(answer, timeout=0.2)
                    break
                except queue.Full:
                    continue
        stdout.close()


def _write(pipe: IO[bytes], values: Mapping[str, Any], data: bytes) -> None:
    head = json.dumps(values).encode("ascii")
    for part in (_HEAD.pack(len(head), len(data)) + head, data):
        view = memoryview(part)
        while view:  # an unbuffered pipe may take less than all
            view = view[pipe.write(view) :]


def _read(pipe: IO[bytes]) -> Pair | None:
    head = _exactly(pipe, _HEAD.size)
    if head is None:
        return None
    said, size = _HEAD.unpack(head)
    words, data = _exactly(pipe, said), _exactly(pipe, size)
    return None if words is None or data is None else (json.loads(words), data)


def _exactly(pipe: IO[bytes], size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = pipe.read(min(size - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)


# Inside the worker


def serve() -> None:
    """The life of a worker process: load the task, then answer what comes on standard input until it closes."""
    source = os.fdopen(os.dup(0), "rb", buffering=0)
    target = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):  # what a library prints must not break the conversation
        os.dup2(nothing, number)
    first = _read(source)
    if first is None:
        return
    setting = first[0]
    sys.path[:] = [p for p in setting["path"] if p]
    sys.dont_write_bytecode = True
    try:
        module, _, name = setting["task"].partition(":")
        task = getattr(importlib.import_module(module), name)
    except Exception as error:
        _write(target, {"raised": f"{type(error).__name__}: {error}"}, b"")
        return
    _limit(setting["memory"])
    if setting["sealed"]:
        from detente.read import seal

        seal.seal()
    _write(target, {"end": True}, b"")
    # The parent may be dead and kill nobody: the worker then ends by itself, even inside C code.
    after = None if setting["seconds"] is None else (_PATIENCE + 1) * float(setting["seconds"]) + 10
    while (asked := _read(source)) is not None:
        try:
            _watch(after)
            for answer, blob in task(*asked):
                _watch(None)
                _write(target, {"answer": answer}, blob)
                _watch(after)
            _watch(None)
            said: dict[str, Any] = {"end": True}
        except MemoryError:
            _watch(None)
            said = {"raised": "MemoryError"}
        except Exception as error:
            _watch(None)
            said = {"raised": f"{type(error).__name__}: {str(error)[:500]}"}
        asked = None
        _write(target, said, b"")


def _watch(seconds: float | None) -> None:
    if seconds is None:
        faulthandler.cancel_dump_traceback_later()
    else:
        faulthandler.dump_traceback_later(seconds, exit=True, file=2)


def _limit(memory: int | None) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is None or sys.platform != "linux":
        return
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = now + memory
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
