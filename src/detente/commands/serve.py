"""`detente serve`."""

from __future__ import annotations

import argparse
import ipaddress
import secrets
import socket
import sys
from typing import Any

from detente.commands.options import UsageError, port, store_option, verb
from detente.errors import DetenteError


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    serve = verb(verbs, "serve", _serve, "show a store in the browser, and answer programs over HTTP (docs/serve.md)")
    store_option(serve)
    serve.add_argument("--port", type=port, default=8321, metavar="N", help="port to listen on (default: 8321)")
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="address to listen on (default: 127.0.0.1, this machine alone)",
    )
    serve.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name by which browsers reach this server; several: repeat",
    )
    token = serve.add_mutually_exclusive_group()
    token.add_argument("--token", metavar="T", help="what readers must show (default: a new one, printed)")
    token.add_argument("--no-token", action="store_true", help="let in everybody who reaches the port")
    serve.add_argument("--read-only", action="store_true", help="write nothing to the store's folder")
    serve.add_argument(
        "--rate",
        type=float,
        default=500.0,
        metavar="N",
        help="requests a second of one address; 0: any number (default: 500)",
    )
    serve.add_argument(
        "--refresh",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="while reports come in all the time, take them up so often; corrections show at once (default: 10)",
    )


def _serve(args: argparse.Namespace) -> int:
    from detente.serve.settings import LOCAL, Settings, need_serve_extra

    need_serve_extra()
    if args.token is not None and (
        len(args.token) < 8 or not args.token.isascii() or not args.token.isprintable() or " " in args.token
    ):
        raise UsageError("--token needs 8 characters or more, ASCII without blanks")
    if not args.rate >= 0:
        raise UsageError("--rate is a number of requests a second, or 0")
    if not 0 <= args.refresh <= 3600:
        raise UsageError("--refresh is a number of seconds, up to an hour")
    from detente.serve.app import create_app

    listener = _listening(args.host, args.port)
    port = listener.getsockname()[1]
    names = {n.lower() for n in (args.host, f"[{args.host}]", *args.allow_host)}
    settings = Settings(
        args.store, None if args.no_token else args.token or secrets.token_urlsafe(32), args.host, port, LOCAL | names,
        args.read_only, rate=args.rate, refresh=args.refresh,
    )  # fmt: skip
    try:
        app = create_app(settings)
        _tell(settings)
        _run(app, listener)
    finally:
        listener.close()
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises DetenteError if the port is taken or the address is none of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(512)
    except OSError as error:
        made.close()
        why = (
            f"port {port} is in use: choose another with --port"
            if error.errno in (48, 98, 10048)
            else error.strerror or str(error)
        )
        raise DetenteError(f"cannot listen on {host}:{port}: {why}") from None
    return made


def _tell(settings: Any) -> None:
    """What the user needs to know, on stderr."""

    def say(words: str) -> None:
        print(words, file=sys.stderr, flush=True)

    say(f"detente serve: {settings.store} at {settings.address}/ (Ctrl-C stops it)")
    if settings.token is None:
        say("  no token: everybody who reaches the port can read the store")
    else:
        say(f"  in a browser, once:  {settings.link()}")
        say(f"  for programs:        Authorization: Bearer {settings.token}")
    try:
        local = ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        local = settings.host == "localhost"
    if not local:
        say("  not this machine alone: the connection is not encrypted; put a proxy with TLS before it")


def _run(app: Any, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, timeout_keep_alive=10, limit_concurrency=1000,
        h11_max_incomplete_event_size=65_536, timeout_graceful_shutdown=5, lifespan="on", proxy_headers=False,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])
