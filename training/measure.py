"""What a model is judged by. Pictures are float arrays [h, w, 3], RGB in [0,1]."""

from __future__ import annotations

import numpy as np

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
