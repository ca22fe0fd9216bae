"""What 8 bits cost: the scores of the same weights in 32 bits on held-back reports, written into the model's card.

python -m detente.training.compare_int8 --network training/work/student --model src/detente/model/small --data training/annotations --hold 0.08

The tests hold the shipped files to within half a point of these scores (`tests/test_floors.py`).
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from detente.evaluate import gold
from detente.model.coder import Coder
from detente.training.as_gold import held_back_documents

FIGURES = ("event", "type", "type+dyad", "full")


def scores(folders: Sequence[Path], share: float, coder: Coder | None = None) -> dict[str, Any]:
    """The figures of `detente evaluate` on the reports that training held back."""
    reference = held_back_documents(folders, share)
    return gold.score(reference, gold.code_reference(folders[0], reference, coder))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", type=Path, required=True, help="folder with the network.pt that was shipped")
    parser.add_argument("--model", type=Path, required=True, help="the shipped files, with their thresholds")
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--hold", type=float, required=True, help="share of reports that training held back")
    args = parser.parse_args()
    import torch  # here, for the tests use `scores` where torch is not

    from detente.training.export_onnx import export
    from detente.training.network import SHAPES, Network

    network = Network(SHAPES["small"])
    network.load_state_dict(torch.load(args.network / "network.pt", map_location="cpu", weights_only=True))
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(args.model, folder, dirs_exist_ok=True)
        export(network, Path(folder), int8=False)
        plain = scores(args.data, args.hold, Coder(Path(folder)))
    ours = scores(args.data, args.hold, Coder(args.model))
    path = args.model / "card.json"
    card = json.loads(path.read_text("utf-8"))
    card["float32"] = {"hold": args.hold, "events": plain["event"]["n"]} | {k: plain[k]["f1"] for k in FIGURES}
    path.write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    for k in FIGURES:
        print(f"{k}: {plain[k]['f1']:.4f} in 32 bits, {ours[k]['f1']:.4f} in 8 bits")


if __name__ == "__main__":
    main()
