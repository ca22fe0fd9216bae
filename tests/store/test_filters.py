"""Every filter of `detente events`, `incidents` and `claims`, as a user types it; and what a wrong value says."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from detente.cli import main
from detente.records import Document, Event
from detente.store import Store

Coded = list[tuple[Document, Sequence[Event]]]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, coded: Coded) -> Path:
    """A store that is only read: four reports, added in two steps, and one event that was rejected."""
    path = tmp_path_factory.mktemp("filters") / "s"
    with Store(path) as store:
        store.add_coded(coded)
        rockets = next(e for e in store.events() if e.trigger.text == "fired rockets")
        store.correct(rockets.event_id, by="ann", why="an exercise", reject=True)
    return path


def called(capsys: Captured, *words: object) -> tuple[int, str, str]:
    try:
        code = main([str(w) for w in words])
    except SystemExit as error:  # argparse
        code = int(error.code or 0)
    out = capsys.readouterr()
    return code, out.out, out.err


def rows(capsys: Captured, folder: Path, verb: str, *words: str) -> list[dict[str, object]]:
    code, out, _ = called(capsys, verb, *words, "--store", folder)
    assert code == 0
    return [json.loads(line) for line in out.splitlines()]


#: Filters, and the triggers of the events that they give.
FILTERS = [
    (["--from", "2024-01-01"], {"struck"}),
    (["--to", "2020-01-03"], {"drone strike"}),
    (["--from", "2020-01-05", "--to", "2020-01-05"], {"threatened", "criticized", "strike"}),
    (["--on", "2020-01-03"], {"drone strike"}),
    (["--actor", "UKR"], {"accused"}),
    (["--actor", "Ukraine"], {"accused"}),
    (["--actor", "ISR:MIL"], {"struck"}),
    (["--recipient", "soleimani"], {"drone strike"}),
    (["--recipient", '"Soleimani"'], {"drone strike"}),
    (["--dyad", "UKR-IRN"], {"accused"}),
    (["--dyad", "Iran-Ukraine"], {"accused"}),
    (["--type", "THREATEN"], {"threatened"}),
    (["--type", "threaten,ASSAULT/drone"], {"threatened", "drone strike"}),
    (["--type", "THREATEN", "--type", "ASSAULT/drone"], {"threatened", "drone strike"}),
    (["--place", "Lebanon"], {"struck"}),
    (["--place", "LBN"], {"struck"}),
    (["--place", "Baghdad"], {"drone strike"}),
    (["--status", "denied"], {"shot"}),
    (["--text", "airliner"], {"accused", "shooting down"}),
    (["--text", '"drone strike"'], {"drone strike"}),
    (["--limit", "1"], {"drone strike"}),
    (["--limit", "0"], set()),
    (["--as-of", "2020-01-04"], {"drone strike", "condemned"}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "triggers"), FILTERS, ids=lambda v: " ".join(v) if isinstance(v, list) else "")
def test_each_filter_of_events(folder: Path, capsys: Captured, words: list[str], triggers: set[str]) -> None:
    found = {e["trigger"]["text"] for e in rows(capsys, folder, "events", *words)}  # type: ignore[index]
    if words[0] == "--as-of":
        assert {e["document"]["id"] for e in rows(capsys, folder, "events", *words)} == {"raid"}  # type: ignore[index]
    else:
        assert found - {"killing", "killed"} == triggers


@pytest.mark.parametrize(
    "words", [["--min-confidence", "0.9"], *(w for w, _ in FILTERS if w[0] != "--limit")], ids=" ".join
)
def test_each_filter_of_incidents_and_claims(folder: Path, capsys: Captured, words: list[str]) -> None:
    """Incidents that the filter means are those of the events that it means; claims are of these incidents."""
    everything = {i["incident_id"]: i for i in rows(capsys, folder, "incidents")}
    found = {i["incident_id"] for i in rows(capsys, folder, "incidents", *words)}
    assert found <= set(everything)
    events = {e["event_id"] for e in rows(capsys, folder, "events", *words)}
    of_events = {n for n, i in everything.items() if events & set(i["events"])}  # type: ignore[call-overload]
    # An incident has one type, its parties by name, and the dates of all reports.
    assert found == of_events or words[0] in ("--type", "--recipient", "--as-of", "--from", "--to", "--on")
    assert bool(found) == bool(of_events) or words[0] == "--type"
    claims = {c["incident_id"] for c in rows(capsys, folder, "claims", *words)}
    assert claims <= found
    assert bool(claims) == bool(found)


def test_min_confidence(folder: Path, capsys: Captured) -> None:
    whole = rows(capsys, folder, "events")
    middle = sorted(float(str(e["confidence"])) for e in whole)[len(whole) // 2]
    found = rows(capsys, folder, "events", "--min-confidence", str(middle))
    assert found == [e for e in whole if float(str(e["confidence"])) >= middle]
    assert 0 < len(found) < len(whole)


def test_limits_of_incidents_and_claims(folder: Path, capsys: Captured) -> None:
    for verb in ("incidents", "claims"):
        whole = rows(capsys, folder, verb)
        assert rows(capsys, folder, verb, "--limit", "2") == whole[:2]
        assert rows(capsys, folder, verb, "--limit", "0") == []


def test_rejected_is_listed_on_request_and_marked(folder: Path, capsys: Captured) -> None:
    for verb in ("events", "incidents"):
        kept = rows(capsys, folder, verb)
        every = rows(capsys, folder, verb, "--rejected")
        assert [r for r in every if not r.get("rejected")] == kept
        (one,) = (r for r in every if r.get("rejected"))
        assert "HMAS" not in json.dumps(one)
        _, out, _ = called(capsys, verb, "--rejected", "--to", "csv", "--store", folder)
        assert [r["rejected"] for r in csv.DictReader(io.StringIO(out))].count("True") == 1
        _, out, _ = called(capsys, verb, "--rejected", "--to", "table", "--store", folder)
        assert "rejected" in out
        _, out, _ = called(capsys, verb, "--to", "table", "--store", folder)
        assert "rejected" not in out
    with Store(folder) as store:  # the same from Python
        event = next(e for e in store.events(rejected=True) if getattr(e, "rejected", False))
        assert event.trigger.text == "fired rockets"
        (incident,) = (i for i in store.incidents(rejected=True) if getattr(i, "rejected", False))
        assert incident.events == (event.event_id,)
        assert list(store.incidents(rejected=True, actor="Hezbollah")) == [incident]
        assert list(store.incidents(actor="Hezbollah")) == []


@pytest.mark.parametrize("verb", ["events", "incidents", "claims"])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--actor", ""], "--actor '' says nothing: leave it out to ask for all"),
        (["--text", "!?"], "--text '!?' says nothing"),
        (["--type", ""], "--type '' says nothing"),
        (["--as-of", " "], "--as-of ' ' says nothing"),
        (["--from", "June"], "--from 'June' is no day: write 2020-01-12"),
        (["--from", "2020-02-30"], "--from '2020-02-30' is no day"),
        (["--to", "2020-1-5"], "--to '2020-1-5' is no day"),
        (["--to", "xml"], "--to 'xml' is neither a date (2020-01-12) nor a format (table, jsonl, csv)"),
        (["--to", "jsnl"], "did you mean jsonl?"),
        (["--to", "csv", "--to", "jsonl"], "--to is given twice: csv and jsonl"),
        (["--on", "yesterday"], "--on 'yesterday' is no day"),
        (["--from", "2020-02-01", "--to", "2020-01-01"], "the last day 2020-01-01 is before the first day 2020-02-01"),
        (["--as-of", "then"], "'then' is no time: write 2020-01-12"),
        (["--actor", "IRX"], "'IRX' is no country: did you mean IRL (Ireland) or IRN (Iran) or IRQ (Iraq)?"),
        (["--actor", "Irann"], "did you mean Iran (IRN)?"),
        (["--recipient", "Ukrane"], "did you mean Ukraine (UKR)?"),
        (["--recipient", "IRN:MLI"], "did you mean MIL?"),
        (["--dyad", "IRN-UAS"], "USA (United States)?"),
        (["--dyad", "Iran"], "'Iran' is no pair: write IRN-USA"),
        (["--type", "ASSALT"], "unknown event type 'ASSALT': did you mean ASSAULT?"),
        (["--type", "ASSAULT/dron"], "did you mean drone?"),
        (["--place", "Germny"], "did you mean Germany (DEU)?"),
        (["--status", "actaul"], "did you mean actual?"),
        (["--min-confidence", "high"], "'high' is not a number from 0 to 1"),
        (["--min-confidence", "3"], "'3' is not a number from 0 to 1"),
        (["--limit", "-1"], "'-1' is not a whole number of 0 or more"),
        (["--limit", "few"], "'few' is not a whole number of 0 or more"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_clear_line(
    folder: Path, capsys: Captured, verb: str, words: list[str], told: str
) -> None:
    if words[:2] == ["--limit", "-1"]:
        words = ["--limit=-1"]
    code, out, err = called(capsys, verb, *words, "--store", folder)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert err.startswith(f"detente {verb}")
