"""A worker that hangs, dies or raises costs the item at fault and nothing else."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # workers get the path of the process that starts them
import work

from detente.scale.pool import Lost, Pool


def chunks(items: list[object], size: int = 4) -> Iterator[list[object]]:
    it = iter(items)
    while some := list(itertools.islice(it, size)):
        yield some


def test_results_come_in_order() -> None:
    with Pool(work.doubler, workers=2) as pool:
        assert list(pool.run(chunks(list(range(50))))) == [2 * n for n in range(50)]
        assert sorted(pool.run(chunks(list(range(50))), ordered=False)) == [2 * n for n in range(50)]


@pytest.mark.parametrize(("bad", "kind"), [("hang", "deadline"), ("die", "crash"), ("raise", "ValueError")])
def test_only_the_item_at_fault_is_lost(bad: str, kind: str) -> None:
    with Pool(work.doubler, workers=2, deadline=2.0) as pool:
        results = list(pool.run(chunks([1, 2, bad, 4, 5, 6, 7])))
    (lost,) = [r for r in results if isinstance(r, Lost)]
    assert (lost.item, lost.kind) == (bad, kind)
    assert [r for r in results if not isinstance(r, Lost)] == [2, 4, 8, 10, 12, 14]
    assert isinstance(results[2], Lost), "the order holds for what is lost too"


def test_a_sign_of_life_sets_the_deadline_anew() -> None:
    with Pool(work.doubler, deadline=1.5) as pool:
        assert list(pool.run([["slow but alive"]])) == ["slow but alive"]


def test_what_is_printed_in_a_worker_does_no_harm() -> None:
    with Pool(work.doubler) as pool:
        assert list(pool.run([["print", 1]])) == ["print", 2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited on Linux alone")
def test_memory_is_limited() -> None:
    with Pool(work.doubler, memory=500_000_000) as pool:
        results = list(pool.run([[1, "eat", 2]]))
    assert [r.kind if isinstance(r, Lost) else r for r in results] == [2, "MemoryError", 4]


def test_a_worker_that_cannot_start_says_why() -> None:
    with pytest.raises(ValueError, match="no such model"), Pool(work.broken) as pool:
        list(pool.run([[1]]))


def test_input_is_drawn_no_further_than_needed() -> None:
    drawn = 0

    def source() -> Iterator[list[object]]:
        nonlocal drawn
        for n in range(1000):
            drawn += 1
            yield [n]

    with Pool(work.doubler, workers=2) as pool:
        results = pool.run(source(), ahead=3)
        for _ in range(10):
            next(results)
        assert drawn <= 10 + 6


def test_closing_does_not_wait_for_work() -> None:
    pool = Pool(work.doubler)
    results = pool.run([[1], ["hang"]])
    assert next(results) == 2
    start = time.monotonic()
    pool.close()
    assert time.monotonic() - start < 5
