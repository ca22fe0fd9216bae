"""Exports read back by readers that are not ours: duckdb, a check of RFC 7946, jsonschema, column checkers written here."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import detente
from detente import export, ontology
from detente.commands.export import FORMATS
from detente.errors import DetenteError
from detente.export import acled, gdelt, icews, label_studio, polecat, tabs
from detente.export.rows import of_event, sides
from detente.ontology import cameo
from detente.records import Actor, Document, Event, Place, Span, When

TABLES = {"gdelt": 61, "gdelt-mentions": 16, "polecat": 40, "icews": 20}
HOSTILE = 'a\tb\r\nc\x00 "quoted" \u202edesrever\u2069 \u2028=1+1'


def written(events: list[Event], form: str, **given: Any) -> str:
    out = io.BytesIO()
    said: list[str] = []
    export.write(events, out, form, tell=said.append, **given)
    return out.getvalue().decode("utf-8")


def cells(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.removesuffix("\n").split("\n")] if text else []


@pytest.fixture(scope="module")
def events(wire_events: list[Event], gold_events: list[Event]) -> list[Event]:
    return [*wire_events, *gold_events]


@pytest.fixture(scope="module")
def actual(events: list[Event]) -> list[Event]:
    return [e for e in events if e.status == "actual" and (e.date or e.document.published)]


def test_the_command_line_names_all_formats() -> None:
    assert tuple(export.FORMATS) == FORMATS


@pytest.mark.parametrize("form", list(TABLES))
def test_every_line_has_its_columns_and_no_more(form: str, events: list[Event], actual: list[Event]) -> None:
    lines = cells(written(events, form))
    assert {len(line) for line in lines} == {TABLES[form]}
    assert len(lines) - (form in ("polecat", "icews")) == len(actual)


def test_gdelt_reads_as_typed_columns_in_duckdb(tmp_path: Path, events: list[Event], actual: list[Event]) -> None:
    path = tmp_path / "20200112.export.CSV"
    export.write(events, path, "gdelt", tell=lambda _: None)
    whole = ("GLOBALEVENTID", "SQLDATE", "MonthYear", "Year", "IsRootEvent", "QuadClass", "DATEADDED")
    real = re.compile("FractionDate|Goldstein|AvgTone|_Lat|_Long")
    kinds = {
        c: "BIGINT"
        if c in whole or c.startswith("Num") or c.endswith("Geo_Type")
        else "DOUBLE"
        if real.search(c)
        else "VARCHAR"
        for c in gdelt.COLUMNS
    }
    read = f"read_csv(?, delim='\t', header=false, quote='', escape='', columns={kinds})"
    rows = duckdb.execute(f"SELECT * FROM {read}", [str(path)]).fetchall()
    assert len(rows) == len(actual)
    got = [dict(zip(gdelt.COLUMNS, row, strict=True)) for row in rows]
    assert len({r["GLOBALEVENTID"] for r in got}) == len(got)
    assert max(r["GLOBALEVENTID"] for r in got) < 2**52
    for row, event in zip(got, actual, strict=True):
        assert re.fullmatch(r"\d{8}", str(row["SQLDATE"]))
        assert str(row["SQLDATE"]).startswith(str(row["MonthYear"]))
        assert row["Year"] <= row["FractionDate"] < row["Year"] + 1.1  # GDELT's own formula: December ends at 1.07
        assert row["EventCode"] in cameo.codes()
        assert row["EventCode"].startswith(row["EventBaseCode"])
        assert row["EventBaseCode"].startswith(row["EventRootCode"])
        assert row["QuadClass"] in (1, 2, 3, 4)
        assert -10 <= row["GoldsteinScale"] <= 10
        assert row["ActionGeo_Type"] in (0, 1, 2, 3, 4, 5)
        assert (row["ActionGeo_Lat"] is None) == (event.place is None or event.place.latitude is None)


def test_icews_and_polecat_read_by_their_headers(tmp_path: Path, events: list[Event], actual: list[Event]) -> None:
    for form, columns in (("icews", icews.COLUMNS), ("polecat", polecat.COLUMNS)):
        path = tmp_path / form
        export.write(events, path, form, tell=lambda _: None)
        read = "read_csv(?, delim='\t', header=true, quote='', escape='', all_varchar=true)"
        table = duckdb.execute(f"SELECT * FROM {read}", [str(path)])
        assert [d[0] for d in table.description] == list(columns)
        got = [dict(zip(columns, row, strict=True)) for row in table.fetchall()]
        assert len(got) == len(actual)
        for row in got:
            date.fromisoformat(row["Event Date"])
            assert all(abs(float(row[c])) <= 180 for c in ("Latitude", "Longitude") if row[c])
            if form == "polecat":
                assert row["Event Type"] in ontology.TYPES
                assert row["Quad Code"] in {q.upper() for q in ontology.QUADS.values()}
                assert float(row["Intensity"]) == ontology.score(
                    row["Event Type"], [] if row["Event Mode"] == "None" else row["Event Mode"].split("; ")
                )
            else:
                assert cameo.codes()[row["CAMEO Code"]].title == row["Event Text"]


def test_iran_and_a_strike_on_baghdad_as_each_format_has_them() -> None:
    (event,) = [e for e in detente.code(
        "A U.S. drone strike in Baghdad killed Iranian general Qassem Soleimani on Friday.",
        published="2020-01-04",
    ) if e.type == "ASSAULT"][:1]  # fmt: skip
    (row,) = cells(written([event], "gdelt"))
    told = dict(zip(gdelt.COLUMNS, row, strict=True))
    assert (told["SQLDATE"], told["MonthYear"], told["Year"]) == ("20200103", "202001", "2020")
    assert (told["Actor1CountryCode"], told["Actor1Name"], told["Actor2CountryCode"]) == ("USA", "UNITED STATES", "IRN")
    assert told["Actor2Code"].startswith("IRN")
    assert (told["EventRootCode"], told["QuadClass"], told["GoldsteinScale"]) in (
        ("19", "4", "-10"),
        ("18", "4", "-10"),
    )
    assert (told["ActionGeo_CountryCode"], told["ActionGeo_Type"]) == ("IZ", "4")  # FIPS, not ISO
    told = dict(zip(icews.COLUMNS, cells(written([event], "icews"))[1], strict=True))
    assert (told["Event Date"], told["Source Country"], told["Target Country"]) == (
        "2020-01-03",
        "United States",
        "Iran",
    )
    assert (told["City"], told["Country"], told["Intensity"]) == ("Baghdad", "Iraq", "-10")
    told = dict(zip(polecat.COLUMNS, cells(written([event], "polecat"))[1], strict=True))
    assert (told["Actor Country"], told["Actor COW"], told["Recipient COW"]) == ("USA", "2", "630")
    assert (told["Event Type"], told["Quad Code"], told["District"]) == ("ASSAULT", "MATERIAL CONFLICT", "None")
    (told,) = csv.DictReader(io.StringIO(written([event], "acled")))
    assert (told["event_date"], told["iso"], told["country"], told["time_precision"]) == (
        "2020-01-03",
        "368",
        "Iraq",
        "1",
    )
    assert told["disorder_type"] == "Political violence"


def test_talks_have_two_sides(wire_events: list[Event]) -> None:
    """Among equals the first country stands against the others, in one row."""
    equal = replace(
        wire_events[0], actors=(Actor(name="Egypt", country="EGY"), Actor(name="Jordan", country="JOR")), recipients=(), type="CONSULT",
        modes=(), quad=1, status="actual",
    )  # fmt: skip
    one, other = sides(of_event(equal))
    assert ([a.country for a in one], [a.country for a in other]) == (["EGY"], ["JOR"])
    (row,) = cells(written([equal], "gdelt"))
    assert (row[7], row[17]) == ("EGY", "JOR")


@pytest.mark.parametrize("form", ["gdelt", "gdelt-mentions", "polecat", "icews", "acled"])
def test_a_denied_strike_does_not_look_like_one(form: str, wire_events: list[Event]) -> None:
    denied = [replace(e, status="denied") for e in wire_events if e.type == "ASSAULT"]
    assert denied
    said: list[str] = []
    out = io.BytesIO()
    assert export.write(denied, out, form, tell=said.append) == 0
    assert any(f"left out {len(denied)} denied (--all-statuses keeps them)" in s for s in said)
    said.clear()
    assert export.write(denied, out, form, all_statuses=True, tell=said.append) == len(denied)
    assert any("look like what did" in s for s in said)


def test_formats_with_a_status_keep_all(wire_events: list[Event]) -> None:
    denied = replace(wire_events[0], status="denied")
    for form in ("jsonl", "csv", "geojson", "plover", "ftm", "web-annotation"):
        assert "denied" in written([denied], form), form


def test_an_event_without_a_day_has_that_of_its_report_where_a_format_wants_one(wire_events: list[Event]) -> None:
    undated = replace(wire_events[0], date=None, status="actual")
    said: list[str] = []
    out = io.BytesIO()
    export.write([undated], out, "icews", tell=said.append)
    assert out.getvalue().decode().split("\n")[1].split("\t")[1] == "2024-10-08"
    assert said == ["icews has a day in every row: 1 without one of their own have that of their report"]
    nowhere = replace(undated, document=replace(undated.document, published=None))
    assert export.write([nowhere], io.BytesIO(), "gdelt", tell=said.append) == 0
    assert "left out 1 without any date" in said[-1]
    assert json.loads(written([undated], "geojson"))["features"][0]["properties"]["start_date"] is None


def rfc7946(text: str) -> list[dict[str, Any]]:
    """The features of a collection, after the rules of RFC 7946 that can be broken."""
    whole = json.loads(text)
    assert whole["type"] == "FeatureCollection"
    assert "crs" not in whole
    assert not {"coordinates", "geometries", "geometry", "properties"} & set(whole)  # section 7.1
    for one in whole["features"]:
        assert one["type"] == "Feature"
        assert isinstance(one["id"], str | int)
        assert "geometry" in one
        assert isinstance(one["properties"], dict)
        assert not {"coordinates", "geometries", "features"} & set(one)
        if one["geometry"] is not None:
            assert set(one["geometry"]) == {"type", "coordinates"}
            assert one["geometry"]["type"] == "Point"
            east, north = one["geometry"]["coordinates"]
            assert -180 <= east <= 180
            assert -90 <= north <= 90
    return list(whole["features"])


def test_geojson_keeps_the_rules(events: list[Event]) -> None:
    features = rfc7946(written(events, "geojson"))
    assert [f["id"] for f in features] == [e.event_id for e in events]
    for feature, event in zip(features, events, strict=True):
        if event.place is None or event.place.latitude is None:
            assert feature["geometry"] is None
        else:
            assert feature["geometry"]["coordinates"] == [event.place.longitude, event.place.latitude]
    assert rfc7946(written([], "geojson")) == []
    nowhere = replace(events[0], place=Place(latitude=float("nan"), longitude=1.0))
    assert rfc7946(written([nowhere], "geojson"))[0]["geometry"] is None


def test_web_annotations_point_at_their_words(wire: Document, wire_events: list[Event]) -> None:
    whole = json.loads(written(wire_events, "web-annotation"))
    assert whole["@context"][0] == "http://www.w3.org/ns/anno.jsonld"
    assert (whole["type"], whole["first"]["type"], whole["total"]) == (
        "AnnotationCollection",
        "AnnotationPage",
        len(wire_events),
    )
    for one in whole["first"]["items"]:
        assert one["type"] == "Annotation"
        resources = [one["target"], *(b for b in one["body"] if b["type"] == "SpecificResource")]
        assert [b["type"] for b in one["body"][:2]] == ["TextualBody", "TextualBody"]
        for resource in resources:
            quote, position = resource["selector"]
            assert (quote["type"], position["type"]) == ("TextQuoteSelector", "TextPositionSelector")
            assert wire.text[position["start"] : position["end"]] == quote["exact"]
            assert quote["prefix"] + quote["exact"] + quote["suffix"] in wire.text
            assert resource["source"]["id"].startswith(("http", "urn:"))


def test_label_studio_tasks_fit_their_interface(wire: Document, wire_events: list[Event]) -> None:
    out = io.BytesIO()
    rows = [of_event(e, wire.text) for e in wire_events]
    assert label_studio.write(rows, out) == len(rows)
    (task,) = json.loads(out.getvalue())
    config = label_studio.config()
    assert task["data"]["text"] == wire.text
    (prediction,) = task["predictions"]
    ids = {r["id"] for r in prediction["result"] if r["type"] == "labels"}
    for one in prediction["result"]:
        if one["type"] == "relation":
            assert {one["from_id"], one["to_id"]} <= ids
            assert all(f'<Relation value="{label}"/>' in config for label in one["labels"])
            continue
        assert f'name="{one["from_name"]}" toName="{one["to_name"]}"' in config
        value = one["value"]
        if one["type"] == "labels":
            assert wire.text[value["start"] : value["end"]] == value["text"]
            assert all(f'<Label value="{label}"' in config for label in value["labels"])
        if one["type"] == "choices":
            assert all(f'<Choice value="{choice}"/>' in config for choice in value["choices"])
    with pytest.raises(DetenteError, match="from a store"):
        export.write(wire_events, io.BytesIO(), "label-studio")


#: Of followthemoney 4.11's schema: which of our properties each of our schemata has, and of which type.
FTM = {
    "Event": dict.fromkeys(("name", "summary", "location", "publisher", "keywords", "recordId"), "text") | {
        "startDate": "date", "endDate": "date", "country": "country", "organizer": "LegalEntity", "involved": "LegalEntity",
        "proof": "Article", "sourceUrl": "url",
    },
    "Article": dict.fromkeys(("title", "publisher"), "text") | {"publishedAt": "date", "sourceUrl": "url", "language": "language"},
    "LegalEntity": {"name": "text", "country": "country", "keywords": "text", "wikidataId": "text"},
}  # fmt: skip
PARTIES = ("LegalEntity", "Person", "PublicBody", "Organization")


def test_follow_the_money_entities_keep_its_schema(events: list[Event]) -> None:
    known: dict[str, str] = {}
    count = 0
    for line in written(events, "ftm").splitlines():
        entity = json.loads(line)
        schema = entity["schema"]
        assert entity["id"] not in known
        known[entity["id"]] = schema
        count += schema == "Event"
        allowed = FTM["LegalEntity" if schema in PARTIES else schema] | (
            {"position": "text"} if schema == "Person" else {}
        )
        assert entity["properties"].get("title" if schema == "Article" else "name"), entity
        for name, values in entity["properties"].items():
            kind = allowed[name]
            assert values and all(isinstance(v, str) and v for v in values)
            assert len(values) == len(set(values))
            for value in values:
                if kind == "date":
                    date.fromisoformat(value)
                elif kind == "country":
                    assert re.fullmatch("[a-z]{2}", value)
                elif kind == "url":
                    assert value.startswith("http")
                elif kind == "LegalEntity":
                    assert known[value] in PARTIES
                elif kind == "Article":
                    assert known[value] == "Article"
    assert count == len(events)


def test_follow_the_money_itself_takes_them(events: list[Event]) -> None:
    ftm = pytest.importorskip("followthemoney", reason="pip install followthemoney for the whole check")
    for line in written(events, "ftm").splitlines():
        entity = json.loads(line)
        proxy = ftm.model.get_proxy(entity, cleaned=False)
        assert {k: len(proxy.get(k)) for k in entity["properties"]} == {
            k: len(v) for k, v in entity["properties"].items()
        }


def test_plover_records_have_plovers_names(events: list[Event]) -> None:
    lines = [json.loads(line) for line in written(events, "plover").splitlines()]
    for record, event in zip(lines, events, strict=True):
        assert record["event"] == event.type
        start, end = record["eventSpan"]
        assert record["text"][start:end] == record["eventText"]
        for party in (*record["source"], *record["target"]):
            if party["span"]:
                assert record["text"][party["span"][0] : party["span"][1]] == party["actorText"]


def test_arrow_files_and_results_are_read_by_others(tmp_path: Path, wire: Document, wire_events: list[Event]) -> None:
    path = tmp_path / "e.arrow"
    assert export.write(wire_events, path, "arrow") == len(wire_events)
    pyarrow = pytest.importorskip("pyarrow.feather", reason="pyarrow is no dependency")
    assert pyarrow.read_table(path)["type"].to_pylist() == [e.type for e in wire_events]


def test_duckdb_takes_what_code_gives(wire: Document, wire_events: list[Event]) -> None:
    from arro3.core import Table

    for given in (detente.code(wire), detente.code([wire])):
        table = Table.from_arrow(given)
        assert [t.as_py() for t in table["type"]] == [e.type for e in wire_events]
    reader = Table.from_arrow(detente.code(wire))
    # All rows are fetched: a result that is not read to its end keeps the connection, which all tests share.
    assert duckdb.execute("SELECT count(*) FROM reader WHERE type = 'ASSAULT'").fetchall() == [
        (sum(e.type == "ASSAULT" for e in wire_events),)
    ]
    assert reader.num_rows == len(wire_events)


@pytest.fixture
def hostile(wire_events: list[Event]) -> Event:
    """Tabs, line ends, NUL, quotation marks, bidi overrides and a formula in all that a report can write."""
    event = wire_events[0]
    assert event.type == "ASSAULT"
    document = replace(
        event.document, id=HOSTILE, title="=" + HOSTILE, source="@" + HOSTILE, url="https://x.example/" + HOSTILE
    )
    party = Actor(0, len(HOSTILE), HOSTILE, name=HOSTILE, country="IRN", sectors=("MIL",), role=HOSTILE)
    words = "\t+" + HOSTILE
    return replace(
        event, document=document, actors=(party,), recipients=(party,), attribution=None, casualties=(),
        place=Place(0, len(HOSTILE), HOSTILE, name=HOSTILE, country="IRQ", admin1=HOSTILE, precision="city"),
        sentence=replace(event.sentence, start=0, end=len(words), text=words), trigger=Span(2, 3, "a"),
    )  # fmt: skip


@pytest.mark.parametrize("form", [f for f in FORMATS if f not in ("parquet", "arrow", "label-studio")])
def test_hostile_words_break_no_format(form: str, hostile: Event, wire_events: list[Event]) -> None:
    text = written([hostile, wire_events[0]], form)
    if form in TABLES:
        lines = cells(text)
        assert {len(line) for line in lines} == {TABLES[form]}
        assert len(lines) == 2 + (form in ("polecat", "icews"))
        assert len(list(csv.reader(io.StringIO(text), delimiter="\t"))) == len(
            lines
        )  # a reader that minds quotation marks
    elif form in ("csv", "acled"):
        first, second = csv.DictReader(io.StringIO(text))
        for value in first.values():
            assert not re.search("[\t\r\n\x00\u202e\u2028]", value)
            assert value[:1] not in ("=", "+", "-", "@") or re.fullmatch(r"-?[\d.]+", value)
        column = "source"
        assert first[column].startswith("'@")
        assert second[column] == "AP"
    elif form in ("geojson", "web-annotation"):
        assert json.loads(text)
    else:
        assert all(json.loads(line) for line in text.removesuffix("\n").split("\n"))


@pytest.mark.parametrize("form", [f for f in FORMATS if f != "label-studio"])
def test_nothing_and_one_event(form: str, wire_events: list[Event]) -> None:
    assert export.write([], io.BytesIO(), form) == 0
    assert export.write([replace(wire_events[0], status="actual")], io.BytesIO(), form) == 1


@pytest.mark.parametrize("form", [f for f in FORMATS if f != "label-studio"])
def test_the_same_events_give_the_same_bytes(form: str, wire_events: list[Event]) -> None:
    def bytes_of() -> bytes:
        out = io.BytesIO()
        export.write(wire_events, out, form, tell=lambda _: None)
        return out.getvalue()

    assert bytes_of() == bytes_of()


def test_an_unknown_format_is_told_with_the_likeliest(wire_events: list[Event]) -> None:
    for wrong, right in (
        ("geojsn", "geojson"),
        ("GDELT", "gdelt"),
        ("label_studio", "label-studio"),
        ("polcat", "polecat"),
    ):
        with pytest.raises(DetenteError, match=f"did you mean {right}"):
            export.write(wire_events, io.BytesIO(), wrong)


def test_every_type_and_mode_has_a_code_that_reads_back_as_the_type() -> None:
    for kind in ontology.TYPES:
        for mode in ("", *ontology.MODES[kind]):
            code = cameo.code_of(kind, [mode] if mode else [])
            assert code.type == kind, (kind, mode, code)
            assert (cameo.quad(code.code) > 2) == (ontology.quad(kind) > 2), (kind, mode)


def test_the_cameo_table_is_within_the_ontology() -> None:
    for code in cameo.codes().values():
        if code.type:
            ontology.score(code.type, [code.mode] if code.mode else [])
    assert cameo.codes()["016"].icews == -5.0  # where the tables of GDELT and ICEWS differ
    assert cameo.by_title()["make statement"].type == ""


def test_acled_names_only_what_it_codes(wire_events: list[Event]) -> None:
    condemned = next(e for e in wire_events if e.type == "ACCUSE")
    said: list[str] = []
    assert export.write([condemned], io.BytesIO(), "acled", tell=said.append) == 0
    assert "left out 1 ACCUSE" in said[-1]
    rockets = replace(wire_events[0], modes=("heavy-weapons",))
    assert acled.kind(of_event(rockets)) == acled.Kind(
        "Political violence", "Explosions/Remote violence", "Shelling/artillery/missile attack"
    )


def test_numbers_of_ids_are_apart(events: list[Event]) -> None:
    names = {e.event_id for e in events}
    assert len({tabs.number(n) for n in names}) == len(names)
    assert tabs.number("not hex") == tabs.number("not hex")


def test_a_span_of_days_is_its_first_day(wire_events: list[Event]) -> None:
    event = replace(wire_events[0], date=When(start_date="2020-01-02", end_date="2020-01-12", granularity="span"))
    (row,) = cells(written([event], "gdelt"))
    assert row[1] == "20200102"
    (told,) = csv.DictReader(io.StringIO(written([event], "acled")))
    assert told["time_precision"] == "3"
