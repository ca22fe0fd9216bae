"""The whole hostile corpus in one run, beside good reports: nothing hangs, nothing of ours is read, nothing good is lost."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cases import ADDRESSES, ARCHIVED, CASES, GOOD, SECRET, Case, page

from detente.cli import main
from detente.errors import InputError, Quarantined
from detente.read import contained, read_inputs
from detente.records import Document

pytest.importorskip("feedparser")
pytest.importorskip("fastwarc")
pytest.importorskip("pypdfium2")
fetch = pytest.importorskip("detente.read.fetch")

Outcome = tuple[list[Document], list[InputError], float]
_SECONDS = 6.0  # the deadline here; the machine of CI is slow and shared


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    folder = tmp_path_factory.mktemp("hostile")
    secret = tmp_path_factory.mktemp("own") / "secret.txt"
    secret.write_text(SECRET, "utf-8")
    patch = pytest.MonkeyPatch()
    patch.setenv("DETENTE_PARSE_SECONDS", str(_SECONDS))
    patch.setenv("DETENTE_PARSE_MB", "700")
    found = {}
    try:
        for number, case in enumerate(CASES):
            path = folder / case.file
            data = case.make()
            for raw in ("SECRETFILE", "SECRETFILE".encode("utf-16-le").decode("latin-1")):
                wide = "\0" in raw
                name = str(secret).lstrip("/")
                data = data.replace(raw.encode("latin-1"), name.encode("utf-16-le") if wide else name.encode())
            path.write_bytes(data)
            good = folder / f"good{number}{'.html' if number % 2 else '.txt'}"
            good.write_bytes(page(f"<p>{GOOD}</p>" * 3) if number % 2 else GOOD.encode())
            documents: list[Document] = []
            errors: list[InputError] = []
            start = time.monotonic()
            for one in read_inputs([path, good]):
                (documents if isinstance(one, Document) else errors).append(one)  # type: ignore[arg-type]
            assert documents, case.name
            last = documents.pop()
            assert last.id == good.name, f"the good document beside {case.name!r} is lost"
            assert GOOD in last.text
            took = time.monotonic() - start
            found[case.name] = (documents, errors, took)
            path.unlink()
    finally:
        patch.undo()
        contained.close()
    return found


def test_the_corpus_is_as_large_as_was_promised() -> None:
    assert len(CASES) + len(ADDRESSES) >= 40
    assert len({c.name for c in CASES}) == len({c.file for c in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_what_becomes_of_it(case: Case, outcomes: dict[str, Outcome]) -> None:
    documents, errors, took = outcomes[case.name]
    told = " / ".join(map(str, errors))
    # A worker that gets less than half a core is given four times its deadline.
    assert took < 4 * _SECONDS + 30, "hung"
    if case.becomes == "read":
        assert documents, told
    elif case.becomes == "refused":
        assert errors
        assert not any(isinstance(e, Quarantined) for e in errors), told
        assert not documents or case.file.endswith(".jsonl.gz")
    else:
        assert any(isinstance(e, Quarantined) for e in errors), told
    texts = "\n".join(f"{d.text}\n{d.title}" for d in documents)
    assert case.holds in texts
    assert not case.lacks or case.lacks not in texts + told
    assert SECRET not in texts + told
    assert case.reason in told
    if case.file in ARCHIVED:
        assert {d.id for d in documents} >= ARCHIVED[case.file], told


def test_dates_that_cannot_be_are_left_out_and_told(
    outcomes: dict[str, Outcome],
) -> None:
    for name in ("a date of the year 9900", "a clock that was never set"):
        (document,), *_ = outcomes[name]
        assert document.published is None
        assert "not believed" in document.notes[0]


def test_a_link_that_runs_code_is_no_address(outcomes: dict[str, Outcome]) -> None:
    (document,), *_ = outcomes["a link that runs code"]
    assert document.url is None


def test_records_that_are_shorter_than_they_say_are_flagged(
    outcomes: dict[str, Outcome],
) -> None:
    for name in ("a record that says it is longer than the file", "a record cut off at the end"):
        documents, errors, _ = outcomes[name]
        notes = [n for d in documents for n in d.notes] + [e.reason for e in errors]
        assert any("truncated" in n or "bad record" in n for n in notes), name


def test_nothing_was_written_outside() -> None:
    assert not Path("/tmp/detente-climbed.csv").exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_of_ours_is_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, where: Any) -> None:
        raise AssertionError(f"connected to {where}")

    monkeypatch.setattr(socket, "create_connection", connect)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(fetch.FetchError) as told:
        fetch.Fetcher(seconds=5, gap=0).get(address)
    assert not told.value.temporary, told.value


def test_what_is_printed_holds_no_control_characters(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "x.jsonl"
    bad.write_bytes(b'{"id":"\\u001b[2J\\u0007\\u202e\\nfailed: fake", "text": 5}\n')
    out = tmp_path / "events.csv"
    assert main(["code", str(bad), "-o", str(out)]) == 1
    told = capsys.readouterr().err
    assert not any(ord(c) < 32 and c != "\n" for c in told)
    assert "\u202e" not in told
    assert len([line for line in told.splitlines() if line.startswith("failed")]) == 1
