"""`detente add` of events that were coded elsewhere: nothing is coded again, nothing is added twice, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from detente.cli import main
from detente.pipeline import outcomes
from detente.records import CoderVersion, Document, Event
from detente.store import Store

Coded = list[tuple[Document, Sequence[Event]]]
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def files(tmp_path: Path, coded: Coded) -> Path:
    """reports.jsonl, and events.jsonl as `detente code` writes it."""
    reports = [
        {k: v for k, v in d.to_dict().items() if k in ("id", "text", "published", "source", "url")} for d, _ in coded
    ]
    (tmp_path / "reports.jsonl").write_text("".join(json.dumps(r) + "\n" for r in reports), "utf-8")
    events = [e.to_dict() for _, events in coded for e in events]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(e) + "\n" for e in events), "utf-8")
    return tmp_path


@pytest.fixture
def no_coding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **more: object) -> None:
        raise AssertionError("nothing is to be coded")

    monkeypatch.setattr("detente.model.coder.default_coder", fail)


def add(capsys: Captured, folder: Path, *names: str) -> tuple[int, str]:
    code = main(["add", *(str(folder / n) for n in names), "--store", str(folder / "s")])
    return code, capsys.readouterr().err


@pytest.mark.usefixtures("no_coding")
def test_events_alone(files: Path, coded: Coded, capsys: Captured) -> None:
    count = sum(len(events) for _, events in coded)
    assert add(capsys, files, "events.jsonl") == (0, f"4 reports added with {count} events; 0 were there already\n")
    assert add(capsys, files, "events.jsonl") == (0, "0 reports added with 0 events; 4 were there already\n")
    with Store(files / "s") as store:
        assert {e.event_id: e for e in store.events()} == {e.event_id: e for _, events in coded for e in events}
        assert {d.sha256 for d in store.documents()} == {
            d.sha256 for d, _ in coded
        }  # of the reports that nobody has here
        assert store.verify() == []
        whole = Store(files / "whole")
        whole.add_coded(coded)
        assert {i.incident_id: i.events for i in store.incidents()} == {
            i.incident_id: i.events for i in whole.incidents()
        }
        whole.close()
        store.show(next(store.events()).event_id)
        store.forget("raid")
        assert store.verify() == []


@pytest.mark.usefixtures("no_coding")
def test_events_with_their_reports(files: Path, coded: Coded, capsys: Captured) -> None:
    assert add(capsys, files, "reports.jsonl", "events.jsonl")[0] == 0
    with Store(files / "s") as store:
        assert {d.text for d in store.documents()} == {d.text for d, _ in coded}
        assert {e.event_id for e in store.events()} == {e.event_id for _, events in coded for e in events}
        assert store.verify() == []
    # In whatever combination they come again, nothing is added.
    for again in (["events.jsonl"], ["events.jsonl", "reports.jsonl"]):
        assert add(capsys, files, *again) == (0, "0 reports added with 0 events; 4 were there already\n")


def test_the_reports_come_later(files: Path, coded: Coded, capsys: Captured) -> None:
    """Then the whole texts take the place of the excerpts; the same coder's events are not coded again if they are given."""
    add(capsys, files, "events.jsonl")
    code, err = add(capsys, files, "reports.jsonl", "events.jsonl")
    assert (code, "4 are new versions" in err) == (0, True)
    with Store(files / "s") as store:
        assert {d.text for d in store.documents()} == {d.text for d, _ in coded}
        assert len(list(store.events())) == sum(len(events) for _, events in coded)
        assert store.verify() == []
    assert add(capsys, files, "reports.jsonl") == (0, "0 reports added with 0 events; 4 were there already\n")


def test_a_report_without_events_in_the_file_is_coded(files: Path, coded: Coded, capsys: Captured) -> None:
    lines = (files / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    (files / "events.jsonl").write_text("".join(x for x in lines if '"id": "vow"' not in x), "utf-8")
    assert add(capsys, files, "events.jsonl", "reports.jsonl")[0] == 0
    with Store(files / "s") as store:
        assert {e.event_id for e in store.events()} == {e.event_id for _, events in coded for e in events}


@pytest.mark.usefixtures("no_coding")
def test_parts_of_a_file_add_up(files: Path, coded: Coded, capsys: Captured) -> None:
    """`split -l 3 events.jsonl`: a report whose events are in two parts has them all in the end, in any order."""
    lines = (files / "events.jsonl").read_text("utf-8").splitlines(keepends=True)
    parts = [f"part{n}.jsonl" for n in range(0, len(lines), 3)]
    for n, name in enumerate(parts):
        (files / name).write_text("".join(lines[3 * n : 3 * n + 3]), "utf-8")
    for name in reversed(parts):
        assert add(capsys, files, name)[0] == 0
    with Store(files / "s") as store:
        assert {e.event_id for e in store.events()} == {e.event_id for _, events in coded for e in events}
        assert store.verify() == []
    for name in parts:
        assert add(capsys, files, name)[1].startswith("0 reports added with 0 events")


@pytest.mark.usefixtures("no_coding")
@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda e: "{not json", "Expecting property name"),
        (lambda e: json.dumps([e]), "it is no JSON object, but list"),
        (lambda e: json.dumps({k: v for k, v in e.items() if k != "trigger"}), "trigger"),
        (lambda e: json.dumps({**e, "type": "ASSALT"}), "did you mean ASSAULT?"),
        (
            lambda e: json.dumps({**e, "trigger": {**e["trigger"], "text": "X" * len(e["trigger"]["text"])}}),
            "does not stand",
        ),
        (lambda e: json.dumps({**e, "trigger": {"start": 0, "end": 300, "text": "Xyz"}}), "does not fit"),
        (lambda e: json.dumps({**e, "sentence": 7}), "is no event"),
        (lambda e: json.dumps({**e, "confidence": 7}), "confidence"),
        (lambda e: json.dumps({**e, "document": {"id": "x"}}), "it has no 'sha256'"),
        (lambda e: json.dumps({**e, "document": {**e["document"], "published": "June"}}), "June"),
    ],
)
def test_a_malformed_line_is_listed_and_comes_in_once_it_is_mended(
    files: Path, coded: Coded, capsys: Captured, broken, why
) -> None:  # type: ignore[no-untyped-def]
    good = (files / "events.jsonl").read_text("utf-8").splitlines()
    (files / "broken.jsonl").write_text("\n".join([good[0], "", broken(json.loads(good[1])), *good[2:]]), "utf-8")
    code, err = add(capsys, files, "broken.jsonl")
    assert code == 1
    assert f"{files / 'broken.jsonl'}:3: is no event as detente code writes it" in err
    assert why in err
    with Store(files / "s") as store:
        assert len(list(store.events())) == len(good) - 1
        assert store.verify() == []
    assert add(capsys, files, "events.jsonl")[0] == 0
    with Store(files / "s") as store:
        assert len(list(store.events())) == len(good)
        assert store.verify() == []


@pytest.mark.usefixtures("no_coding")
def test_from_a_pipe_and_with_keys_in_another_order(files: Path, coded: Coded) -> None:
    import subprocess
    import sys

    lines = [
        json.dumps(json.loads(x), sort_keys=True) for x in (files / "events.jsonl").read_text("utf-8").splitlines()
    ]
    done = subprocess.run(
        [sys.executable, "-m", "detente", "add", "-", "--store", str(files / "s")],
        input="\n".join(lines), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Store(files / "s") as store:
        assert len(list(store.events())) == len(lines)


def test_events_of_another_text_than_the_report(files: Path, coded: Coded, capsys: Captured) -> None:
    """The report that is there counts, and is coded; what does not point at its words is listed."""
    changed = coded[0][0].text.replace("Friday", "Thursday")
    (files / "new.jsonl").write_text(json.dumps({"id": "raid", "text": changed, "published": "2020-01-04"}), "utf-8")
    code, err = add(capsys, files, "events.jsonl", "new.jsonl")
    assert code == 1
    assert "raid: its events were coded from another text" in err
    with Store(files / "s") as store:
        (raid,) = (d for d in store.documents() if d.id == "raid")
        assert raid.text == changed
        assert [e for e in store.events() if e.document.id == "raid"] == list(next(outcomes([replace(raid)])).events)
        assert store.verify() == []


@pytest.mark.usefixtures("no_coding")
def test_two_coders_in_one_file(files: Path, coded: Coded, recoded: Coded, capsys: Captured) -> None:
    with (files / "events.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(e.to_dict()) + "\n" for _, events in recoded for e in events)
    assert add(capsys, files, "events.jsonl")[0] == 0
    with Store(files / "s") as store:
        assert {e.coder for e in store.events()} == {CoderVersion("detente", "0.9", "small", "1")}  # the last one told
        assert store.verify() == []
    assert add(capsys, files, "events.jsonl")[1].startswith("0 reports added with 0 events")
