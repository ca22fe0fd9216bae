"""Learn the shipped weights of `detente.measure.occurrence` from a store: `python -m detente.training.weigh_occurrence --store DIR --until 2018-01-01`.

Prints scores of the days from ``--until`` on, which were not learnt from, and writes `src/detente/measure/occurrence.tsv`.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np

import detente
from detente.measure import backtest, occurrence
from detente.measure.columns import Columns, Floats
from detente.measure.occurrence import FEATURES, HALF_LIVES, LEVELS, SHARES, Past, fit
from detente.store.filters import Filters

_OUT = Path(occurrence.__file__).with_name("occurrence.tsv")


def table(weights: Floats, learnt: str) -> str:
    """The weights as text, one a line with its name."""
    names = [*(f"{level}\t{half:g}" for level in LEVELS for half in HALF_LIVES), *SHARES]
    head = [
        "# Weights of detente.measure.occurrence, in the order of its features: level, half-life in days, weight.",
        f"# {learnt}",
    ]
    return "\n".join([*head, *(f"{n}\t{w:.4f}" for n, w in zip(names, weights, strict=True))]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--until", required=True, help="ISO day; nothing of it or later is learnt from")
    parser.add_argument("--days", type=int, default=occurrence.SHIPPED_DAYS)
    args = parser.parse_args()
    with detente.open(args.store) as store:
        columns = Columns(store.measuring().measured(Filters()))
    past = Past(columns)
    cut = date.fromisoformat(args.until).toordinal()
    weights = fit(past, args.days, cut, np.zeros(FEATURES))
    rows = int(np.searchsorted(past.day, cut))
    _OUT.write_text(
        table(
            weights,
            f"Learnt from {rows} acts of one country on another before {args.until}, {args.days} days ahead ({args.store.name}).",
        ),
        "utf-8",
    )
    last = date.fromordinal(int(past.day[-1]) - args.days).isoformat()
    print(backtest.given(past, weights, backtest.every(args.until, last, 28), args.days).to_dict())


if __name__ == "__main__":
    main()
