"""Who may read, and what is refused before anything is read."""

from __future__ import annotations

import base64
import re
import socket
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from served import BASE, TOKEN, served

from detente.cli import main
from detente.serve import views
from detente.serve.app import create_app
from detente.serve.guard import Rates
from detente.serve.settings import Settings

PLACES = ["/", "/dyad", "/map", "/search", "/try", "/openapi.json", "/api/v1/events", "/api/v1/alarms.atom"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize(
    "given", [None, "Bearer wrong", "Bearer", "Basic Zm9vOmJhcg==", "Basic \xff", "Bearer " + TOKEN[:-1]]
)
def test_no_token_no_answer(dossier: Path, path: str, given: str | None) -> None:
    with served(dossier) as client:
        client.headers.pop("authorization")
        answer = client.get(path, headers={"authorization": given.encode("latin-1")} if given else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert TOKEN not in answer.text


def test_a_link_lets_one_browser_in_once(dossier: Path) -> None:
    settings = Settings(dossier, TOKEN)
    with TestClient(create_app(settings), base_url=BASE) as client:
        link = settings.link()
        entered = client.get(link, follow_redirects=False)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert client.get("/").status_code == 200
        client.cookies.clear()
        assert client.get(link).status_code == 401
        assert client.get("/", headers={"cookie": f"{settings.cookie}=wrong"}).status_code == 401
        assert client.post("/login", data={"token": "wrong"}).status_code == 401
        assert client.post("/login", data={"token": TOKEN}).status_code == 200
        evil = {"sec-fetch-site": "same-site"}
        assert client.post("/try", data={"text": "x"}, headers=evil).status_code == 403


def test_a_feed_reader_sends_the_token_as_a_password(dossier: Path) -> None:
    with served(dossier) as client:
        given = "Basic " + base64.b64encode(f"me:{TOKEN}".encode()).decode()
        assert client.get("/api/v1/alarms.atom", headers={"authorization": given}).status_code == 200


def test_guessing_is_slowed(dossier: Path) -> None:
    with served(dossier) as client:
        codes = [client.get("/", headers={"authorization": f"Bearer {n}"}).status_code for n in range(15)]
    assert codes[0] == 401
    assert codes[-1] == 429


def test_rates() -> None:
    rates = Rates(2, 3)
    assert [rates.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert rates.take("b", 0.0) == 0
    assert rates.take("a", 0.5) == 0
    assert Rates(0, 0).take("a") == 0


def test_too_many_requests_are_told_to_wait(dossier: Path) -> None:
    with served(dossier, rate=1.0) as client:
        answers = [client.get("/api/v1/events?limit=1") for _ in range(4)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8321", "", "127.0.0.1@evil"])
def test_another_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/events", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1", "[::1]:8321", "LOCALHOST"])
def test_this_host_is_not(client: TestClient, host: str) -> None:
    assert client.get("/try", headers={"host": host}).status_code == 200


def test_headers_of_every_answer(client: TestClient) -> None:
    for path in ("/", "/static/style.css", "/nothing", "/api/v1/events", "/api/v1/events?from=0"):
        headers = client.get(path, headers={"origin": "https://evil.example"}).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


def test_a_body_that_is_too_long(client: TestClient) -> None:
    big = b"x" * 8_000_001
    assert client.post("/api/v1/code", content=big, headers={"content-type": "text/plain"}).status_code == 413

    def parts() -> object:
        for _ in range(9):
            yield b"x" * 1_000_000

    assert client.post("/api/v1/code", content=parts(), headers={"content-type": "text/plain"}).status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/%2e%2e/settings.py",
        "/static/..%2fsettings.py",
        "/document/..%2f..%2fetc%2fpasswd",
        "/api/v1/documents/%2fetc%2fpasswd",
    ],
)
def test_paths_lead_nowhere_else(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_an_answer_that_takes_too_long(dossier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "actor", lambda *_: time.sleep(1.0))
    with served(dossier, seconds=0.2) as client:
        answer = client.get("/actor?name=IRN")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


def test_without_a_token_if_asked_for(dossier: Path) -> None:
    with served(dossier, token=None) as client:
        client.headers.pop("authorization")
        assert client.get("/").status_code == 200


def test_the_command_says_what_is_wrong(tmp_path: Path, dossier: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--store", str(tmp_path / "none"), "--port", "0"]) == 1
    assert "none" in capsys.readouterr().err
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--store", str(dossier), "--port", str(port)]) == 1
    assert re.search(rf"port {port} is in use", capsys.readouterr().err)
    assert main(["serve", "--store", str(dossier), "--token", "short"]) == 2
    assert "8 characters" in capsys.readouterr().err
