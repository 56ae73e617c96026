"""VGG-19 features up to relu3_1, from a file of normalised weights.

Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image
Recognition", ICLR 2015; normalised (mean activation about 1 per channel) after Gatys,
Ecker and Bethge, CVPR 2016. The file's first 1x1 layer turns RGB in [0,1] into the
network's own input.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

# key in the file -> (name of the activation after it, pool before it)
_LAYERS = [
    ("2", "relu1_1", False),
    ("5", "relu1_2", False),
    ("9", "relu2_1", True),
    ("12", "relu2_2", False),
    ("16", "relu3_1", True),
]


class Features(nn.Module):
    """RGB [n,3,h,w] or luma [n,1,h,w] (seen as a grey picture), in [0,1], to a dictionary of the
    activations asked for. Frozen.

    Nothing is padded: an activation is there only where all it looks at is.
    """

    def __init__(self, path: Path, layers: list[str]):
        super().__init__()
        known = [name for _, name, _ in _LAYERS]
        unknown = set(layers) - set(known)
        if unknown:
            raise ValueError(f"unknown feature layers {sorted(unknown)}; there are {known}")
        if not path.exists():
            raise SystemExit(f"feature weights not found: {path}")
        state = torch.load(path, map_location="cpu")
        self.wanted = set(layers)
        last = max(known.index(name) for name in layers)
        # The 1x1 layer folds into conv1_1.
        first_w, first_b = state["0.weight"].float(), state["0.bias"].float()
        self.stack = []
        for i, (key, name, pool) in enumerate(_LAYERS[: last + 1]):
            w, b = state[f"{key}.weight"].float(), state[f"{key}.bias"].float()
            if i == 0:
                b = b + torch.einsum("oihw,i->o", w, first_b)
                w = torch.einsum("oihw,ic->ochw", w, first_w[:, :, 0, 0])
            self.register_buffer(f"w{i}", w.contiguous(memory_format=torch.channels_last))
            self.register_buffer(f"b{i}", b)
            self.stack.append((name, pool))

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        out = {}
        x = x.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        for i, (name, pool) in enumerate(self.stack):
            if pool:
                x = F.max_pool2d(x, 2)
            w, b = getattr(self, f"w{i}"), getattr(self, f"b{i}")
            x = F.relu(F.conv2d(x, w.to(x.dtype), b.to(x.dtype)))
            if name in self.wanted:
                out[name] = x
        return out


def unit(f: torch.Tensor) -> torch.Tensor:
    """Activations [n,c,h,w] as float32, each place's vector of channels scaled to length 1."""
    f = f.float()
    return f * (f.square().sum(dim=1, keepdim=True) + 1e-6).rsqrt()


def layer_distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Distance of one layer's activations, 0…4: squared difference of the unit vectors, mean
    over places (the form of LPIPS, unweighted: Zhang, Isola, Efros, Shechtman, Wang, "The
    Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018). It asks
    what is at a place, not how strong: a blurred leaf is far from a leaf, whatever its contrast."""
    return (unit(a) - unit(b)).square().sum(dim=1).mean()


def texture_distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Difference of the Gram matrices of one layer of two pictures [1,c,h,w], relative to b's
    (Gatys, Ecker, Bethge, "Texture Synthesis Using Convolutional Neural Networks", NeurIPS
    2015): which features occur together and how strongly, wherever they are."""

    def gram(f: torch.Tensor) -> torch.Tensor:
        v = f.float().flatten(2)[0]
        return v @ v.T / v.shape[1]

    want = gram(b)
    return torch.linalg.norm(gram(a) - want) / torch.linalg.norm(want)


def distance(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor], weights: dict[str, float]) -> torch.Tensor:
    """Weighted sum over the layers of `layer_distance`."""
    return sum(w * layer_distance(a[k], b[k]) for k, w in weights.items())
