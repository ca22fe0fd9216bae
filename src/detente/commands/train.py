"""`detente train`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from detente.commands.options import model_option, positive, verb
from detente.errors import MissingExtra


def register(verbs: Any) -> None:
    """Add the verb to the command line."""
    train = verb(verbs, "train", _train, "adapt the model to your own annotations, with scores before and after")
    train.add_argument(
        "--annotations", type=Path, required=True, metavar="DIR", help="folder of NAME.jsonl + NAME.ann (docs/data.md)"
    )
    train.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="new folder for the adapted model"
    )
    train.add_argument("--folds", type=positive, default=4, metavar="N", help="parts held back in turn (default: 4)")
    train.add_argument(
        "--epochs", type=positive, default=3, metavar="N", help="times each sentence is learnt (default: 3)"
    )
    train.add_argument("--seed", type=int, default=0, metavar="N", help="of the random order (default: 0)")
    train.add_argument("--json", action="store_true", help="print JSON")
    model_option(train)


def _train(args: argparse.Namespace) -> int:
    from detente.model.coder import DEFAULT

    try:
        from detente.training import adapt
    except ImportError as error:
        raise MissingExtra(f"{error.name} is missing: pip install 'detente[train]'") from None
    result = adapt.adapt(
        args.annotations,
        args.output,
        model=args.model or DEFAULT,
        folds=args.folds,
        epochs=args.epochs,
        seed=args.seed,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(json.dumps(result) if args.json else adapt.table(result, args.output))
    return 0
