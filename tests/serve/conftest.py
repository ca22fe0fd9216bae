"""A server of the bundled dossier, and one of hostile reports; without the extra `serve` there is nothing to test."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import detente

_MISSING = not all(map(importlib.util.find_spec, ("fastapi", "jinja2", "httpx")))
collect_ignore_glob = ["test_*.py"] if _MISSING else []


@pytest.fixture(scope="session")
def client(dossier: Path) -> Iterator[Any]:
    from served import served

    with served(dossier) as made:
        yield made


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from served import HOSTILE, served

    path = tmp_path_factory.mktemp("hostile") / "store"
    with detente.open(path) as store:
        store.add([HOSTILE])
    with served(path) as made:
        yield made
