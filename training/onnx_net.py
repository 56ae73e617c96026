"""Our ONNX files: written from the collapsed tensors, and read back by a small evaluator.

The graph holds only Conv, PRelu, Add, DepthToSpace and Resize:

  input -> Conv -> PRelu -> ... -> Conv -> DepthToSpace(CRD) -+
    \\-> Resize(bilinear, half-pixel centres, x scale) --------+-> Add -> output

and at scale 1 neither DepthToSpace nor Resize.

The evaluator is written in NumPy from the operators' definitions in the ONNX specification,
so that it shares no code with what trained the net.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
ALLOWED = {"Conv", "PRelu", "Add", "DepthToSpace", "Resize"}


def write(tensors: list[tuple[str, np.ndarray]], scale: int, metadata: dict[str, str]) -> bytes:
    """The ONNX file of a collapsed net, float32, NCHW, RGB or luma as its first convolution takes
    it, batch 1, free height and width."""
    values = dict(tensors)
    colours = values["conv0.weight"].shape[1]
    layers = sum(name.endswith(".weight") for name in values)
    nodes, x = [], "input"
    for i in range(layers):
        nodes.append(
            helper.make_node(
                "Conv", [x, f"conv{i}.weight", f"conv{i}.bias"], [f"conv{i}"], f"conv{i}",
                kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], dilations=[1, 1], group=1,
            )  # fmt: skip
        )
        x = f"conv{i}"
        if f"act{i}.slope" in values:
            nodes.append(helper.make_node("PRelu", [x, f"act{i}.slope"], [f"act{i}"], f"act{i}"))
            x = f"act{i}"
    weights = [numpy_helper.from_array(np.ascontiguousarray(v, np.float32), k) for k, v in tensors]
    skip = "input"
    if scale > 1:
        nodes.append(helper.make_node("DepthToSpace", [x], ["residual"], "shuffle", blocksize=scale, mode="CRD"))
        nodes.append(
            helper.make_node(
                "Resize", ["input", "", "scales"], ["skip"], "skip",
                mode="linear", coordinate_transformation_mode="half_pixel",
            )  # fmt: skip
        )
        weights.append(numpy_helper.from_array(np.array([1, 1, scale, scale], np.float32), "scales"))
        skip, x = "skip", "residual"
    nodes.append(helper.make_node("Add", [skip, x], ["output"], "add"))
    graph = helper.make_graph(
        nodes,
        metadata.get("name", "framewright"),
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, colours, "height", "width"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, colours, "height_out", "width_out"])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="framewright")
    model.ir_version = 7
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString()


def metadata(model: onnx.ModelProto) -> dict[str, str]:
    return {p.key: p.value for p in model.metadata_props}


# --- evaluator --------------------------------------------------------------------------------


def _conv(x: np.ndarray, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """3x3, zero padding 1, stride 1: [1,ci,h,w] to [1,co,h,w]."""
    p = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    h, wd = x.shape[2:]
    out = np.zeros((1, w.shape[0], h, wd), np.float32)
    for dy in range(3):
        for dx in range(3):
            out[0] += np.einsum("oi,ihw->ohw", w[:, :, dy, dx], p[0, :, dy : dy + h, dx : dx + wd], optimize=True)
    return out + b[None, :, None, None]


def _resize(x: np.ndarray, scale: int) -> np.ndarray:
    """Bilinear, half-pixel centres, edges clamped."""

    def axis(a: np.ndarray, k: int) -> np.ndarray:
        n = a.shape[k]
        pos = (np.arange(n * scale) + 0.5) / scale - 0.5
        low = np.floor(pos).astype(int)
        t = (pos - low).astype(np.float32)
        shape = [1, 1, 1, 1]
        shape[k] = -1
        first = np.take(a, np.clip(low, 0, n - 1), axis=k)
        second = np.take(a, np.clip(low + 1, 0, n - 1), axis=k)
        return first + t.reshape(shape) * (second - first)

    return axis(axis(x, 2), 3)


def _depth_to_space(x: np.ndarray, block: int) -> np.ndarray:
    """CRD order."""
    n, c, h, w = x.shape
    y = x.reshape(n, c // block**2, block, block, h, w).transpose(0, 1, 4, 2, 5, 3)
    return y.reshape(n, c // block**2, h * block, w * block)


def run(data: bytes, x: np.ndarray) -> np.ndarray:
    """Evaluate one of our files on float32 [1,c,h,w]; anything else in it is an error."""
    model = onnx.load_from_string(data)
    values: dict[str, np.ndarray] = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    values["input"] = x
    for node in model.graph.node:
        if node.op_type not in ALLOWED:
            raise ValueError(f"operator {node.op_type} does not belong in our models")
        a = [values[name] for name in node.input if name]
        attr = {t.name: helper.get_attribute_value(t) for t in node.attribute}
        if node.op_type == "Conv":
            y = _conv(*a)
        elif node.op_type == "PRelu":
            y = np.where(a[0] < 0, a[0] * a[1], a[0])
        elif node.op_type == "Add":
            y = a[0] + a[1]
        elif node.op_type == "DepthToSpace":
            y = _depth_to_space(a[0], attr["blocksize"])
        else:
            y = _resize(a[0], int(a[1][-1]))
        values[node.output[0]] = y
    return values["output"]


def load(path: Path) -> dict[str, np.ndarray]:
    """The tensors of one of our files, by name."""
    model = onnx.load(str(path))
    return {t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.name != "scales"}
