"""Annotated reports as a reference for `detente evaluate`: `python -m detente.training.as_gold --data DIR… --hold 0.08 --out held.jsonl`.

By default only the reports that training held back, so that a model can be judged through the whole path on what it never saw.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente.training.line_format import Annotation, Marked, Report, held_back, joined, read_folders


def document(report: Report) -> dict[str, Any]:
    """One line of a reference (docs/evaluation.md)."""
    text, spans = joined(report.sentences)

    def event(e: Annotation) -> dict[str, Any]:
        base = spans[e.sentence][0]

        def span(m: Marked) -> dict[str, Any]:
            return {"start": base + m.start, "end": base + m.end, "text": text[base + m.start : base + m.end]}

        def party(m: Marked) -> dict[str, Any]:
            return {**span(m), "country": None if m.code == "---" else m.code or None, "sectors": list(m.sectors)}

        place, when, source = e.roles["place"][:1], e.roles["date"][:1], e.roles["attribution"][:1]
        return {
            "sentence": e.sentence,
            "type": e.type,
            "accept_types": [e.type, *e.accept],
            "modes": list(e.modes),
            "trigger": span(e.trigger),
            "actors": [party(m) for m in e.roles["actor"]],
            "recipients": [party(m) for m in e.roles["recipient"]],
            "place": {**span(place[0]), "country": place[0].code} if place else None,
            "date": {**span(when[0]), "value": None if when[0].code == "?" else when[0].code} if when else None,
            "status": e.status,
            "attribution": party(source[0]) if source else None,
            "casualties": [{"kind": k, "relation": r, "number": n} for k, r, n in e.casualties],
        }

    return {
        "id": report.id,
        "title": report.title,
        "published": report.published or None,
        "source": report.source,
        "text": text,
        "sentences": spans,
        "contexts": list(report.contexts),
        "events": [event(e) for e in report.events if not e.optional],
        "optional": [
            {"sentence": e.sentence, "type": e.type, "trigger": event(e)["trigger"]}
            for e in report.events
            if e.optional
        ],
    }


def held_back_documents(folders: Sequence[Path], share: float) -> list[dict[str, Any]]:
    """The reports that training held back, as a reference."""
    return [document(r) for r in read_folders(folders) if held_back(r.id, share)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--hold", type=float, default=1.0, help="share of reports that was held back (1: all reports)")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    lines = [json.dumps(d, ensure_ascii=False) for d in held_back_documents(args.data, args.hold)]
    args.out.write_text("\n".join(lines) + "\n", "utf-8")
    print(len(lines), "reports")


if __name__ == "__main__":
    main()
