"""What a model is judged by. Pictures are float arrays [h, w, 3], RGB in [0,1]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Greys, skin, paper, sky, leaf and saturated colours: what a flat field is tried in.
FLAT_COLOURS = [
    (0, 0, 0), (16, 16, 16), (64, 64, 64), (128, 128, 128), (192, 192, 192), (235, 235, 235), (255, 255, 255), (224, 172, 140),
    (120, 78, 58), (246, 240, 224), (110, 160, 220), (60, 100, 40), (200, 30, 30), (30, 180, 60), (30, 40, 190), (230, 210, 40),
]  # fmt: skip
BORDER = 2  # pixels left out on each side, as the literature does at x2


def luma(rgb: np.ndarray) -> np.ndarray:
    """BT.601 limited-range luma, of 255, as MATLAB's rgb2ycbcr gives it."""
    return 16 + rgb @ np.array([65.481, 128.553, 24.966])


def inner(a: np.ndarray, border: int = BORDER) -> np.ndarray:
    return a[border:-border, border:-border]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Luma PSNR in dB, 2-pixel border left out. Both are rounded to 8 bits first."""
    a, b = (np.rint(np.clip(v, 0, 1) * 255) / 255 for v in (a, b))
    d = inner(luma(a)) - inner(luma(b))
    return float(10 * np.log10(255**2 / max(float(np.mean(d * d)), 1e-10)))


def energy(a: np.ndarray) -> float:
    """Mean squared gradient of luma: forward differences along rows and columns."""
    y = inner(luma(np.clip(a, 0, 1)))
    return float(np.mean(np.diff(y, axis=0) ** 2) + np.mean(np.diff(y, axis=1) ** 2))


def chroma_energy(a: np.ndarray) -> float:
    """Mean squared gradient of the two colour differences (BT.601): what fringes add to."""
    a = inner(np.clip(a, 0, 1))
    planes = [255 * (a @ np.array(row)) for row in ([-0.169, -0.331, 0.5], [0.5, -0.419, -0.081])]
    return float(sum(np.mean(np.diff(p, axis=axis) ** 2) for p in planes for axis in (0, 1)))


def mean_colour(a: np.ndarray) -> np.ndarray:
    """Mean R, G, B, of 255."""
    return 255 * inner(np.clip(a, 0, 1)).reshape(-1, 3).mean(axis=0)


def shift(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Displacement (x, y) of luma of `a` against `b`, in pixels, by least squares on the
    gradient (Lucas and Kanade 1981, one window for the whole picture). Meant for less than
    half a pixel. Low-passed first, so that added detail does not weigh in."""

    def low(p: np.ndarray) -> np.ndarray:
        k = np.array([1, 4, 6, 4, 1]) / 16
        y = luma(p)
        y = np.apply_along_axis(lambda r: np.convolve(r, k, "valid"), 0, y)
        return np.apply_along_axis(lambda r: np.convolve(r, k, "valid"), 1, y)

    p, q = low(a), low(b)
    m = 0.5 * (p + q)  # gradients of the mean: no bias towards either
    gx = 0.5 * (m[1:-1, 2:] - m[1:-1, :-2])
    gy = 0.5 * (m[2:, 1:-1] - m[:-2, 1:-1])
    d = (q - p)[1:-1, 1:-1]
    ata = np.array([[np.sum(gx * gx), np.sum(gx * gy)], [np.sum(gx * gy), np.sum(gy * gy)]])
    x, y = np.linalg.solve(ata + 1e-9 * np.eye(2), np.array([np.sum(gx * d), np.sum(gy * d)]))
    return float(x), float(y)


def flicker(clip: np.ndarray) -> float:
    """Mean absolute luma difference of successive frames [n,h,w,3], of 255, after the
    caller has undone the motion: what is left is what the model makes of it."""
    y = np.stack([inner(luma(f), 8) for f in clip])
    return float(np.abs(np.diff(y, axis=0)).mean())


def still_places(clip: np.ndarray, limit: float = 1.5, side: int = 9) -> np.ndarray:
    """Where an original clip [n,h,w,3] stands still from frame to frame: bool [n-1,h,w], the mean absolute luma
    difference over `side` x `side` pixels below `limit` (of 255). A frame that is repeated tells nothing and counts as moving."""
    differences = np.abs(np.diff(np.stack([luma(f) for f in clip]), axis=0))
    padded = np.pad(differences, ((0, 0), (side // 2 + 1, side // 2), (side // 2 + 1, side // 2)), mode="edge")
    sums = padded.cumsum(axis=1).cumsum(axis=2)
    means = (sums[:, side:, side:] - sums[:, :-side, side:] - sums[:, side:, :-side] + sums[:, :-side, :-side]) / side**2
    repeated = differences.mean(axis=(1, 2)) < 0.02
    return (means < limit) & ~repeated[:, None, None]


def still_flicker(clip: np.ndarray, still: np.ndarray) -> float:
    """Mean absolute luma difference of successive frames [n,h,w,3], of 255, over the places where the original stands still."""
    return float(np.abs(np.diff(np.stack([luma(f) for f in clip]), axis=0))[still].mean())


def phase_error(out: np.ndarray, colour: np.ndarray, border: int = 32) -> float:
    """How far the 2x2 phases of `out` [h,w,3], made of a flat picture of `colour` (RGB in
    [0,1]), lie off it at worst, of 255: grid and tint at once. Away from the border of the picture."""
    part = inner(out, border)
    phases = [part[y::2, x::2].mean(axis=(0, 1)) for y in (0, 1) for x in (0, 1)]
    return float(255 * np.abs(np.array(phases) - colour).max())


def worst_phase(upscaler: Callable[[np.ndarray], np.ndarray]) -> float:
    """The worst phase error (of 255) over the FLAT_COLOURS of what takes uint8 [h,w,3] to float [2h,2w,3] or [h,w,3]."""
    made = ((upscaler(np.full((48, 48, 3), c, np.uint8)), np.array(c) / 255) for c in FLAT_COLOURS)
    return max(phase_error(out, colour, out.shape[0] // 3) for out, colour in made)


def alternation(picture: np.ndarray, like: np.ndarray, smooth: float = 2.0) -> np.ndarray:
    """How much neighbours alternate along rows, along columns and along both, of 255: the
    magnitudes of the Haar coefficients of luma at all offsets, averaged over the blocks of 8x8
    in which the gradient of `like` is below `smooth` (of 255) everywhere; NaN where there are none."""
    want = luma(like)
    steep = np.maximum(np.abs(np.diff(want, axis=0))[:, 1:], np.abs(np.diff(want, axis=1))[1:])

    def blocks(a: np.ndarray) -> np.ndarray:
        h, w = (s // 8 * 8 for s in a.shape)
        return a[:h, :w].reshape(h // 8, 8, w // 8, 8).swapaxes(1, 2)

    flat = blocks(steep).max(axis=(2, 3)) < smooth
    if not flat.any():
        return np.full(3, np.nan)
    y = luma(np.clip(picture, 0, 1))
    a, b, c, d = y[:-1, :-1], y[:-1, 1:], y[1:, :-1], y[1:, 1:]
    bands = (a - b + c - d, a + b - c - d, a - b - c + d)
    return np.array([blocks(np.abs(k) / 4)[flat].mean() for k in bands])
