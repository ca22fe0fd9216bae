"""`detente export`, and the options of formats that `detente code` shares."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from detente.commands.filters import filter_options, form_and_filters, told_to_user
from detente.commands.options import UsageError, verb
from detente.errors import DetenteError

# Names alone: the modules of the formats load when one is asked for (`detente.export.FORMATS` has the same, a test says).
FORMATS = (
    "jsonl", "csv", "parquet", "arrow", "geojson", "plover", "polecat", "gdelt", "gdelt-mentions", "icews", "acled", "ftm",
    "web-annotation", "label-studio",
)  # fmt: skip
#: Those that need no store.
CODED = tuple(f for f in FORMATS if f != "label-studio")


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    export = verb(verbs, "export", _export, "write the events or incidents of a store for other tools (docs/export.md)")
    export.add_argument("--store", type=Path, required=True, metavar="DIR", help="folder of the store")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write; - or none: standard output")
    export.add_argument("--of", choices=["events", "incidents"], default="events", help="a row each (default: events)")
    statuses_option(export)
    filter_options(export, FORMATS)


def statuses_option(parser: argparse.ArgumentParser) -> None:
    """The option to keep what did not happen in formats that cannot say so."""
    parser.add_argument(
        "--all-statuses",
        action="store_true",
        help="keep denied, planned, possible and generic events in formats that cannot tell them apart (gdelt, icews, polecat, acled)",
    )


def coded_format(name: str) -> str:
    """A format that `detente code` can write. Raises ArgumentTypeError, with the likeliest."""
    from detente.export.write import named

    try:
        named(name)
    except DetenteError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if name not in CODED:
        raise argparse.ArgumentTypeError(f"{name} needs the reports' texts: add them to a store, and `detente export`")
    return name


def refuse_terminal(form: str, output: Path | None) -> None:
    """Raises UsageError for a binary format on a terminal."""
    from detente.export.write import named

    if named(form).binary and output is None and sys.stdout.isatty():
        raise UsageError(f"{form.capitalize()} is binary: name a file with -o, or pipe it")


def tell(words: str) -> None:
    """A line for the user beside the data."""
    print(f"detente: {words}", file=sys.stderr)


def _export(args: argparse.Namespace) -> int:
    from detente.export.write import format_of, named
    from detente.store import Store

    for given in args.to:
        if given not in FORMATS and not given[:1].isdigit():
            try:
                named(given)
            except DetenteError as error:
                raise UsageError(str(error)) from None
    output = None if args.output is None or str(args.output) == "-" else args.output
    if output is not None and output.is_dir():
        raise UsageError(f"-o {output} is a folder: name a file, such as {output / 'events.csv'}")
    form, asked = form_and_filters(args, FORMATS)
    form = form or format_of(output)
    refuse_terminal(form, output)
    with told_to_user(), Store(args.store, keep=False) as store:
        count = store.export(output or "-", form, args.of, asked, args.all_statuses)
    if output is not None:
        print(f"{count} rows in {output}", file=sys.stderr)
    return 0
