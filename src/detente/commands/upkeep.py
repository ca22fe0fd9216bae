"""`detente compact`, `verify`, `forget`, `backup` and `restore`: the care of a store."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from detente.commands.filters import opened, told_to_user
from detente.commands.options import store_option, verb


def register(verbs: Any) -> None:
    """Add the verbs to the command line."""
    for name, run, about in (
        ("compact", _compact, "join small files of a store and sweep what killed processes left"),
        ("verify", _verify, "check a store: every file opens, every span stands in its text, every id resolves"),
    ):
        keeping = verb(verbs, name, run, about)
        keeping.add_argument("--json", action="store_true", help="print JSON")
        store_option(keeping)
    forget = verb(verbs, "forget", _forget, "remove a document from a store for good, with its text and history")
    forget.add_argument("document", metavar="DOCUMENT", help="its id or its URL")
    forget.add_argument("--by", default="", metavar="NAME", help="who removes it")
    store_option(forget)
    backup = verb(verbs, "backup", _backup, "copy a store to a new folder")
    backup.add_argument("target", type=Path, metavar="DIR", help="new folder; it is a store itself")
    store_option(backup)
    restore = verb(verbs, "restore", _restore, "make a store from a copy")
    restore.add_argument("source", type=Path, metavar="COPY", help="a folder that `detente backup` made")
    store_option(restore)


def _compact(args: argparse.Namespace) -> int:
    with opened(args) as store:
        done = store.compact()
    words = f"{done['files before']} files, {done['bytes before']} bytes are now {done['files']} files, {done['bytes']} bytes"
    print(json.dumps(done) if args.json else words)
    return 0


def _verify(args: argparse.Namespace) -> int:
    with told_to_user(), opened(args) as store:
        found = store.verify()
    if args.json:
        print(json.dumps({"sound": not found, "problems": found}, ensure_ascii=False))
    else:
        print("\n".join(found) or f"{args.store} is sound")
    return 1 if found else 0


def _forget(args: argparse.Namespace) -> int:
    with told_to_user(), opened(args) as store:
        print(f"forgotten: {store.forget(args.document, args.by)}")
    print("copies that you made with detente backup, or otherwise, still have it", file=sys.stderr)
    return 0


def _backup(args: argparse.Namespace) -> int:
    with opened(args) as store:
        print(f"{store.backup(args.target)} files are in {args.target}")
    return 0


def _restore(args: argparse.Namespace) -> int:
    from detente.store import upkeep

    print(f"{upkeep.restore(args.source, args.store)} files are in {args.store}")
    return 0
