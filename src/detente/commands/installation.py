"""`detente demo`, `schema`, `knowledge`, `bench` and `doctor`: the installed program, its tables and its record."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from detente.commands.options import verb


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    demo = verb(verbs, "demo", _demo, "code the bundled reports, and say where to look")
    demo.add_argument(
        "--output", type=Path, default=Path("demo-output"), metavar="DIR", help="folder to write (default: demo-output)"
    )

    schema = verb(verbs, "schema", _schema, "print the JSON Schema of an event record (or of an input document)")
    schema.add_argument("record", nargs="?", choices=["event", "document"], default="event")

    knowledge = verb(
        verbs, "knowledge", _knowledge, "rebuild the table of office-holders from Wikidata (needs a network)"
    )
    knowledge.add_argument("action", choices=["refresh"])
    knowledge.add_argument(
        "--cache",
        type=Path,
        default=Path("wikidata-cache"),
        metavar="DIR",
        help="where answers are kept, to go on from",
    )
    knowledge.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="table to write (default: the installed one)"
    )
    knowledge.add_argument("--countries", nargs="*", default=[], metavar="CODE", help="only these (default: all)")
    knowledge.add_argument("--contact", default="", help="e-mail or page, which Wikimedia asks of programs")

    bench = verb(verbs, "bench", _bench, "measure rate, memory, start-up time and install size on this machine")
    bench.add_argument("--json", action="store_true", help="print JSON")

    doctor = verb(verbs, "doctor", _doctor, "say what is installed, which model and tables, and what is missing")
    doctor.add_argument("--json", action="store_true", help="print JSON")


def _demo(args: argparse.Namespace) -> int:
    from detente import demo

    return demo.run(args.output, sys.stdout)


def _schema(args: argparse.Namespace) -> int:
    from detente import schema

    print(json.dumps(schema.event_schema() if args.record == "event" else schema.document_schema(), indent=2))
    return 0


def _knowledge(args: argparse.Namespace) -> int:
    from detente.knowledge import refresh, tables

    out = args.output or tables.DATA / "offices.tsv"
    told = refresh.rebuild(
        args.cache, out, args.countries, args.contact, tell=lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(f"{told} spells of office in {out}")
    return 0


def _bench(args: argparse.Namespace) -> int:
    from detente import bench

    result = bench.measure()
    print(json.dumps(result) if args.json else bench.table(result))
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from detente import doctor

    found = doctor.examine()
    print(json.dumps(found) if args.json else doctor.table(found))
    return 0 if found["ready"] else 1
