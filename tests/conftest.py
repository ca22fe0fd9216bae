"""Shared by all tests: real reports, coded once a session."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import detente
from detente.records import Document, Event

GOLD = Path(__file__).parent / "gold" / "dev.jsonl"

#: A wire report written for these tests: passive, reported speech, denial, plan, tolls, dateline.
WIRE = (
    "BEIRUT (AP) - Israeli warplanes struck a building in southern Lebanon on Monday, killing at least 12 people, "
    "the Lebanese Health Ministry said. Hezbollah fired dozens of rockets at northern Israel hours later. "
    "Iran condemned the airstrike. French President Emmanuel Macron called for an immediate ceasefire. "
    "The Israeli army denied shelling a hospital in Tyre. The foreign ministers of Egypt and Jordan will meet in Cairo on Thursday."
)


@pytest.fixture(scope="session")
def wire() -> Document:
    return Document(WIRE, id="wire", published="2024-10-08", source="AP")


@pytest.fixture(scope="session")
def wire_events(wire: Document) -> list[Event]:
    return detente.code(wire)


@pytest.fixture(scope="session")
def gold_documents() -> list[Document]:
    keys = ("id", "title", "published", "source", "url", "text")
    lines = GOLD.read_text("utf-8").splitlines()
    return [Document(**{k: d.get(k) for k in keys}) for d in map(json.loads, lines)]


@pytest.fixture(scope="session")
def gold_events(gold_documents: list[Document]) -> list[Event]:
    return list(detente.code(gold_documents))


@pytest.fixture(scope="session")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the bundled dossier: 37 reports of January 2020 on Iran and the United States."""
    from detente import demo, read

    path = tmp_path_factory.mktemp("dossier") / "store"
    reports = read.read_inputs([Path(demo.__file__).parent / "dossier.jsonl"])
    with detente.open(path) as store:
        store.add(d for d in reports if isinstance(d, Document))
    return path
