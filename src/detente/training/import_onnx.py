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

BLOCK = 64  # 8-bit weights of a column that share a scale


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
        known = name.removesuffix("_scale")
        if known == name or known + "_zero_point" not in stored:
            continue
        small, shift = stored[known + "_quantized"], stored[known + "_zero_point"].astype(np.float32)
        axis = (-1, 1) if scale.ndim and len(scale) == len(small) else (1, -1)
        scale, shift = (x.reshape(axis) if x.ndim else x for x in (scale, shift))
        found[known] = ((small.astype(np.float32) - shift) * scale).astype(np.float32)
    users = {i: node for node in graph.node for i in node.input}
    for node in graph.node:
        after = users.get(node.output[0]) if node.op_type == "MatMul" else None
        bias = next((i for i in after.input if i.endswith(".bias")), None) if after and after.op_type == "Add" else None
        if bias is not None:
            found[bias.replace(".bias", ".weight")] = _matrix(stored, node.input[1]).T
    return found


def _matrix(stored: dict[str, NDArray[np.float32]], name: str) -> NDArray[np.float32]:
    """The weights [inputs, outputs] of a product: 8-bit ones times the scales of their blocks, or as they are."""
    if name in stored:
        return stored[name]
    small, scale = stored[name + "_quantized"], stored[name + "_scale"]
    out: NDArray[np.float32] = small * np.repeat(scale, BLOCK, 0)[: len(small)]
    return out
