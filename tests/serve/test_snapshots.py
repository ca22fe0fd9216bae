"""What the server shows is a snapshot: how old it may be, what shows at once, and that what is kept is what a new server would say."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import BASE, TOKEN, served

import detente
from detente.serve import readers as readers_
from detente.serve.app import create_app
from detente.serve.readers import Readers
from detente.serve.settings import Settings
from detente.store import Filters
from detente.store.watching import Watch

_NAMES = ("Israel", "Iraq", "France", "Japan", "Egypt", "Syria")


def _report(n: int) -> detente.Document:
    return detente.Document(
        f"Iran condemned {_NAMES[n]} on Monday.", id=f"r{n}", published="2020-01-12", title=f"Number {n}"
    )


def _ids(client: TestClient) -> list[str]:
    return sorted(e["document"]["id"] for e in client.get("/api/v1/events").json()["items"])


def _old(client: TestClient) -> None:
    """As if the snapshot was taken up long ago."""
    client.app.state.readers._taken -= 10_000  # type: ignore[attr-defined]


def _seen(client: TestClient, path: str) -> str:
    found = re.search(r"shows the store as of ([^.]*)\.", client.get(path).text)
    assert found
    return found[1]


def test_what_comes_in_all_the_time_is_taken_up_now_and_then(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
        with served(tmp_path / "store", refresh=1000.0) as client:
            assert _ids(client) == ["r0"]
            store.add([_report(1)])
            assert _ids(client) == ["r0", "r1"]  # nothing had been taken up for long
            told = _seen(client, "/search?of=documents")
            store.add([_report(2)])
            assert _ids(client) == ["r0", "r1"]
            assert client.get("/document/r2").status_code == 404
            assert _seen(client, "/search?of=documents&text=") == told
            _old(client)
            assert _ids(client) == ["r0", "r1", "r2"]
            assert "Number 2" in client.get("/document/r2").text


def test_a_correction_shows_at_once_everywhere(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
        with served(tmp_path / "store", refresh=1000.0) as client:
            store.add([_report(1)])
            assert _ids(client) == ["r0", "r1"]
            store.add([_report(2)])
            event = next(e for e in store.events() if e.document.id == "r0")
            incident = store.incidents_of([event.event_id])[event.event_id]
            pages = (
                f"/incident/{incident}",
                "/document/r0",
                "/search?of=events",
                "/",
                "/api/v1/events",
                f"/api/v1/incidents/{incident}",
            )
            before = [client.get(p).text for p in pages]
            store.correct(event.event_id, by="ada", status="denied")
            after = [client.get(p).text for p in pages]
            assert [a != b for a, b in zip(before, after, strict=True)] == [True] * len(pages)
            assert all("denied" in a for p, a in zip(pages, after, strict=True) if p != "/")
            assert _ids(client) == ["r0", "r1", "r2"]  # what came before the correction is shown with it


def test_a_forgotten_report_is_gone_at_once(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0), _report(1)])
        with served(tmp_path / "store", refresh=1000.0) as client:
            assert "Number 0" in client.get("/document/r0").text
            tag = client.get("/document/r0").headers["etag"]
            store.forget("r0")
            assert client.get("/document/r0", headers={"if-none-match": tag}).status_code == 404
            assert _ids(client) == ["r1"]


def test_what_is_kept_is_what_a_new_server_says(tmp_path: Path) -> None:
    path = tmp_path / "store"
    with detente.open(path) as store:
        store.add([_report(0)])
    with detente.open(path) as store, served(path, refresh=0.0) as warm:
        for n in range(1, 5):
            store.add([_report(n)])
            event = next(iter(store.events()))
            if n == 2:
                store.correct(event.event_id, by="ada", place="Baghdad")
            if n == 3:
                store.forget("r0")
                event = next(iter(store.events()))
            incident = store.incidents_of([event.event_id])[event.event_id]
            first = store.last_run()[1] or 0
            paths = [
                "/", "/dyad?a=IRN&b=IRQ", "/dyad?a=IRN&b=IRQ&from=2019-01-01&every=week", "/map", "/search?text=condemned", "/search?of=documents",
                f"/incident/{incident}", "/document/r1", "/actor?name=IRN", "/api/v1/events?dyad=IRN-IRQ", "/api/v1/incidents?limit=2",
                "/api/v1/claims", "/api/v1/documents", "/api/v1/tension?actor=IRN&recipient=IRQ", "/api/v1/tension?every=week",
                "/api/v1/alarms", f"/api/v1/incidents/{incident}", "/api/v1/documents/r1", "/api/v1/events?text=condemned&format=csv",
                f"/api/v1/events?as_of={_moment(first - 1)}", f"/search?of=events&as_of={_moment(first - 1)}", f"/dyad?a=IRN&b=IRQ&as_of={_moment(first - 1)}",
            ]  # fmt: skip
            end = time.monotonic() + 60
            while _seen(warm, "/") != _seen(warm, "/map") and time.monotonic() < end:
                time.sleep(0.2)  # the first page may be of an earlier run for as long as it takes to make
            answers = [warm.get(p) for p in paths]
            again = [warm.get(p) for p in paths]
            with served(path) as new:
                fresh = [new.get(p) for p in paths]
            for p, *found in zip(paths, answers, again, fresh, strict=True):
                assert [(f.status_code, f.headers.get("etag")) for f in found] == [
                    (200, found[0].headers.get("etag"))
                ] * 3, p
                assert found[0].content == found[1].content == found[2].content, p


def _moment(microseconds: int) -> str:
    from detente.serve.readers import State

    return (State(1, microseconds).as_of or "").replace("+00:00", "Z")


def test_what_is_kept_is_for_those_who_may_read(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
    app = create_app(Settings(tmp_path / "store", TOKEN))
    with TestClient(app, base_url=BASE, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        for path in ("/search?of=documents", "/api/v1/events", "/document/r0"):
            first = client.get(path)
            assert first.status_code == 200
            for headers in ({"authorization": "Bearer another-token"}, {"authorization": ""}):
                given = {**headers, "if-none-match": first.headers["etag"]}
                refused = client.get(path, headers=given)
                assert refused.status_code == 401
                assert "condemned" not in refused.text


def test_a_store_that_stands_still_as_of_a_run_answers_as_it_was(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as writer, detente.open(tmp_path / "store") as store:
        writer.add([_report(0)])
        run, at = store.last_run()
        was = [e.to_dict() for e in store.events()], [i.to_dict() for i in store.incidents()], store.coded_by()
        writer.add([_report(1)])
        writer.correct(was[0][0]["event_id"], by="ada", status="denied")
        assert len(list(store.events())) == 2  # the later runs are loaded
        with store.still(run):
            assert (
                [e.to_dict() for e in store.events()],
                [i.to_dict() for i in store.incidents()],
                store.coded_by(),
            ) == was
            assert store.last_run() == (run, at)
            assert len(list(store.events(Filters(as_of="2999-01-01")))) == 1
        assert len(list(store.events())) == 2


@pytest.mark.parametrize("compacted", [False, True])
def test_a_watch_tells_deeds_from_additions(tmp_path: Path, compacted: bool) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
        watch = Watch(tmp_path / "store")
        watch.look()
        assert (watch.run, watch.deed) == (1, 0)
        store.add([_report(1)])
        watch.look()
        assert (watch.run, watch.deed) == (2, 0)
        store.correct(next(iter(store.events())).event_id, by="ada", status="denied")
        store.add([_report(2)])
        if compacted:
            store.compact()
        watch.look()
        assert (watch.run, watch.deed) == (4, 3)


def test_a_page_of_an_incident_does_not_read_the_reports(tmp_path: Path) -> None:
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
        incident = next(iter(store.incidents()))
        whole, lean = store.show(incident.incident_id), store.show(incident.incident_id, texts=False)
    assert list(whole.documents) == ["r0"]
    assert lean.documents == {}
    assert (whole.incident, whole.events, whole.claims) == (lean.incident, lean.events, lean.claims)


def _waiting(store: detente.Store) -> int:
    time.sleep(0.5)
    return os.getpid()


def _busy(store: detente.Store) -> int:
    end = time.thread_time() + 0.5
    while time.thread_time() < end:
        pass
    return os.getpid()


def test_what_keeps_the_processor_is_made_in_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers_, "_LONG", 0.25)
    monkeypatch.setattr(readers_, "_SOON", 30.0)
    monkeypatch.setattr(readers_, "_REST", 0.0)
    with detente.open(tmp_path / "store") as store:
        store.add([_report(0)])
        readers = Readers(tmp_path / "store")
        try:
            assert {readers.latest("waiting", _waiting), readers.latest("busy", _busy)} == {os.getpid()}
            store.add([_report(1)])
            assert readers.latest("waiting", _waiting) == os.getpid()
            assert readers.latest("busy", _busy) != os.getpid()
        finally:
            readers.close()
