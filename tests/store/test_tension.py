"""Tension and alarms of a store: from Python and from the command line."""

from __future__ import annotations

import csv
import io
import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.cli import main
from detente.records import Actor, Document, DocumentReference, Event, Place, SentenceReference, Span, When
from detente.store import Store

Coded = list[tuple[Document, Sequence[Event]]]


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_strike_and_its_condemnation_a_day_later(store: Store) -> None:
    found = store.tension("IRN", "USA", since="2020-01-01", until="2020-01-06")
    days = {p.day: p for p in found.points}
    assert list(days) == [f"2020-01-0{d}" for d in range(1, 7)]
    assert days["2020-01-01"].gap and days["2020-01-01"].conflict is None
    strike = days["2020-01-03"]  # "on Friday", told on Saturday
    assert strike.deeds is not None and strike.deeds >= 9.0 and strike.reports == 0
    assert days["2020-01-04"].words == 2.0 and days["2020-01-04"].deeds == 0.0
    assert days["2020-01-06"].gap
    shown = store.show(strike.incidents[0]).incident
    assert shown.type == "ASSAULT"
    assert found.directions["USA>IRN"][2].deeds == strike.deeds
    assert found.directions["IRN>USA"][2].deeds == 0.0


def test_each_report_ten_times_moves_no_series(tmp_path: Path, coded: Coded, store: Store) -> None:
    often = []
    for document, events in coded:
        for k in range(10):
            copy = replace(document, id=f"{document.id}-{k}", url=f"{document.url}/{k}")
            own = replace(events[0].document, id=copy.id, url=copy.url) if events else None
            often.append((copy, [replace(e, event_id=f"{e.event_id}{k}", document=own or e.document) for e in events]))
    with Store(tmp_path / "often") as ten:
        ten.add_coded(often)
        for pair in (("IRN", "USA"), ("Israel", "LBN"), ("UKR", "IRN"), (None, None)):
            for every in ("day", "week"):
                once, again = store.tension(*pair, every=every), ten.tension(*pair, every=every)
                assert len(once.points) == len(again.points)
                for a, b in zip(once.points, again.points, strict=True):
                    for name in (
                        "conflict",
                        "deeds",
                        "words",
                        "threats",
                        "cooperation",
                        "level",
                        "fast",
                        "low",
                        "high",
                    ):
                        x, y = getattr(a, name), getattr(b, name)
                        assert (x is None) == (y is None) and abs((x or 0) - (y or 0)) <= 1e-9
                    assert (a.n, a.gap) == (b.n, b.gap)
                assert once.reading.text == again.reading.text
        assert ten.tension("IRN", "USA").points[0].reports == 10 * store.tension("IRN", "USA").points[0].reports


def test_as_of_and_filters(store: Store) -> None:
    assert store.tension("IRN", "USA", as_of="2020-01-04").points[-1].day == "2020-01-04"
    only = store.tension("IRN", "USA", type="ACCUSE", until="2020-01-09")
    assert sum(p.conflict or 0 for p in only.points) == 2.0
    rolled = store.tension(actor="IRN", every="month", until="2020-01-31")
    assert rolled.dyad == "all" and rolled.points[-1].words


def test_an_empty_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with detente.open(tmp_path / "empty") as empty:
        empty.add([])
        assert empty.tension("IRN", "USA").reading.text == "unknown: the store has no reports yet"
        assert empty.tension("IRN", "USA").points == ()
        assert empty.alarms() == ()
        assert empty.turning_points("IRN", "USA") == ()
        assert empty.panel().dyads == []
    assert main(["tension", "--store", str(tmp_path / "empty"), "--dyad", "IRN-USA", "--to", "jsonl"]) == 0
    out, err = capsys.readouterr()
    assert out == "" and "the store has no reports yet" in err
    assert main(["tension", "--store", str(tmp_path / "none"), "--dyad", "IRN-USA"]) == 1


def test_the_command_line(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    base = ["tension", "--store", str(store.path), "--dyad", "IRN-USA", "--from", "2020-01-01", "--to", "2020-01-12"]
    assert main([*base, "--to", "jsonl"]) == 0
    out, err = capsys.readouterr()
    rows = lines(out)
    assert [r["day"] for r in rows] == [f"2020-01-{d:02}" for d in range(1, 13)]
    assert rows[0]["conflict"] is None and rows[0]["gap"] is True
    assert rows[2]["directions"]["USA>IRN"]["conflict"] >= 9.0
    assert rows[2]["incidents"]
    assert "detente: IRN-USA is " in err
    assert main([*base, "--format", "csv", "--every", "week"]) == 0
    sheet = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [r["day"] for r in sheet] == ["2020-01-01", "2020-01-06"]
    assert float(sheet[0]["conflict_b_to_a"]) > 0
    assert main([*base, "--to", "table"]) == 0
    shown = capsys.readouterr().out
    assert "no report" in shown and "2020-01-12" in shown
    assert main([*base, "--turns", "--to", "jsonl"]) == 0
    assert {"day", "kind", "text", "incidents"} == set(lines(capsys.readouterr().out)[0])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--dyad", "IRM-USA"], "'IRM' is no country: did you mean IRL (Ireland) or IRN (Iran)"),
        (["--dyad", "IRN"], "is no pair"),
        (["--dyad", "IRN-USA", "--from", "2020-02-01", "--to", "2020-01-01"], "is before the first day"),
        (["--dyad", "IRN-USA", "--from", "2020-13-01"], "is no day"),
        (["--actor", "IRM"], "'IRM' is no country"),
        (["--turns"], "name one (IRN-USA)"),
    ],
)
def test_wrong_questions_are_usage_errors(
    store: Store, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    assert main(["tension", "--store", str(store.path), *more]) == 2
    assert said in capsys.readouterr().err


def test_a_dyad_that_was_never_seen_is_told(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tension", "--store", str(store.path), "--dyad", "FRA-PER", "--to", "csv"]) == 0
    assert (
        "FRA-PER is unknown: no incident between FRA and PER in this store; FRA is in none" in capsys.readouterr().err
    )


_ACTS = (  # who, what, upon whom, where, when
    ("North Korea", "ASSAULT", "South Korea", "Paju", "2020-02-10"),
    ("South Korea", "SANCTION", "North Korea", None, "2020-02-11"),
    ("North Korea", "COERCE", "South Korea", "Rason", "2020-02-12"),
    ("South Korea", "MOBILIZE", "North Korea", "Busan", "2020-02-13"),
)
_CODES = {"North Korea": "PRK", "South Korea": "KOR"}
_TOWNS = {"Paju": (37.8, 126.8), "Rason": (42.3, 130.4), "Busan": (35.1, 129.0)}


def event(number: int, who: str, type_: str, whom: str, where: str | None, day: str) -> tuple[Document, list[Event]]:
    """A report of its own of one act."""
    text = f"{who} {type_} {whom}" + (f" {where}." if where else ".")
    document = Document(text, id=f"d{number}", published=day, source=f"Paper {number}")

    def words(said: str) -> tuple[int, int, str]:
        return text.index(said), text.index(said) + len(said), said

    place = (
        Place(*words(where), name=where, latitude=_TOWNS[where][0], longitude=_TOWNS[where][1], precision="city")
        if where
        else None
    )
    return document, [
        Event(
            f"det1-{number:024x}", DocumentReference(document.id, document.sha256, None, day), SentenceReference(0, 0, len(text), text),
            Span(*words(type_)), type_, quad=4, score=-5.0, place=place, confidence=0.9,
            actors=(Actor(*words(who), who, _CODES[who], ("GOV",)),), recipients=(Actor(*words(whom), whom, _CODES[whom], ("GOV",)),),
            date=When(start_date=day, end_date=day, granularity="day", basis="phrase"),
        )
    ]  # fmt: skip


@pytest.fixture
def war(tmp_path: Path) -> Store:
    """Forty quiet days, then an act of force on each of four days."""
    quiet = [
        (Document(f"Nothing happened on day {d}.", id=f"q{d}", published=f"2020-0{1 + d // 31}-{1 + d % 31:02}"), [])
        for d in range(50)
    ]
    with Store(tmp_path / "war") as made:
        made.add_coded([*quiet, *(event(n, *act) for n, act in enumerate(_ACTS))])
        yield made  # type: ignore[misc]


class Hook:
    """A web address that takes alarms."""

    def __init__(self, status: int) -> None:
        self.taken: list[dict[str, Any]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture(params=[200])
def hook(request: pytest.FixtureRequest) -> Iterator[Hook]:
    made = Hook(request.param)
    yield made
    made.server.shutdown()
    made.server.server_close()
    made.thread.join()


def test_alarms_as_table_feed_and_post(
    war: Store, hook: Hook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alarm,) = war.alarms()
    assert (alarm.dyad, alarm.raised, alarm.peak) == ("KOR-PRK", "2020-02-11", "2020-02-13")
    assert alarm.cause == (
        "one attack, one act of coercion, one show of force, one sanction from 7 February 2020 to 13 February 2020; "
        "heaviest: attack by North Korea on South Korea in Paju on 2020-02-10"
    )
    assert war.alarms("PRK", "KOR")[0].incidents == alarm.incidents
    base = ["alarms", "--store", str(war.path)]
    assert main([*base, "--to", "jsonl"]) == 0
    assert lines(capsys.readouterr().out) == [json.loads(json.dumps(alarm.to_dict()))]
    feed = tmp_path / "alarms.atom"
    assert main([*base, "--to", "atom", "-o", str(feed), "--webhook", hook.url]) == 0
    assert len(list(ET.parse(feed).getroot().iter("{http://www.w3.org/2005/Atom}entry"))) == 1
    assert [t["alarm"]["dyad"] for t in hook.taken] == ["KOR-PRK"]
    assert main([*base, "--from", "2020-02-12", "--to", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize("hook", [500, 302], indirect=True)
def test_an_address_that_does_not_take_it_is_told(war: Store, hook: Hook, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", "--store", str(war.path), "--to", "jsonl", "--webhook", hook.url]) == 1
    out, err = capsys.readouterr()
    assert len(lines(out)) == 1  # the alarm itself is not lost
    assert "to the alarm of KOR-PRK" in err


@pytest.mark.parametrize("url", ["file:///etc/passwd", "hook", "http://", "http://a:x/"])
def test_what_is_no_web_address(war: Store, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", "--store", str(war.path), "--webhook", url]) == 1
    assert "is no web address" in capsys.readouterr().err
