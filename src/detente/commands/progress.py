"""What a command tells on stderr while it works."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def counting(doing: str = "coding") -> Iterator[Callable[[int, int], None]]:
    """A line on stderr that counts reports and events while stderr is a terminal; silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda documents, events: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed} reports, {task.fields[events]} events"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, events=0)
        total = 0

        def advance(documents: int, events: int) -> None:
            nonlocal total
            total += events
            bar.update(task, advance=documents, events=total)

        yield advance


_EVERY = 60.0  # seconds between lines of progress where nobody watches a terminal


@contextlib.contextmanager
def rate(total: int | None, before: int = 0) -> Iterator[Callable[[int, int], None]]:
    """Reports, events, rate and the time that remains on stderr: one line that changes on a terminal, else one a minute."""
    terminal = sys.stderr.isatty()
    began = shown = time.monotonic()
    documents = events = 0

    def advance(more_documents: int, more_events: int) -> None:
        nonlocal documents, events, shown
        documents, events = documents + more_documents, events + more_events
        now = time.monotonic()
        if now - shown >= (0.5 if terminal else _EVERY):
            shown = now
            line = status(documents, events, now - began, total, before)
            print(
                f"\r\x1b[K{line}" if terminal else f"detente: {line}",
                end="" if terminal else "\n",
                file=sys.stderr,
                flush=True,
            )

    yield advance
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def status(documents: int, events: int, seconds: float, total: int | None, before: int) -> str:
    """One line: what was done in so many seconds, on top of what was there ``before``."""
    a_second = documents / seconds if seconds else 0.0
    of = f" of {total}" if total else ""
    left = (
        f", {clock((total - before - documents) / a_second)} left"
        if total and a_second and total > before + documents
        else ""
    )
    return f"{before + documents}{of} reports, {events} events, {a_second:.1f} reports a second{left}"


def clock(seconds: float) -> str:
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours} h {m:02d} min" if hours else f"{m} min {s:02d} s" if m else f"{s} s"
