"""Agreement of two blind readings, by the exam's own scorer: `python -m detente.training.agreement --first training/annotations --second training/second_reading`."""

from __future__ import annotations

import argparse
from pathlib import Path

from detente.evaluate import gold
from detente.training.as_gold import document
from detente.training.line_format import Report, read_folder

_LONG = 5  # sentences from which a report counts as an article


def compare(name: str, pairs: list[tuple[Report, Report]]) -> None:
    """Print the figures of the second readings against the first."""
    if not pairs:
        return
    coded = [{**e, "document": {"id": two.id}} for _, two in pairs for e in document(two)["events"]]
    result = gold.score([document(one) for one, _ in pairs], coded)
    figures = ", ".join(f"{k} {result[k]['f1']:.2f}" for k in ("event", "type", "type+dyad", "full"))
    status, sector = (result["given type"].get(k, {}).get("share", 0.0) for k in ("status", "first sector"))
    print(
        f"{name}: {len(pairs)} reports, {result['event']['n']} and {result['event']['got']} events: F1 {figures}; status {status:.2f}, "
        f"first sector {sector:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=Path, required=True)
    parser.add_argument("--second", type=Path, required=True)
    args = parser.parse_args()
    second = {r.id: r for r in read_folder(args.second)}
    pairs = [(r, second[r.id]) for r in read_folder(args.first) if r.id in second]
    compare("short reports", [p for p in pairs if len(p[0].sentences) < _LONG])
    compare("articles", [p for p in pairs if len(p[0].sentences) >= _LONG])


if __name__ == "__main__":
    main()
