"""Requests that schemathesis makes up from the OpenAPI document: no fault of the server, no answer that the document does not tell of.

Runs where `schemathesis` is installed, and is skipped elsewhere. ``DETENTE_EXAMPLES``: requests of each kind (default: 10).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

schemathesis = pytest.importorskip("schemathesis", reason="the package schemathesis is not installed")

from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance  # noqa: E402
from served import TOKEN  # noqa: E402

from detente.serve import Settings  # noqa: E402
from detente.serve.app import create_app  # noqa: E402
from detente.serve.settings import LOCAL  # noqa: E402

#: Tokens: test_guard.py. What a schema cannot tell (a cursor is one that was given out, a last day is not before the first): 422.
ELSEWHERE = [ignored_auth, positive_data_acceptance]
EXAMPLES = int(os.environ.get("DETENTE_EXAMPLES", "10"))


def test_what_schemathesis_makes_up(dossier: Path) -> None:
    app = create_app(Settings(dossier, TOKEN, hosts=LOCAL | {"testserver"}, rate=0, coding_rate=0))
    headers = {"authorization": f"Bearer {TOKEN}"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, headers=headers)
    tried = []
    for operation in schema.get_all_operations():
        asked = operation.ok()

        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=asked.as_strategy())
        def check(case: Any) -> None:
            case.call_and_validate(headers=headers, excluded_checks=ELSEWHERE)

        check()
        tried.append(asked.label)
    assert len(tried) == 12, tried
