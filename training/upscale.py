"""Whole pictures through a net, as the product puts them through."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

import model as models

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)  # BT.709, as the product takes it


def luma(rgb: np.ndarray) -> np.ndarray:
    """Full-range BT.709 luma [..., h, w] of RGB [..., h, w, 3], in the units of `rgb`."""
    return rgb.astype(np.float32) @ LUMA


def bicubic(low: np.ndarray) -> np.ndarray:
    """Pillow's bicubic (a = -0.5) x2 of uint8 [h,w,3]: float32 [2h,2w,3] in about [0,1], neither
    rounded nor clamped."""
    size = (low.shape[1] * 2, low.shape[0] * 2)
    planes = low.astype(np.float32).transpose(2, 0, 1) / 255
    return np.stack([np.asarray(Image.fromarray(p).resize(size, Image.BICUBIC)) for p in planes], axis=-1)


@torch.no_grad()
def picture(net: models.Upscaler, low: np.ndarray) -> np.ndarray:
    """uint8 [h,w,3] through `net`: float32 [s h,s w,3], not clamped. A luma net gives luma, and
    the chroma is bicubic's (at scale 1 the picture's own): at a given chroma, luma goes into red, green
    and blue alike."""
    if net.shape.colours == 3:
        x = torch.from_numpy(low).permute(2, 0, 1)[None].float() / 255
        return net(x)[0].permute(1, 2, 0).numpy()
    y = net(torch.from_numpy(luma(low) / 255)[None, None])[0, 0].numpy()
    plain = low.astype(np.float32) / 255 if net.shape.scale == 1 else bicubic(low)
    return plain + (y - luma(plain))[..., None]
