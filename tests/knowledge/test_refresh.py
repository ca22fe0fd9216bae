"""Office-holders from Wikidata, on recorded answers: no test reaches out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from detente.errors import KnowledgeError
from detente.knowledge import refresh
from detente.knowledge.build_offices import Row, write


def binding(
    item: str,
    name: str,
    position: str,
    start: str,
    end: str = "",
    title: str | None = None,
    precision: str = "11",
    aliases: str = "",
) -> dict[str, Any]:
    row = {
        "person": f"http://www.wikidata.org/entity/{item}",
        "personLabel": name,
        "position": "http://www.wikidata.org/entity/Q1",
        "positionLabel": position,
        "start": f"{start}T00:00:00Z" if start else "",
        "sp": precision,
        "end": f"{end}T00:00:00Z" if end else "",
        "ep": "11",
        "title": title if title is not None else name,
        "aliases": aliases,
    }
    return {k: {"type": "literal", "value": v} for k, v in row.items() if v}


def answer(*bindings: dict[str, Any]) -> bytes:
    return json.dumps({"head": {}, "results": {"bindings": list(bindings)}}).encode()


#: As Wikidata answers: a right one, a vandalised label, one with a year only, an office that was never closed.
IRAN = answer(
    binding("Q11", "Mohammad Javad Zarif", "Minister of Foreign Affairs of Iran", "2013-08-15", "2021-08-25", aliases="Javad Zarif|محمدجواد ظریف"),
    binding("Q12", "moslman ali", "Commander-in-Chief of the Islamic Revolutionary Guard Corps", "2019-04-21", title="Hossein Salami"),
    binding("Q13", "Akbar Torkan", "Minister of Defence", "1989-01-01", "1993-08-16", precision="9"),
    binding("Q14", "Old Holder", "Minister of Foreign Affairs", "1995-01-01"),
    binding("Q15", "Backward Man", "Minister of Defence", "2005-01-01", "2003-01-01"),
    binding("Q16", "Q16", "Minister of Defence", "2005-01-01", "2006-01-01"),
    binding("Q17", "Nobody Knows", "Q999", "2005-01-01"),
)  # fmt: skip
FRANCE = answer(
    binding("Q21", "First President", "President of France", "2012-05-15", "2017-05-14"),
    binding("Q22", "Second President", "President of France", "2017-05-14"),
    binding("Q23", "Third President", "President of France", "2024-05-14"),
)


class Server:
    """Gives recorded answers one after the other, and remembers what was asked."""

    def __init__(self, *answers: tuple[int, dict[str, str], bytes] | Exception) -> None:
        self.answers, self.asked, self.waited = list(answers), [], []  # type: ignore[var-annotated]

    def __call__(self, address: str) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(address)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)


def run(server: Server, cache: Path, known: list[Row] | None = None, **countries: str) -> tuple[list[Row], list[str]]:
    told: list[str] = []
    found = refresh.refresh(countries, cache, known or [], server, server.wait, "2026-11-25", told.append)
    return found, told


def test_rows_are_read_and_what_looks_wrong_is_left_out_and_told(tmp_path: Path) -> None:
    server = Server((200, {}, IRAN))
    found, told = run(server, tmp_path, IRN="Q794")
    assert [(r.name, r.office, r.sector, r.first, r.last, r.entity) for r in found] == [
        ("Mohammad Javad Zarif", "foreign minister", "GOV", "2013-08-15", "2021-08-25", "Q11"),
        ("Akbar Torkan", "defence minister", "GOV", "1989", "1993-08-16", "Q13"),
    ]
    assert found[0].aliases == ("Javad Zarif",)
    assert "Q794" in server.asked[0]
    text = "\n".join(told)
    for name, why in (
        ("Hossein Salami", "differs from the title"),
        ("Old Holder", "open for more than"),
        ("Backward Man", "ends before"),
        ("Q16", "no"),
    ):
        assert any(name in line and why in line for line in told), text


def test_a_holder_with_a_successor_is_not_open(tmp_path: Path) -> None:
    found, told = run(Server((200, {}, FRANCE)), tmp_path, FRA="Q142")
    assert [r.name for r in found] == ["First President", "Third President"]
    assert any("Third President follows" in line for line in told)


def test_it_waits_between_requests_and_longer_when_refused(tmp_path: Path) -> None:
    server = Server((429, {"Retry-After": "7"}, b""), (503, {}, b""), (200, {}, IRAN), (200, {}, FRANCE))
    run(server, tmp_path, IRN="Q794", FRA="Q142")
    assert server.waited == [7.0, 10.0, 1.0]


def test_a_run_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    broken = Server((200, {}, IRAN), *[(429, {}, b"")] * 6)
    with pytest.raises(KnowledgeError, match=r"no answer for FRA.*kept"):
        run(broken, tmp_path, IRN="Q794", FRA="Q142")
    again = Server((200, {}, FRANCE))
    found, _ = run(again, tmp_path, IRN="Q794", FRA="Q142")
    assert len(again.asked) == 1
    assert {r.country for r in found} == {"IRN", "FRA"}


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"results": 3}', b"\xff\xfe"])
def test_an_answer_that_is_none_is_told_and_not_kept(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(KnowledgeError, match="no SPARQL result"):
        run(Server((200, {}, body)), tmp_path, IRN="Q794")
    assert not list(tmp_path.rglob("IRN.json"))


def test_a_refusal_for_good_is_told_at_once(tmp_path: Path) -> None:
    server = Server((400, {}, b""))
    with pytest.raises(KnowledgeError, match="status 400"):
        run(server, tmp_path, IRN="Q794")
    assert server.waited == []


def test_own_rows_and_other_countries_stay(tmp_path: Path) -> None:
    known = [
        Row("Ali Khamenei", (), "IRN", "GOV", "supreme leader", "1989-06-04", "", 42, "own; reports; Wikidata", "Q57"),
        Row("Angela Merkel", (), "DEU", "GOV", "chancellor", "2005-11-22", "2021-12-08", 148, "own; reports", ""),
        Row("Gone Minister", (), "IRN", "GOV", "interior minister", "2001", "2002", 0, "Wikidata", "Q99"),
    ]
    found, _ = run(Server((200, {}, IRAN)), tmp_path, known, IRN="Q794")
    assert [r.name for r in found][:2] == ["Ali Khamenei", "Angela Merkel"]
    assert "Gone Minister" not in [r.name for r in found]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found, _ = run(Server((200, {}, IRAN)), tmp_path, IRN="Q794")
    write(found, tmp_path / "offices.tsv")
    assert sorted(refresh.shipped(tmp_path / "offices.tsv"), key=lambda r: r.name) == sorted(
        found, key=lambda r: r.name
    )


def test_it_says_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Answer:
        status, headers = 200, {}

        def __enter__(self) -> Answer:
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self) -> bytes:
            return b"{}"

    def urlopen(request: Any, timeout: float) -> Answer:
        seen.append(request.get_header("User-agent"))
        return Answer()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    refresh.fetch("https://example.org/", "me@example.org")
    assert seen[0].startswith("detente/")
    assert "me@example.org" in seen[0]
