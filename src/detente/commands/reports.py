"""The reports that a command reads: which inputs, what may be fetched, what date they have."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.commands.options import UsageError
from detente.errors import DetenteError, InputError, Quarantined
from detente.records import Document, parse_published

if TYPE_CHECKING:
    from detente.problems import Problems
    from detente.read.inputs import Follow


def private_option(parser: argparse.ArgumentParser) -> None:
    """The option to fetch from one's own network."""
    parser.add_argument(
        "--allow-private",
        action="store_true",
        help="fetch from your own network and from any port too (default: refused)",
    )


def fetch_options(parser: argparse.ArgumentParser) -> None:
    """The options of verbs that read reports: what may be fetched. Only addresses that the user names are."""
    parser.add_argument(
        "--fetch", action="store_true", help="also fetch the pages that sitemaps and lists of addresses name"
    )
    private_option(parser)


def told_options(parser: argparse.ArgumentParser) -> None:
    """The options of verbs that code reports: the date of those that have none, and where to tell which failed."""
    parser.add_argument(
        "--published", metavar="DATE", help="publication date of reports that do not tell theirs (2026-06-01)"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what failed or was skipped, as JSONL")


def web_of(args: argparse.Namespace) -> Follow | None:
    """What fetches the addresses among the inputs; None if there are none to fetch. Raises MissingExtra."""
    from detente.read.inputs import is_address

    if not args.fetch and not any(is_address(str(i)) for i in args.inputs):
        return None
    from detente.read.fetch import Fetcher
    from detente.read.web import Web

    return Web(Fetcher(allow_private=args.allow_private), lists=args.fetch)


def published_of(args: argparse.Namespace) -> str | None:
    """The date that was given for reports without one. Raises UsageError if it is none."""
    try:
        return parse_published(args.published)
    except DetenteError as error:
        raise UsageError(f"--published: {error}") from None


def documents_of(
    args: argparse.Namespace, published: str | None, problems: Problems, ours: Sequence[Path | None]
) -> Iterator[Document]:
    """The reports of all inputs but for the files that we write ourselves (``ours``); what cannot be read is told to ``problems``."""
    from detente import read

    exclude = [p for p in ours if p is not None]
    for item in read.read_inputs(args.inputs, published, exclude, web_of(args), args.fetch):
        if isinstance(item, Quarantined):
            problems.quarantined(item)
        elif isinstance(item, InputError):
            problems.failed(item.item, item.reason, item.field)
        else:
            yield item
