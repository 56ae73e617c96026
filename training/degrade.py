"""Degradations: what a sharp picture goes through before it reaches an upscaler as video.

Every random choice is drawn from a `numpy.random.Generator` that the caller seeds, so a
sample is a function of (picture, seed). Pictures are uint8 RGB arrays [h, w, 3], clips are
[frames, h, w, 3].

The chain, in the order a camera and an encoder apply it:
  1. blur of the original (lens, scaling): Gaussian, in some samples; up to 0.8 pixels in the first
     family, up to 2 in the luma family
  2. down by 2 with an antialiasing kernel: bicubic a=-0.5, area, or Lanczos-3
  3. a little sensor noise: Gaussian, up to 2.5/255, in some samples
  4. 4:2:0 and H.264 (crf 20 to 36) or MPEG-2 (quantiser 2 to 10) on a short moving clip,
     decoded again; a share stays uncompressed
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

DOWN_KERNELS = {"bicubic": Image.BICUBIC, "area": Image.BOX, "lanczos": Image.LANCZOS}


@dataclass(frozen=True)
class Recipe:
    """Shares and ranges the random degradations are drawn from."""

    clean_share: float = 0.12
    mpeg2_share: float = 0.12  # the rest is H.264
    crf: tuple[int, int] = (20, 36)
    mpeg2_q: tuple[int, int] = (2, 10)
    blur_share: float = 0.35
    blur_sigma: tuple[float, float] = (0.2, 0.8)  # pixels of the original
    down_shares: tuple[float, float, float] = (0.5, 0.3, 0.2)  # bicubic, area, Lanczos
    noise_share: float = 0.3
    noise_sigma: tuple[float, float] = (0.5, 2.5)  # of 255
    frames: int = 8
    speed: float = 5.0  # pixels of the original per frame, at most, per axis
    still_share: float = 0.2


def down2(picture: np.ndarray, kernel: str = "bicubic") -> np.ndarray:
    """Antialiased scaling by 1/2, half-pixel centres. Sides must be even.

    Pillow's BICUBIC has a = -0.5 and widens its support when scaling down, as MATLAB's
    imresize does.
    """
    h, w = picture.shape[:2]
    return np.asarray(Image.fromarray(picture).resize((w // 2, h // 2), DOWN_KERNELS[kernel]))


def blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Gaussian blur of uint8 [h,w,3], sigma in pixels."""
    return np.asarray(Image.fromarray(picture).filter(ImageFilter.GaussianBlur(sigma)))


# --- colour: RGB full range <-> Y'CbCr limited range, 4:2:0 with left-sited chroma ---------

_LUMA = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722)}


def rgb_to_yuv420(rgb: np.ndarray, matrix: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """uint8 RGB [h,w,3] (even sides) to limited-range planes Y [h,w], Cb and Cr [h/2,w/2].

    Chroma is sited as in MPEG-2 and H.264 by default: horizontally on the even luma
    columns (filter 1 2 1), vertically between two rows (average).
    """
    kr, kb = _LUMA[matrix]
    p = rgb.astype(np.float32) / 255.0
    y = kr * p[..., 0] + (1 - kr - kb) * p[..., 1] + kb * p[..., 2]
    cb = (p[..., 2] - y) / (2 * (1 - kb))
    cr = (p[..., 0] - y) / (2 * (1 - kr))

    def sub(c: np.ndarray) -> np.ndarray:
        c = 0.5 * (c[0::2] + c[1::2])
        c = np.pad(c, ((0, 0), (1, 1)), mode="edge")
        return 0.25 * c[:, 0:-2:2] + 0.5 * c[:, 1:-1:2] + 0.25 * c[:, 2::2]

    def to8(v: np.ndarray) -> np.ndarray:
        return np.clip(np.rint(v), 0, 255).astype(np.uint8)

    return to8(16 + 219 * y), to8(128 + 224 * sub(cb)), to8(128 + 224 * sub(cr))


def yuv420_to_rgb(y: np.ndarray, cb: np.ndarray, cr: np.ndarray, matrix: str) -> np.ndarray:
    """Inverse of `rgb_to_yuv420`, chroma raised bilinearly at the same siting."""
    kr, kb = _LUMA[matrix]

    def up(c: np.ndarray) -> np.ndarray:
        c = (c.astype(np.float32) - 128) / 224
        v = np.pad(c, ((1, 1), (0, 1)), mode="edge")
        rows = np.empty((2 * c.shape[0], v.shape[1]), np.float32)
        rows[0::2] = 0.75 * v[1:-1] + 0.25 * v[:-2]
        rows[1::2] = 0.75 * v[1:-1] + 0.25 * v[2:]
        out = np.empty((rows.shape[0], 2 * c.shape[1]), np.float32)
        out[:, 0::2] = rows[:, :-1]
        out[:, 1::2] = 0.5 * (rows[:, :-1] + rows[:, 1:])
        return out

    yy = (y.astype(np.float32) - 16) / 219
    b, r = up(cb), up(cr)
    red = yy + 2 * (1 - kr) * r
    blue = yy + 2 * (1 - kb) * b
    green = (yy - kr * red - kb * blue) / (1 - kr - kb)
    rgb = np.stack([red, green, blue], axis=-1)
    return np.clip(np.rint(255 * rgb), 0, 255).astype(np.uint8)


# --- codecs ---------------------------------------------------------------------------------


def _ffmpeg(args: list[str], data: bytes) -> bytes:
    cmd = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", *args]
    run = subprocess.run(cmd, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if run.returncode:
        raise RuntimeError(f"ffmpeg failed: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def through_codec(clip: np.ndarray, encoder: list[str], matrix: str) -> np.ndarray:
    """Encode and decode a clip [n,h,w,3] uint8 (even sides); same shape comes back."""
    n, h, w = clip.shape[:3]
    raw = b"".join(p.tobytes() for f in clip for p in rgb_to_yuv420(f, matrix))
    size = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{w}x{h}", "-r", "24", "-i", "-"]
    coded = _ffmpeg([*size, "-threads", "1", *encoder, "-f", "nut", "-"], raw)
    back = _ffmpeg(
        ["-threads", "1", "-f", "nut", "-i", "-", "-fps_mode", "passthrough"]
        + ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
        coded,
    )
    frame = w * h * 3 // 2
    if len(back) != n * frame:
        raise RuntimeError(f"codec returned {len(back) / frame:g} frames instead of {n}")
    out = np.empty_like(clip)
    for i in range(n):
        f = np.frombuffer(back, np.uint8, frame, i * frame)
        y, c = f[: w * h].reshape(h, w), f[w * h :].reshape(2, h // 2, w // 2)
        out[i] = yuv420_to_rgb(y, c[0], c[1], matrix)
    return out


def h264(crf: int, preset: str = "medium") -> list[str]:
    return ["-c:v", "libx264", "-preset", preset, "-crf", str(crf)]


def mpeg2(q: int) -> list[str]:
    return ["-c:v", "mpeg2video", "-qscale:v", str(q), "-g", "12", "-bf", "2"]


# --- a sample --------------------------------------------------------------------------------


def moving_crop(
    picture: np.ndarray, side: tuple[int, int], rng: np.random.Generator, recipe: Recipe
) -> np.ndarray:
    """A clip [frames, side h, side w, 3] cut from a picture by a window moving steadily.

    The window moves by whole pixels of the original: half pixels of the small picture.
    """
    h, w = picture.shape[:2]
    sh, sw = side
    v = rng.uniform(-recipe.speed, recipe.speed, 2)
    if rng.random() < recipe.still_share:
        v[:] = 0
    span = v * (recipe.frames - 1)
    path = []
    for size, win, d in ((h, sh, span[0]), (w, sw, span[1])):
        free = size - win
        if free < 0:
            raise ValueError(f"picture of {w}x{h} is smaller than the crop of {sw}x{sh}")
        d = float(np.clip(d, -free, free))
        low, high = max(0.0, -d), free - max(0.0, d)
        start = rng.uniform(low, high) if high > low else low
        path.append(np.rint(np.linspace(start, start + d, recipe.frames)).astype(int))
    return np.stack([picture[y : y + sh, x : x + sw] for y, x in zip(*path)])


def degrade_clip(clip: np.ndarray, rng: np.random.Generator, recipe: Recipe) -> tuple[np.ndarray, str]:
    """The small, damaged clip of a sharp one [n,2h,2w,3]: [n,h,w,3], and what was done."""
    note = []
    sigma = 0.0
    if rng.random() < recipe.blur_share:
        sigma = rng.uniform(*recipe.blur_sigma)
        note.append(f"blur {sigma:.2f}")
    kernel = str(rng.choice(list(DOWN_KERNELS), p=recipe.down_shares))
    note.append(kernel)
    small = []
    for f in clip:
        small.append(down2(blur(f, sigma) if sigma else f, kernel))
    low = np.stack(small)
    if rng.random() < recipe.noise_share:
        s = rng.uniform(*recipe.noise_sigma)
        note.append(f"noise {s:.2f}")
        noisy = low + rng.normal(0, s, low.shape).astype(np.float32)
        low = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    matrix = "bt601" if rng.random() < 0.3 else "bt709"
    kind = rng.random()
    if kind < recipe.clean_share:
        note.append("uncompressed")
    elif kind < recipe.clean_share + recipe.mpeg2_share:
        q = int(rng.integers(recipe.mpeg2_q[0], recipe.mpeg2_q[1] + 1))
        note.append(f"mpeg2 q{q}")
        low = through_codec(low, mpeg2(q), matrix)
    else:
        crf = int(rng.integers(recipe.crf[0], recipe.crf[1] + 1))
        preset = str(rng.choice(["veryfast", "fast", "medium"]))
        note.append(f"h264 crf{crf} {preset}")
        low = through_codec(low, h264(crf, preset), matrix)
    return low, ", ".join(note)
