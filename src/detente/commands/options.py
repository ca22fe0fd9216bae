"""Options and values that several commands share."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from detente.errors import DetenteError


class UsageError(DetenteError):
    """The command was called in a way that cannot work; printed with exit code 2."""


def verb(verbs: Any, name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
    """Add a verb to the command line: its name, what runs it, and one line about it."""
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def model_option(parser: argparse.ArgumentParser) -> None:
    """The option to code with another model."""
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a model made by `detente train` (default: the shipped one)"
    )


def actors_option(parser: argparse.ArgumentParser) -> None:
    """The option to load an own table of actors."""
    parser.add_argument(
        "--actors", type=Path, metavar="MY.csv", help="your own table of actors, which wins (docs/knowledge.md)"
    )


def use_actors(args: argparse.Namespace) -> None:
    """Load the user's own table of actors, if one was named."""
    if args.actors is not None:
        from detente.knowledge import use_actors

        use_actors(args.actors)


def coder_of(args: argparse.Namespace) -> Any:
    """The model that was asked for; None if none was, for then the shipped one is loaded where it is needed, if at all."""
    if args.model is None and args.threads is None:
        return None
    from detente.model.coder import Coder, default_coder

    return default_coder(args.threads) if args.model is None else Coder(args.model, args.threads)


def threads_option(parser: argparse.ArgumentParser) -> None:
    """The option of how many cores the model may use."""
    parser.add_argument("--threads", type=positive, metavar="N", help="cores to use (default: all)")


def store_option(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """The option of the store."""
    parser.add_argument("--store", type=Path, required=required, metavar="DIR", help="folder of the store")


def positive(text: str) -> int:
    """A number of things from the command line. Raises ArgumentTypeError for less than 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def count(text: str) -> int:
    """A number of rows from the command line. Raises ArgumentTypeError for less than 0."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def share(text: str) -> float:
    """A share from the command line. Raises ArgumentTypeError for what is not from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def seconds(text: str) -> float:
    """A duration from the command line. Raises ArgumentTypeError for less than 0, 0 and a million or more."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return value


def port(text: str, least: int = 0) -> int:
    """A port from the command line; 0, where it is allowed, is any that is free. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or not least <= int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a number from 1 to 65535")
    return int(text)
