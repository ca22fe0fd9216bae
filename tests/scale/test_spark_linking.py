"""Linking and tension as Spark jobs give what a local run gives, on pysail and on Spark: skipped where they are absent."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente import demo, pipeline, read
from detente.cli import main
from detente.errors import DetenteError
from detente.export import measures
from detente.link import Linked, link
from detente.link.neighbours import MOST
from detente.measure import ask
from detente.measure.columns import Columns
from detente.records import Document
from detente.store import Store
from detente.store.filters import Filters

DEMO = Path(demo.__file__).parent


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's reports, some of them copied (whole, cut, with other words around), one undated, one in another language; and one
    happening told by more than a list of neighbours holds."""
    folder = tmp_path_factory.mktemp("spark")
    texts = [(DEMO / f"{name}.jsonl").read_text("utf-8") for name in ("set", "dossier")]
    lines = [json.loads(line) for text in texts for line in text.splitlines()]
    for n, line in enumerate(lines):
        line["id"] = f"report {n}"
    copies = []
    for n, line in enumerate(lines[:12]):
        more = ["", " Further details were not known at once.", " " + lines[n + 1]["text"]][n % 3]
        copies.append(
            {**line, "id": f"copy {n}", "source": ["Reuters", "tass.ru", None][n % 3], "text": line["text"] + more}
        )
    for copy in copies:
        copy.pop("url", None)  # a store would take it for another version of the same page
    copies[0].pop("published", None)
    foreign = "Die Regierung in Teheran hat am Montag die Angriffe auf ihre Botschaft scharf verurteilt. " * 4
    words = ("large", "deadly", "heavy", "brutal", "fierce", "dawn", "sudden", "major")
    said = ("officials said", "police said", "the army said", "residents said")
    crowd = [
        {"id": f"crowd {word} {who}", "published": "2019-10-01", "text": f"Gunmen attacked an army post in Mondoro, Mali, on Monday in a {word} raid, killing 25 soldiers, {who}."}
        for word in words
        for who in said
    ]  # fmt: skip
    assert len(crowd) > MOST
    rows = [*lines, *copies, *crowd, {"id": "foreign", "text": foreign, "published": lines[0].get("published")}]
    path = folder / "wire.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    assert main(["code", str(path), "-o", str(folder / "events.jsonl")]) == 0
    return path


@pytest.fixture(scope="module")
def linked(wire: Path) -> Linked:
    """What the local run makes of it."""
    documents = [d for d in read.read_inputs([wire]) if isinstance(d, Document)]
    return link((o.document, o.events) for o in pipeline.outcomes(documents) if o.skipped is None)


def _lines(folder: Path) -> str:
    return "".join(p.read_text("utf-8") for p in sorted(folder.glob("part-*.jsonl")))


def _json(records: Any) -> str:
    return "".join(json.dumps(r.to_dict(), ensure_ascii=False) + "\n" for r in records)


@pytest.fixture(params=["sail", "local[2]"])
def master(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each engine that is here."""
    pytest.importorskip("pysail" if request.param == "sail" else "pyspark")
    if request.param != "sail" and shutil.which("java") is None:
        pytest.skip("no Java")
    yield request.param


def test_incidents_claims_and_tension_are_those_of_one_machine(
    wire: Path, linked: Linked, master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.scale import linking

    monkeypatch.setattr(linking, "_CELL", 5)  # blocks are cut into cells
    monkeypatch.setattr(linking, "_PART", 10)
    given = ["--master", master, "--input", str(wire)]
    events, out = str(wire.parent / "events.jsonl"), tmp_path / "linked"
    assert main(["spark", "link", *given, "--events", events, "--output", str(out)]) == 0
    assert len(linked.incidents) > 10
    assert len(list((out / "incidents").glob("part-*"))) > 1
    assert _lines(out / "incidents") == _json(linked.incidents)
    assert _lines(out / "claims") == _json(linked.claims)
    assert not [p for p in out.rglob("*") if p.name.startswith(".") and p.suffix != ".crc"], "nothing else is left"

    assert main(["add", str(wire), "--store", str(tmp_path / "store")]) == 0
    told = tmp_path / "tension"
    words = [
        "spark",
        "tension",
        *given,
        "--incidents",
        str(out / "incidents"),
        "--output",
        str(told),
        "--every",
        "week",
    ]
    assert main(words) == 0
    whole = io.StringIO()
    with Store(tmp_path / "store") as store:
        columns = Columns(store.measuring().measured(Filters()))
        known = {p.country for i in linked.incidents for p in (*i.actors, *i.recipients) if p.country}
        pairs = sorted({f"{min(a, b)}-{max(a, b)}" for a, b, _ in columns.directed() if {a, b} <= known})
        for pair in pairs:
            found = ask.tension(store.measuring(), every="week", asked=Filters(dyad=pair))
            if any(p.n for p in found.points):
                measures.tension(found, whole, "jsonl")
    assert whole.getvalue().count("\n") > 10
    assert _lines(told) == whole.getvalue()


def test_from_delta_to_delta(wire: Path, linked: Linked, tmp_path: Path) -> None:
    pytest.importorskip("pysail")
    deltalake = pytest.importorskip("deltalake")
    given = ["--master", "sail", "--input", str(wire), "--to", "delta"]
    events, out, told = tmp_path / "events", tmp_path / "linked", tmp_path / "tension"
    assert main(["spark", "code", *given, "--output", str(events)]) == 0
    assert main(["spark", "link", *given, "--events", str(events), "--output", str(out)]) == 0
    assert main(["spark", "tension", *given, "--incidents", str(out / "incidents"), "--output", str(told)]) == 0
    for name, records in (("incidents", linked.incidents), ("claims", linked.claims)):
        assert deltalake.DeltaTable(out / name).to_pyarrow_table().num_rows == len(records)
    assert {"dyad", "day", "conflict", "level_a_to_b"} <= set(
        deltalake.DeltaTable(told).to_pyarrow_table().column_names
    )


def test_options_of_another_job_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spark", "link", "--input", "x.jsonl", "--output", "out"]) == 2
    assert "needs --events" in capsys.readouterr().err
    assert main(["spark", "code", "--input", "x.jsonl", "--output", "out", "--incidents", "x"]) == 2


def test_a_broken_table_of_events_ends_the_job_with_its_place(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from detente.scale import splits, tables

    path = tmp_path / "events.jsonl"
    path.write_text('{"event_id": "a"}\n{broken\n', "utf-8")
    with pytest.raises(DetenteError, match=r"events.jsonl:2 is not JSON"):
        list(tables.rows(splits.splits([str(path)])[0]))
