"""The HTTP interface of docs/serve.md: what it answers, what it refuses."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from fastapi.testclient import TestClient
from served import served

import detente
from detente.records import Document

ATOM = "{http://www.w3.org/2005/Atom}"


def test_events_are_those_of_the_store(client: TestClient, dossier: Path) -> None:
    with detente.open(dossier) as store:
        kept = [e.to_dict() for e in store.events(dyad="IRN-USA", status="actual")]
    given = client.get("/api/v1/events", params={"dyad": "IRN-USA", "status": "actual", "limit": 1000}).json()
    assert given["items"] == json.loads(json.dumps(kept))
    assert given["next"] is None
    assert given["coders"][0]["name"] == "detente"


@pytest.mark.parametrize("kind", ["events", "incidents", "claims", "documents"])
def test_a_walk_by_cursor_gives_every_row_once(client: TestClient, dossier: Path, kind: str) -> None:
    with detente.open(dossier) as store:
        wanted = [r.to_dict() for r in getattr(store, kind)()]
    found, cursor = [], None
    while True:
        page = client.get(f"/api/v1/{kind}", params={"limit": 7} | ({"cursor": cursor} if cursor else {}))
        found += page.json()["items"]
        cursor = page.json()["next"]
        assert ('rel="next"' in page.headers.get("link", "")) == bool(cursor)
        if cursor is None:
            break
    key = {"events": "event_id", "incidents": "incident_id", "claims": "claim_id", "documents": "id"}[kind]
    assert [r[key] for r in found] == [r[key] for r in wanted]


def test_a_walk_is_not_moved_by_what_is_written_meanwhile(tmp_path: Path) -> None:
    reports = [
        detente.Document(f"Iran condemned {x} on Monday.", id=x, published="2020-01-12")
        for x in ("Israel", "Iraq", "France", "Japan")
    ]
    with detente.open(tmp_path / "store") as store:
        store.add(reports)
        before = [e.event_id for e in store.events()]
        with served(tmp_path / "store") as client:
            page = client.get("/api/v1/events", params={"limit": 2}).json()
            store.add([detente.Document("Iran condemned Egypt on Monday.", id="0", published="2019-01-12")])
            rest = client.get("/api/v1/events", params={"limit": 1000, "cursor": page["next"]}).json()
    assert [e["event_id"] for e in page["items"] + rest["items"]] == before


@pytest.mark.parametrize(
    "query",
    [
        "from=0", "from=2020-13-01", "from=2020-02-01&to=2020-01-01", "limit=0", "limit=1001", "limit=x", "cursor=!!", "cursor=abcd", "status=maybe",
        "type=NOTHING", "type=ASSAULT/sitting", "min_confidence=2", "min_confidence=nan", "dyad=IRN", "as_of=yesterday", "as_of=2020-02-30",
        "actor=IRN:XXX", "formt=csv", "format=xlsx", "text=", "from=2020-01-01;drop",
    ],
)  # fmt: skip
def test_a_bad_value_is_told(client: TestClient, query: str) -> None:
    answer = client.get(f"/api/v1/events?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 422
    assert answer.json()["detail"]


def test_a_cursor_belongs_to_its_filters(client: TestClient) -> None:
    cursor = client.get("/api/v1/events?limit=2").json()["next"]
    assert client.get("/api/v1/events", params={"cursor": cursor, "status": "actual"}).status_code == 422


@pytest.mark.parametrize("path", ["incidents/inc1-0000", "incidents/nothing", "documents/nothing", "nothing"])
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_one_incident_and_its_report(client: TestClient) -> None:
    row = client.get("/api/v1/incidents").json()["items"][0]
    shown = client.get(f"/api/v1/incidents/{row['incident_id']}").json()
    assert shown["incident"]["incident_id"] == row["incident_id"]
    name = shown["events"][0]["document"]["id"]
    report = client.get(f"/api/v1/documents/{name}").json()
    for e in report["events"]:
        assert report["document"]["text"][e["trigger"]["start"] : e["trigger"]["end"]] == e["trigger"]["text"]


def test_formats(client: TestClient, dossier: Path) -> None:
    with detente.open(dossier) as store:
        count = sum(1 for _ in store.incidents())
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/incidents?format=csv").text)))
    lines = client.get("/api/v1/incidents", headers={"accept": "application/x-ndjson"}).text.splitlines()
    features = client.get("/api/v1/incidents?format=geojson").json()["features"]
    assert len(rows) == len(lines) == len(features) == count
    arrow = client.get("/api/v1/incidents?format=arrow")
    assert arrow.headers["content-type"] == "application/vnd.apache.arrow.file"
    from arro3.io import read_ipc

    assert read_ipc(io.BytesIO(arrow.content)).read_all().num_rows == count
    page = client.get("/api/v1/incidents?format=jsonl&limit=3")
    assert len(page.text.splitlines()) == 3
    assert 'rel="next"' in page.headers["link"]


def test_an_answer_that_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/api/v1/events?limit=1")
    again = client.get("/api/v1/events?limit=1", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api/v1/events?limit=2").headers["etag"] != first.headers["etag"]


def test_the_tag_changes_with_the_store(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([detente.Document("Iran condemned Israel on Monday.", id="a", published="2020-01-12")])
        with served(tmp_path / "store") as client:
            tag = client.get("/api/v1/events").headers["etag"]
            store.add([detente.Document("Iran condemned Egypt on Monday.", id="b", published="2020-01-12")])
            changed = client.get("/api/v1/events", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert {e["document"]["id"] for e in changed.json()["items"]} == {"a", "b"}


def test_tension_of_a_pair(client: TestClient, dossier: Path) -> None:
    with detente.open(dossier) as store:
        wanted = store.tension("IRN", "USA")
    given = client.get("/api/v1/tension?actor=IRN&recipient=USA").json()
    assert given["tension"]["dyad"] == "IRN-USA"
    assert given["tension"]["reading"]["text"] == wanted.reading.text
    assert set(given["tension"]["directions"]) == {"IRN>USA", "USA>IRN"}
    assert given["turning_points"]
    assert client.get("/api/v1/tension?dyad=IRN-USA").json()["tension"] == given["tension"]
    assert client.get("/api/v1/tension?dyad=IRN-USA&format=svg").text.startswith("<svg")
    assert client.get("/api/v1/tension?actor=GER&recipient=USA").status_code == 422
    assert len(client.get("/api/v1/tension?dyad=IRN-USA&format=csv&limit=3").text.splitlines()) == 4


def test_alarms_forecasts_and_feeds(client: TestClient, dossier: Path) -> None:
    with detente.open(dossier) as store:
        incidents = len(store.incidents())
    assert client.get("/api/v1/alarms").json()["items"] == []
    found = client.get("/api/v1/forecast?dyad=IRN-USA&days=7&limit=5").json()["items"]
    assert len(found) == 5
    assert all(0 <= f["probability"] <= 1 for f in found)
    assert client.get("/api/v1/forecast?of=incidents").json()["items"][0]["month"] == "2020-02"
    for name in ("alarms", "incidents"):
        feed = client.get(f"/api/v1/{name}.atom")
        assert feed.headers["content-type"].startswith("application/atom+xml")
        root = ET.fromstring(feed.text)
        entries = root.findall(f"{ATOM}entry")
        assert len(entries) == (0 if name == "alarms" else incidents)
        assert all(e.findtext(f"{ATOM}id") and e.findtext(f"{ATOM}updated") for e in entries)


def test_code(client: TestClient) -> None:
    text = "Iran condemned the United States on Monday."
    plain = client.post(
        "/api/v1/code?published=2020-01-12", content=text.encode(), headers={"content-type": "text/plain"}
    ).json()
    assert [(e["type"], e["date"]["start_date"]) for e in plain["events"]] == [("ACCUSE", "2020-01-06")]
    one = client.post("/api/v1/code", json={"text": text, "published": "2020-01-12", "id": "x"}).json()
    assert (one["document"]["id"], len(one["events"])) == ("x", 1)
    lines = [
        json.dumps({"id": "a", "text": text}),
        "broken",
        json.dumps({"id": "b", "text": "Russia attacked Ukraine."}),
    ]
    many = client.post(
        "/api/v1/code", content="\n".join(lines).encode(), headers={"content-type": "application/x-ndjson"}
    )
    read = [json.loads(line) for line in many.text.splitlines()]
    assert [r["id"] for r in read] == ["a", "line:2", "b"]
    assert [bool(r["error"]) for r in read] == [False, True, False]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "text/plain", 422), (b"\xff\xfe", "text/plain", 400), (b"{", "application/json", 400), (b"[]", "application/json", 422),
        (b"{}", "application/json", 422), (b"<a/>", "application/xml", 415), (b"[" * 100_000, "application/json", 400), (b"a " * 150_000, "text/plain", 413),
    ],
)  # fmt: skip
def test_code_refuses(client: TestClient, body: bytes, kind: str, status: int) -> None:
    answer = client.post("/api/v1/code", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_answers_are_as_the_openapi_document_says(client: TestClient) -> None:
    page = client.get("/openapi.json").json()
    assert page["openapi"].startswith("3.1")
    row = client.get("/api/v1/incidents").json()["items"][0]["incident_id"]
    name = client.get("/api/v1/documents").json()["items"][0]["id"]
    paths = {
        "/api/v1/events": "/api/v1/events", "/api/v1/incidents": "/api/v1/incidents", "/api/v1/claims": "/api/v1/claims",
        "/api/v1/documents": "/api/v1/documents", "/api/v1/incidents/{name}": f"/api/v1/incidents/{row}",
        "/api/v1/documents/{name}": f"/api/v1/documents/{name}", "/api/v1/tension": "/api/v1/tension?dyad=IRN-USA",
        "/api/v1/alarms": "/api/v1/alarms", "/api/v1/forecast": "/api/v1/forecast?limit=3",
    }  # fmt: skip
    for path, url in paths.items():
        schema = page["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**schema, "components": page["components"]}).validate(client.get(url).json())


@pytest.mark.parametrize(
    "path",
    [
        "tension?dyad=IRN-USA&from=0001-01-01",
        "tension?to=9999-12-31",
        "forecast?day=0001-01-01",
        "forecast?day=9999-12-31",
        "forecast?of=killed&day=0001-01-01",
    ],
)
def test_days_that_no_series_can_have(client: TestClient, path: str) -> None:
    assert client.get(f"/api/v1/{path}").status_code == 422


def test_a_page_of_many_questions_tells_of_one_moment(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with detente.open(path) as store, detente.open(path) as writer:
        writer.add([Document("Iran condemned the United States on Monday.", id="one", published="2020-01-14")])
        with store.still():
            writer.add([Document("Russia attacked Ukraine on Wednesday.", id="two", published="2020-01-15")])
            assert [d.id for d in store.documents()] == ["one"]
        assert [d.id for d in store.documents()] == ["one", "two"]
