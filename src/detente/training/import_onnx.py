"""The files that ship back to a network that can learn: 8-bit weights become 32-bit again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from detente.errors import ModelError
from detente.training.network import SMALL, Network


def network_of(folder: Path) -> Network:
    """The student in ``folder`` (encoder.onnx, roles.onnx, pairs.onnx). Raises ModelError if it is of another shape."""
    network = Network(SMALL)
    for name, part in (("encoder", network.encoder), ("roles", network.roles), ("pairs", network.pairs)):
        given = weights(folder / f"{name}.onnx")
        wanted = part.state_dict()
        if wrong := [k for k, v in wanted.items() if k not in given or given[k].shape != tuple(v.shape)]:
            raise ModelError(
                f"{folder / f'{name}.onnx'} is not of the shape of the shipped student: {wrong[0]} differs"
            )
        part.load_state_dict({k: torch.from_numpy(given[k].copy()) for k in wanted})
    return network


def state_of(given: Path, device: torch.device) -> dict[str, torch.Tensor]:
    """The weights of a trained network: of a `network.pt`, or of the folder of a shipped student (8 bits made 32 again)."""
    if given.is_dir():
        return {k: v.to(device) for k, v in network_of(given).state_dict().items()}
    state: dict[str, torch.Tensor] = torch.load(given, map_location=device, weights_only=True)
    return state


def weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Every parameter of a graph by its name in the network, in 32 bits."""
    graph = onnx.load(path).graph
    stored = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    found = {k: v for k, v in stored.items() if v.dtype == np.float32 and "." in k}
    for name, scale in stored.items():
        if name.endswith("_scale") and name.removesuffix("_scale") + "_quantized" in stored:
            known = name.removesuffix("_scale")
            shift = stored[known + "_zero_point"].astype(np.float32)
            axis = (-1, 1) if scale.ndim and len(scale) == len(stored[known + "_quantized"]) else (1, -1)
            scale, shift = (x.reshape(axis) if x.ndim else x for x in (scale, shift))
            found[known] = ((stored[known + "_quantized"].astype(np.float32) - shift) * scale).astype(np.float32)
    users = {i: node for node in graph.node for i in node.input}
    for node in graph.node:
        if node.op_type not in ("MatMulNBits", "MatMul"):
            continue
        after = users.get(node.output[0])
        bias = next((i for i in after.input if i.endswith(".bias")), None) if after and after.op_type == "Add" else None
        if bias is None:
            continue
        if node.op_type == "MatMul":  # a graph that was left in 32 bits: [inputs, outputs]
            found[bias.replace(".bias", ".weight")] = stored[node.input[1]].T
            continue
        size = {a.name: a.i for a in node.attribute}
        blocks = stored[node.input[1]].reshape(size["N"], -1, size["block_size"]).astype(np.float32) - 128.0
        scales = stored[node.input[2]].reshape(size["N"], -1, 1)
        found[bias.replace(".bias", ".weight")] = (blocks * scales).reshape(size["N"], -1)[:, : size["K"]]
    return found
