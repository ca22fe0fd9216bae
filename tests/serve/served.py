"""Servers for the tests, and a hostile report."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from detente.records import Document
from detente.serve import Settings
from detente.serve.app import create_app

TOKEN = "a-token-of-the-tests"
BASE = "http://127.0.0.1:8321"

#: Everything that a page must show as text.
HOSTILE = Document(
    "Iran condemned the United States on Monday. <script>alert(1)</script> Israel threatened \u202eIran\u202c on Tuesday. "
    + "x" * 10_000
    + " Russia attacked Ukraine on Wednesday, killing 5 people. \x00\x07 The end.",
    id="../../etc/passwd?<b>&",
    title='=cmd|"/c calc"!A1 <script>alert(document.cookie)</script> <img src=x onerror=alert(2)>',
    published="2024-05-07",
    source='"><script>alert(3)</script>',
    url="javascript:alert(4)",
)


def served(store: Path, **given: object) -> TestClient:
    """A client with the token, of a server with these settings."""
    settings = Settings(store, **{"token": TOKEN, **given})  # type: ignore[arg-type]
    return TestClient(create_app(settings), base_url=BASE, headers={"authorization": f"Bearer {TOKEN}"})
