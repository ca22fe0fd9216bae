"""`detente mcp`."""

from __future__ import annotations

import argparse
import functools
import os
from typing import Any

from detente.commands.options import UsageError, port, store_option, verb
from detente.errors import MissingExtra


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    mcp = verb(verbs, "mcp", _mcp, "answer programs over the Model Context Protocol, with evidence (docs/mcp.md)")
    store_option(mcp)
    mcp.add_argument(
        "--http",
        type=functools.partial(port, least=1),
        metavar="PORT",
        help="serve HTTP on 127.0.0.1 (default: standard input and output)",
    )
    mcp.add_argument(
        "--token",
        metavar="TOKEN",
        help="what HTTP clients must send (default: $DETENTE_TOKEN, else a new one, which is printed)",
    )


def _mcp(args: argparse.Namespace) -> int:
    if args.token is not None and args.http is None:
        raise UsageError("--token is for HTTP: give --http PORT too")
    if args.token is not None and len(args.token) < 16:
        raise UsageError("--token is too short: 16 characters or more")
    try:
        from detente.mcp import server
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "pydantic"):
            raise
        raise MissingExtra(
            "the mcp package, version 2 or newer, is not installed: pip install 'detente[serve]'"
        ) from None
    if args.http is None:
        server.server(args.store).run("stdio")
        return 0
    import secrets

    server.serve_http(args.store, args.http, args.token or os.environ.get("DETENTE_TOKEN") or secrets.token_urlsafe(24))
    return 0
