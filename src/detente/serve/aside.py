"""What takes seconds of a processor is made in a process of its own: Python lets only one thread of a process run at a time, and other
requests would wait for it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from detente.store import Store

Made = TypeVar("Made")
_stores: dict[Path, Store] = {}  # of the other process: opened once, and kept


class Aside:
    """One other process with the store open, started by the first `made`. It gives way to what answers requests."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def made(self, make: Callable[[Store], Made], run: int) -> Made:
        """What ``make``, a function of a module, makes of the store as of a run. Raises BrokenExecutor if the process was killed; the next
        call starts another."""
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_give_way)
            pool = self._pool
        try:
            found: Made = pool.submit(_made, self.path, make, run).result()
            return found
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Let the process end."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)


def _made(path: Path, make: Callable[[Store], Any], run: int) -> Any:
    if path not in _stores:
        _stores[path] = Store(path)
    with _stores[path].still(run):
        return make(_stores[path])
