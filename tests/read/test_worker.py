"""A worker costs a document at most: hung, burst, crashed or wrong, the next one is read."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.read.worker import Worker, WorkFailed


def task(values: dict[str, Any], data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """What the workers of this page do."""
    match values["do"]:
        case "hang":
            time.sleep(1000)
        case "spin":
            while True:
                pass
        case "burst":
            yield {"n": len(bytearray(2_000_000_000))}, b""
        case "crash":
            os.abort()
        case "raise":
            raise ValueError("no")
        case "read":
            yield {"text": Path(values["path"]).read_text("utf-8")}, b""
        case "connect":
            import socket

            socket.create_connection(("127.0.0.1", 9))
        case "run":
            os.system("true")
        case "print":
            print("noise on standard output", flush=True)
        case "many":
            for i in range(50):
                yield {"i": i}, bytes(100_000)
    yield {"pid": os.getpid(), "tokens": os.environ.get("A_TOKEN", "")}, data


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(f"{__name__}:task", seconds=2, memory=500_000_000) as one:
        yield one


def echo(worker: Worker) -> int:
    ((answer, data),) = worker.run({"do": "echo"}, b"\x00\xff")
    assert data == b"\x00\xff"
    return int(answer["pid"])


@pytest.mark.parametrize(
    ("do", "kind"), [("hang", "deadline"), ("spin", "deadline"), ("burst", "memory"), ("crash", "crash")]
)
def test_a_lost_worker_is_replaced(worker: Worker, do: str, kind: str) -> None:
    before = echo(worker)
    with pytest.raises(WorkFailed) as told:
        list(worker.run({"do": do}))
    assert told.value.kind == kind
    assert echo(worker) != before


def test_a_task_that_raises_leaves_the_worker_alive(worker: Worker) -> None:
    before = echo(worker)
    with pytest.raises(WorkFailed, match="ValueError: no"):
        list(worker.run({"do": "raise"}))
    assert echo(worker) == before


def test_no_files_network_or_programs(worker: Worker, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", "utf-8")
    for asked in ({"do": "read", "path": str(secret)}, {"do": "connect"}, {"do": "run"}):
        with pytest.raises(WorkFailed, match="not allowed"):
            list(worker.run(asked))


def test_no_token_of_ours_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "secret")
    with Worker(f"{__name__}:task") as one:
        ((answer, _),) = one.run({"do": "echo"})
    assert answer["tokens"] == ""


def test_noise_does_not_break_the_conversation(worker: Worker) -> None:
    assert len(list(worker.run({"do": "print"}))) == 1


def test_answers_stream_and_may_be_left(worker: Worker) -> None:
    assert len(list(worker.run({"do": "many"}))) == 51
    for answer, _ in worker.run({"do": "many"}):
        if answer["i"] == 3:
            break
    echo(worker)
