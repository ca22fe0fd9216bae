"""`detente evaluate`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from detente.commands.options import UsageError, coder_of, model_option, threads_option, verb


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    evaluate = verb(verbs, "evaluate", _evaluate, "score events against annotated reports, or take a public exam")
    evaluate.add_argument(
        "what",
        nargs="?",
        metavar="EXAM|GOLD.jsonl",
        help="plv, aw, plover-records, actors, dates, wikiwars, tempeval, toponyms, ecbplus, incidents, tension, icews14, pages, or annotated reports (docs/evaluation.md)",
    )
    evaluate.add_argument(
        "paths",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="coded events (default: detente codes GOLD itself); or the exam's files",
    )
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.add_argument("--split", metavar="PART", help="of icews14: valid (default) or test")
    evaluate.add_argument(
        "--coded",
        type=Path,
        metavar="DIR",
        help="of tension: code all reports once, and keep them there (about 25 minutes)",
    )
    evaluate.add_argument(
        "--pictures", type=Path, metavar="DIR", help="of tension: draw what is measured there (SVG, CSV)"
    )
    evaluate.add_argument(
        "--write", type=Path, metavar="PAGE.md",
        help="measure all that is at hand and write docs/evaluation.md; with an EXAM or GOLD: its part of the page alone",
    )  # fmt: skip
    threads_option(evaluate)
    model_option(evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    from detente.evaluate import exams, gold, page

    folders = {"coded": args.coded, "pictures": args.pictures}
    if args.what in exams.EXAMS:
        result = exams.run(args.what, args.paths, coder_of(args), args.split, **folders)
        print(json.dumps(result) if args.json else exams.table(result))
        if args.write is not None:
            page.replace(args.write, args.what, result)
        return 0
    if args.what is None:
        if args.write is None:
            raise UsageError(f"name annotated reports, or an exam ({', '.join(exams.EXAMS)})")
        page.write(args.write, Path("tests/gold/dev.jsonl"), **folders)
        return 0
    if not Path(args.what).is_file() and not Path(args.what).suffix:
        raise UsageError(f"{args.what!r} is neither a file nor an exam ({', '.join(exams.EXAMS)})")
    if len(args.paths) > 1:
        raise UsageError("one file of events at most")
    events = args.paths[0] if args.paths else None
    if args.write is not None:
        if events is not None or args.model is not None:
            raise UsageError("--write is of the shipped model: leave out the file of events and --model")
        page.replace_gold(args.write, Path(args.what))
        return 0
    result = gold.evaluate(Path(args.what), events, coder=coder_of(args) if events is None else None)
    print(json.dumps(result) if args.json else gold.table(result))
    return 0
