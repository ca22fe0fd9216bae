"""Much alike at one time: shelling of many towns of one front, day after day, stays as many incidents; laws hold there too."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("rensa")

import detente
from detente.link import incidents as linking
from detente.link import linkable
from detente.link.index import MemoryIndex
from detente.link.linkable import Linkable, Where
from detente.link.neighbours import MOST
from detente.link.told_apart import Bounds, told_apart
from detente.records import Document

_TOWNS = ("Kharkiv", "Kherson", "Sumy", "Nikopol", "Odesa")
_DAYS = (("2023-03-07", "Monday"), ("2023-03-09", "Wednesday"), ("2023-03-11", "Friday"))
_FORMS = (
    "Russian forces shelled {town} on {day}, killing {n} people, the regional governor said.",
    "A Russian attack on {town} on {day} killed {n} people, Ukrainian officials said.",
    "Russian shelling of {town} killed {n} people, the mayor said.",
)


@pytest.fixture(scope="module")
def month() -> list[tuple[str, Linkable]]:
    """The town and the day of each attack, with a telling of it."""
    told = [
        (f"{town} {day}", Document(form.format(town=town, day=day, n=2 + i + 2 * j), f"{town}{j}{k}", published=published))
        for i, town in enumerate(_TOWNS)
        for j, (published, day) in enumerate(_DAYS)
        for k, form in enumerate(_FORMS)
    ]  # fmt: skip
    coded = {o.document.id: linkable.of(o.document, o.events) for o in detente.outcomes([d for _, d in told])}
    return [(label, event) for label, d in told for event in coded[d.id] if event.type == "ASSAULT"]


def test_towns_and_days_stay_apart(month: list[tuple[str, Linkable]]) -> None:
    label = {e.event_id: what for what, e in month}
    for cluster in linking.cluster([e for _, e in month]):
        stated = {label[e.event_id] for e in cluster.events if e.first and e.where is not None and e.where.town}
        assert len(stated) <= 1


def test_order_and_batches_and_repetition_change_nothing_where_much_is_alike(
    month: list[tuple[str, Linkable]],
) -> None:
    events = [e for _, e in month]
    whole = linking.cluster(events)
    for seed, size in enumerate((1, 4, 11)):
        random.Random(seed).shuffle(events)
        linker = linking.Linker(MemoryIndex())
        state: dict[str, linking.Cluster] = {}

        def take(changes: linking.Changes, state: dict[str, linking.Cluster] = state) -> None:
            for old in changes.gone:
                del state[old]
            state.update({c.incident_id: c for c in changes.clusters})

        for at in range(0, len(events), size):
            take(linker.add(events[at : at + size]))
        for _ in range(10):
            take(linker.add(events))
        # One that goes and comes back leaves nothing behind.
        take(linker.add([], dropped=[events[0].event_id]))
        take(linker.add(events[:1]))
        assert sorted(state.values(), key=lambda c: c.incident_id) == whole
        assert linker.clusters(list(state)) == whole


def test_what_is_stated_of_day_and_town_rules_out_others() -> None:
    kyiv = Where(1, 1, 1, 50.45, 30.52, 4)
    brovary = Where(1, 1, 2, 50.51, 30.79, 4)
    odesa = Where(1, 2, 3, 46.48, 30.73, 4)
    assert told_apart(Bounds(towns=frozenset({kyiv})), Bounds(towns=frozenset({odesa})))
    assert not told_apart(Bounds(towns=frozenset({kyiv})), Bounds(towns=frozenset({brovary})))
    assert not told_apart(Bounds(10, 10), Bounds(11, 11))  # a night
    assert told_apart(Bounds(10, 10), Bounds(12, 12))
    assert told_apart(Bounds(10, 10) | Bounds(11, 11), Bounds(12, 12))  # no chain from day to day
    assert told_apart(Bounds(feared=9), Bounds(begun=10))
    assert not told_apart(Bounds(feared=10), Bounds(begun=10))  # a suspicion
    assert told_apart(Bounds(planned=12), Bounds(done=10))
    assert not told_apart(Bounds(planned=9), Bounds(done=10))
    assert not told_apart(Bounds(), Bounds(10, 10, frozenset({kyiv}), 9, 9, 10, 10))


def test_a_happening_that_many_tell_in_their_own_words_is_one() -> None:
    """More tellings than a list of neighbours holds."""
    words = ("large", "deadly", "heavy", "brutal", "fierce", "dawn", "sudden", "major")
    said = ("officials said", "police said", "the army said", "residents said", "a spokesman said")
    documents = [
        Document(f"Gunmen attacked an army post in Mondoro, Mali, on Monday in a {word} raid, killing 25 soldiers, {who}.", f"{n}{m}", published="2019-10-01")
        for n, word in enumerate(words)
        for m, who in enumerate(said)
    ]  # fmt: skip
    events = [
        e for o in detente.outcomes(documents) for e in linkable.of(o.document, o.events) if e.act.startswith("attack")
    ]
    assert len({e.telling for e in events}) > MOST
    assert len(linking.cluster(events)) == 1
    index = MemoryIndex()
    linking.Linker(index).add(events)
    assert max(map(len, index.near([e.telling for e in events]).values())) == MOST
