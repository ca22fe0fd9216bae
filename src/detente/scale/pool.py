"""Worker processes that may hang or die: each stretch of work has a deadline, and only the item at fault is lost."""

from __future__ import annotations

import contextlib
import itertools
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from detente.errors import DetenteError

T = TypeVar("T")
R = TypeVar("R")
#: Made once in each worker; gives what is done with a list of items. It calls ``alive`` when it has got on, which
#: sets the deadline anew.
Work = Callable[[list[T], Callable[[], None]], list[R]]

_START = 300.0  # seconds that a worker may take to load what it needs (a model on a slow disk)
_TICK = 0.1  # seconds between looks at the deadlines
_ALONE = 2  # times that an item alone may kill a worker: the first time may have been somebody else's doing


class PoolError(DetenteError):
    """The workers cannot start, or cannot do what they were made for."""


@dataclass(frozen=True, slots=True)
class Lost(Generic[T]):
    """An item that could not be done. ``kind``: "deadline", "crash" or the name of an exception; ``reason``: a sentence."""

    item: T
    kind: str
    reason: str


class Pool(Generic[T, R]):
    """``workers`` processes, each of one thread's work, that do chunks of items.

    ``setup``: pickled to each worker (so a function of a module, or a partial of one) and called once there.
    ``deadline``: seconds that a worker may go without a sign of life before it is killed; those for which it got no core
    do not count.
    ``memory``: bytes of data that a worker may have (Linux; None: no limit).
    A chunk whose worker hangs, dies or raises is done again item by item by a new worker; what fails alone is given
    back as `Lost`. Processes are started afresh (no fork), so a pool may be used from any thread and from a notebook.
    """

    def __init__(
        self, setup: Callable[[], Work[T, R]], *, workers: int = 1, deadline: float = 30.0, memory: int | None = None
    ) -> None:
        self.workers = workers
        self._todo: queue.Queue[tuple[int, list[T]] | None] = queue.Queue()
        self._done: queue.Queue[tuple[int, list[R | Lost[T]] | BaseException]] = queue.Queue()
        first = pickle.dumps((os.getpid(), memory, setup))
        self._keepers: list[_Keeper[T, R]] = [_Keeper(first, deadline, self._todo, self._done) for _ in range(workers)]
        self._watch = threading.Thread(target=self._watching, daemon=True, name="detente-deadlines")
        self._watch.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop all workers, whatever they are at."""
        for keeper in self._keepers:
            keeper.stop()
        for keeper in self._keepers:
            keeper.join()

    def run(self, chunks: Iterable[Sequence[T]], *, ordered: bool = True, ahead: int = 4) -> Iterator[R | Lost[T]]:
        """One result an item. Ordered: in the order of the items; else as they come (items of a chunk stay together).

        At most ``ahead`` chunks a worker are drawn before their results are taken, so memory is bounded whatever
        the length of the input. One run at a time. Raises PoolError if workers cannot start.
        """
        source = iter(enumerate(chunks))
        held: dict[int, list[R | Lost[T]]] = {}
        due = 0  # the next chunk to be given back
        out = 0  # chunks drawn and not given back
        while True:
            for number, chunk in itertools.islice(source, self.workers * ahead - out):
                self._todo.put((number, list(chunk)))
                out += 1
            if not out:
                return
            number, results = self._done.get()
            if isinstance(results, BaseException):
                raise results
            held[number] = results
            while held and (due in held or not ordered):
                at = due if ordered else next(iter(held))
                yield from held.pop(at)
                due, out = due + 1, out - 1

    def _watching(self) -> None:
        while not all(k.stopped for k in self._keepers):
            for keeper in self._keepers:
                keeper.look()
            time.sleep(_TICK)


class _Keeper(Generic[T, R]):
    """One worker process and the thread that gives it work; a new process takes the place of one that went.

    Other threads only ever kill the process: its pipes belong to the keeper's own thread.
    """

    def __init__(self, first: bytes, deadline: float, todo: queue.Queue[Any], done: queue.Queue[Any]) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.stopped = False
        self._first, self._deadline, self._todo, self._done = first, deadline, todo, done
        self._lock = threading.Lock()  # of the three below
        self._since: tuple[float, float, float] | None = None  # deadline, time of the last sign of life, waited by then
        self._late = False
        self._thread = threading.Thread(target=self._keep, daemon=True, name="detente-keeper")
        self._thread.start()

    def stop(self) -> None:
        with self._lock:
            self.stopped = True
            if self.process is not None:
                self.process.kill()
        self._todo.put(None)

    def join(self) -> None:
        self._thread.join()

    def look(self) -> None:
        """Kill the process if it is past its deadline."""
        with self._lock:
            if self._since is None or self.process is None:
                return
            seconds, wall, waited = self._since
            late = time.monotonic() - wall - seconds
            if late > 0 and late > _waited(self.process.pid) - waited:
                self._late, self._since = True, None
                self.process.kill()

    def _keep(self) -> None:
        while (given := self._todo.get()) is not None and not self.stopped:
            number, chunk = given
            try:
                self._done.put((number, self._chunk(chunk)))
            except BaseException as error:
                self._done.put((number, error))
        self._end()

    def _chunk(self, chunk: list[T]) -> list[R | Lost[T]]:
        done = self._tried(chunk)
        if isinstance(done, list):
            return list(done)
        if len(chunk) > 1:
            return [result for item in chunk for result in self._chunk([item])]
        for _ in range(_ALONE - 1):
            if isinstance(done, tuple) and done[0] == "crash":
                done = self._tried(chunk)
        return list(done) if isinstance(done, list) else [Lost(chunk[0], *done)]

    def _tried(self, chunk: list[T]) -> list[R] | tuple[str, str]:
        """The results of a chunk, or the kind and the reason of what went wrong."""
        if self._late:  # killed at the very moment when it had answered
            self._end()
        if self.process is None:
            self._start()
        try:
            answer = self._asked(pickle.dumps(chunk), self._deadline)
        except (EOFError, OSError, pickle.UnpicklingError):
            late, code = self._late, self._end()
            if self.stopped:
                raise PoolError("the pool was closed") from None
            if late:
                return "deadline", f"no result within {self._deadline:g} s: its worker was stopped"
            return "crash", f"its worker died ({f'signal {-code}' if code < 0 else f'exit code {code}'})"
        if isinstance(answer, tuple):
            return answer
        if len(answer) != len(chunk):
            raise PoolError(f"a worker gave {len(answer)} results for {len(chunk)} items")
        return list(answer)

    def _start(self) -> None:
        path = os.pathsep.join(p for p in sys.path if p)
        with self._lock:
            if self.stopped:
                raise PoolError("the pool was closed")
            self._late = False
            self.process = subprocess.Popen(
                [sys.executable, "-m", "detente.scale.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            )
        try:
            answer = self._asked(self._first, _START)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise PoolError(f"a worker died while it started (exit code {self._end()}): see the lines above") from None
        if isinstance(answer, BaseException):
            self._end()
            raise answer

    def _asked(self, message: bytes, seconds: float) -> Any:
        """Send a message and wait for what comes of it; the deadline begins anew with each sign of life (None)."""
        assert self.process is not None and self.process.stdin is not None and self.process.stdout is not None
        try:
            self._begin(seconds)
            self.process.stdin.write(len(message).to_bytes(8, "little") + message)
            self.process.stdin.flush()
            while (answer := pickle.load(self.process.stdout)) is None:
                self._begin(seconds)
            return answer
        finally:
            with self._lock:
                self._since = None

    def _begin(self, seconds: float) -> None:
        with self._lock:
            if self.process is not None:
                self._since = seconds, time.monotonic(), _waited(self.process.pid)

    def _end(self) -> int:
        """Make an end of the process, if there is one; returns its exit code."""
        with self._lock:
            process, self.process = self.process, None
            self._late = False
        if process is None:
            return 0
        process.kill()
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()
        return process.wait()


def _waited(pid: int) -> float:
    """Seconds for which a process was ready to run and got no core (Linux; 0 elsewhere).

    On a machine that is busy with other things a deadline by the clock on the wall would give up good documents: with
    12 ready processes on 2 cores, 2 of 61 reports were lost to a deadline of 30 s.
    """
    try:
        with open(f"/proc/{pid}/schedstat", "rb") as stream:  # noqa: PTH123  # ten times a second
            return int(stream.read().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0
