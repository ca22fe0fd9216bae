"""Copies of reports, under whatever names, headlines and boilerplate: they change no incident, toll or origin."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("rensa")

from detente import link, pipeline
from detente.records import Document, Event, Incident

Coded = list[tuple[Document, list[Event]]]

_REPORTS = (
    ("m", "2019-10-01", "Radio Mali", "Gunmen attacked an army post in Mondoro, Mali, on Monday, killing 25 soldiers. Sixty soldiers are missing."),
    ("n", "2019-10-02", "The Guardian", "BAMAKO (Reuters) - At least 25 soldiers were killed when jihadists stormed a military camp in Mondoro, central Mali, on Monday, the army said."),
    ("o", "2019-10-02", "BBC News", "The army of Mali said on Wednesday that 38 soldiers died in Monday's attack on the camp in Mondoro. It first said that 25 soldiers were killed."),
    ("p", "2019-10-02", "BBC News", "The death toll of Monday's attack on an army camp in Mondoro, Mali, rose to 40 soldiers killed."),
    ("q", "2019-10-01", "The Guardian", "A car bomb killed four policemen in Kabul on Monday, the Afghan interior ministry said."),
    ("r", "2019-10-03", "Xinhua", "Police fired tear gas at protesters in Baghdad on Thursday. Two protesters were killed in Baghdad on Thursday, Iraqi doctors said."),
    ("s", "2019-10-04", "AFP", "Protesters marched through Baghdad for a fourth day on Friday. Iraqi security forces shot dead ten protesters in Baghdad on Friday."),
)  # fmt: skip
_BOILERPLATE = (
    "Sign up for our morning newsletter and never miss a story again.",
    "This page is updated through the day and may be changed without notice.",
    "Our journalism is free for everybody thanks to the support of readers like you.",
)


def _code(documents: list[Document]) -> Coded:
    return [(o.document, list(o.events)) for o in pipeline.outcomes(documents)]


@pytest.fixture(scope="module")
def coded() -> Coded:
    return _code([Document(text, i, published=day, source=source) for i, day, source, text in _REPORTS])


def _plain(incidents: tuple[Incident, ...]) -> list[dict[str, object]]:
    """Incidents without the names of their reports and events."""
    found = []
    for i in incidents:
        plain = i.to_dict()
        for name in ("events", "reports", "links", "claims"):
            del plain[name]
        plain["casualties"] = [
            (t.kind, t.low, t.high, [(c.claimant, c.low, c.high, c.source) for c in t.by]) for t in i.casualties
        ]
        found.append(plain)
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_report_ten_times_under_any_name_changes_nothing(coded: Coded, seed: int) -> None:
    rng = random.Random(seed)
    names = rng.sample(range(10**6), 10 * len(coded))
    copies = []
    for n, name in enumerate(names):
        document = coded[n % len(coded)][0]
        around = rng.sample(_BOILERPLATE, rng.randrange(4))
        before = rng.randrange(len(around) + 1)
        copies.append(
            replace(
                document,
                id=f"{name}",
                title=rng.choice(["Live updates", "What we know so far", None]),
                text="\n\n".join([*around[:before], document.text, *around[before:]]),
                dateline=None,
            )
        )
    fed = [*coded, *_code(copies)]
    rng.shuffle(fed)
    assert _plain(link.link(fed).incidents) == _plain(link.link(coded).incidents)
