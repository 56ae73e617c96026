"""Pictures, drawn pages, and the cache of degraded pairs that training reads.

The cache is made once, in shards, each a pair of .npy files that training maps into memory:
  low-00007.npy   uint8 [pairs, side/2, side/2, 3]
  high-00007.npy  uint8 [pairs, side, side, 3]
A shard is a function of the configuration and its number alone. Files are written under
another name and renamed, so a shard is either whole or absent; shards may be added while a
training runs.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import string
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import degrade
import upscale
from config import Config, load_config

EXTENSIONS = {".jpg", ".jpeg", ".png", ".webp"}
MIN_SIDE = 400  # pixels
LONG_SIDE = 2048  # pixels; larger pictures are reduced, which removes their JPEG damage
FONTS = Path("/usr/share/fonts")


def picture_name(path: Path) -> str:
    """A picture's name, whatever sizes it comes in: `Name_3840x2160.jpg` and KDE's
    `Name/contents/images/3840x2160.jpg` are both Name."""
    if re.fullmatch(r"\d+x\d+", path.stem) and path.parts[-3:-1] == ("contents", "images"):
        return path.parts[-4]
    return re.sub(r"_\d+x\d+$", "", path.stem)


def list_photos(folders: list[Path]) -> dict[str, Path]:
    """Pictures below the folders by name, sorted; the largest of each name; small ones
    (previews, icons) are passed over."""
    found: dict[str, tuple[int, Path]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in EXTENSIONS or not path.is_file():
                continue
            with Image.open(path) as im:
                w, h = im.size
            name = picture_name(path)
            if min(w, h) >= MIN_SIDE and w * h > found.get(name, (0, path))[0]:
                found[name] = (w * h, path)
    if not found:
        raise SystemExit(f"no pictures found in {', '.join(map(str, folders))}: give --photos a folder of .jpg or .png")
    return {name: found[name][1] for name in sorted(found)}


def split_photos(config: Config) -> tuple[list[Path], list[Path]]:
    """(training, validation): validation pictures are named in the configuration, with or
    without the name of their collection (`plasma-Kite`, `Kite`).

    Where none of them is at hand (another picture folder), every seventh picture, at most
    eight, is kept for validation instead.
    """
    photos = list_photos(config.photo_folders)
    kept = {*config.validation, *(v.split("-", 1)[-1] for v in config.validation)}
    val = [name for name in photos if name in kept]
    if not val:
        val = list(photos)[::7][:8] if len(photos) > 1 else list(photos)
    train = [name for name in photos if name not in val] or val
    return [photos[n] for n in train], [photos[n] for n in val]


def read_rgb(path: Path) -> np.ndarray:
    """uint8 RGB [h, w, 3], the long side at most LONG_SIDE."""
    with Image.open(path) as im:
        im = im.convert("RGB")
        k = LONG_SIDE / max(im.size)
        if k < 1:
            im = im.resize((round(im.width * k), round(im.height * k)), Image.LANCZOS)
        return np.asarray(im)


# --- drawn pictures: text, lines, shapes ------------------------------------------------------


@functools.lru_cache
def _fonts() -> list[str]:
    """The DejaVu and Liberation fonts (Debian's fonts-dejavu-core, fonts-liberation)."""
    return sorted(str(p) for p in FONTS.rglob("*.ttf") if p.name.startswith(("DejaVu", "Liberation")))


def drawn_page(side: int, rng: np.random.Generator, photo: np.ndarray | None) -> np.ndarray:
    """A picture of text, lines and flat shapes, uint8 [side, side, 3], drawn at 3x and
    reduced, over a plain ground or over a photograph (captions)."""
    k = 3
    size = side * k
    dark = rng.random() < 0.5
    ground = rng.integers(0, 70, 3) if dark else rng.integers(170, 256, 3)
    if photo is not None:
        im = Image.fromarray(photo).resize((size, size), Image.BICUBIC)
    else:
        im = Image.new("RGB", (size, size), tuple(int(v) for v in ground))
    d = ImageDraw.Draw(im)
    fonts = _fonts()

    def colour() -> tuple[int, ...]:
        if rng.random() < 0.6:
            v = int(rng.integers(190, 256) if (dark or photo is not None) else rng.integers(0, 70))
            return (v, v, v)
        return tuple(int(v) for v in rng.integers(0, 256, 3))

    def words() -> str:
        letters = string.ascii_lowercase * 3 + string.ascii_uppercase + string.digits + ".,:-"
        return " ".join("".join(rng.choice(list(letters), rng.integers(2, 9))) for _ in range(rng.integers(1, 8)))

    for _ in range(int(rng.integers(0, 5)) if photo is None else 0):
        x0, y0, x1, y1 = rng.integers(0, size, 4)
        box = [min(x0, x1), min(y0, y1), max(x0, x1) + 1, max(y0, y1) + 1]
        shape = d.rectangle if rng.random() < 0.5 else d.ellipse
        shape([int(v) for v in box], fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    for _ in range(int(rng.integers(0, 14)) if photo is None else 0):
        pts = [tuple(int(v) for v in rng.integers(-size // 5, size + size // 5, 2)) for _ in range(2)]
        d.line(pts, fill=colour(), width=int(rng.integers(2, 14)))
    y = int(rng.integers(0, 40)) * k
    while fonts and y < size:
        height = int(rng.integers(11, 44))
        if rng.random() < 0.7:
            font = ImageFont.truetype(str(rng.choice(fonts)), height * k)
            shade = colour()
            kw = {}
            if photo is not None and rng.random() < 0.7:
                kw = {"stroke_width": k * int(rng.integers(1, 3)), "stroke_fill": tuple(255 - c for c in shade)}
            d.text((int(rng.integers(-20, side // 3)) * k, y), words(), font=font, fill=shade, **kw)
        y += int(height * rng.uniform(1.1, 2.5)) * k
    return np.asarray(im.resize((side, side), Image.BOX))


# --- one source picture for a clip -------------------------------------------------------------


def source_picture(photos: list[Path], side: int, rng: np.random.Generator, config: Config) -> np.ndarray:
    """A sharp picture a bit larger than the crop: a photograph (randomly reduced and
    turned), or a drawn page."""
    path = photos[int(rng.integers(len(photos)))]
    margin = side + 64
    drawn = rng.random() < config.drawn_share
    if drawn and rng.random() < 0.6:
        return drawn_page(margin, rng, None)
    with Image.open(path) as im:
        im = im.convert("RGB")
        w, h = im.size
        most = min(1.0, LONG_SIDE / max(w, h))
        low = min(most, max(margin / min(w, h), config.reduce_min * most))
        s = rng.uniform(low, most) if rng.random() < config.reduce_share else most
        if min(w, h) * s < margin:
            s = margin / min(w, h)
        tw, th = max(margin, round(w * s)), max(margin, round(h * s))
        # Take a window first, then reduce it: reducing the whole photograph is slow.
        ww, wh = min(w, margin / s), min(h, margin / s)
        x, y = rng.uniform(0, w - ww), rng.uniform(0, h - wh)
        if (tw, th) == (w, h):
            x, y = round(x), round(y)
            im = im.crop((x, y, x + margin, y + margin))
        else:
            im = im.resize((margin, margin), Image.LANCZOS, box=(x, y, x + ww, y + wh))
    a = np.asarray(im)
    if rng.random() < 0.5:
        a = a[:, ::-1]
    if drawn:
        return drawn_page(margin, rng, np.ascontiguousarray(a))
    return np.ascontiguousarray(a)


def detail(picture: np.ndarray) -> float:
    """Mean absolute luma difference of neighbours, of 255: how much there is to learn."""
    y = picture.astype(np.float32).mean(axis=-1)
    return float(np.abs(np.diff(y, axis=0)).mean() + np.abs(np.diff(y, axis=1)).mean()) / 2


def make_shard(config: Config, photos: list[Path], number: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Shard `number`: (low, high, notes)."""
    side, keep = config.crop, config.frames_kept
    recipe = config.recipe
    lows, highs, notes = [], [], []
    for c in range(config.clips_per_shard):
        rng = np.random.default_rng([config.data_seed, number, c])
        for _ in range(4):  # flat sky teaches little: try a few windows
            picture = source_picture(photos, side, rng, config)
            if detail(picture) > config.min_detail:
                break
        if config.clean:
            high = degrade.moving_crop(picture, (side, side), rng, recipe)[:1]
            low, note = np.stack([degrade.down2(f) for f in high]), "bicubic, uncompressed"
            chosen = np.array([0])
        else:
            high = degrade.moving_crop(picture, (side, side), rng, recipe)
            low, note = degrade.degrade_clip(high, rng, recipe)
            chosen = rng.permutation(recipe.frames)[:keep]
        lows.append(low[chosen])
        highs.append(high[chosen])
        notes.append(note)
    return np.concatenate(lows), np.concatenate(highs), notes


def _write(path: Path, array: np.ndarray) -> None:
    tmp = path.with_name(path.name + ".part")
    with open(tmp, "wb") as f:
        np.save(f, array)
    os.replace(tmp, path)


def check_cache(config: Config) -> None:
    """Refuse a cache folder whose shards were made with other settings than the run's."""
    folder = config.cache
    if not any(folder.glob("low-*.npy")):
        return
    path = folder / "settings.json"
    have = json.loads(path.read_text()) if path.exists() else {}
    want = config.cache_settings
    other = sorted(k for k in {*have, *want} if have.get(k) != want.get(k))
    if other:
        what = ", ".join(other) if have else "unknown settings"
        raise SystemExit(f"{folder} was made with other settings ({what}): remove it, or give `data` another name in {config.path}")


def make_cache(config: Config, shards: int) -> None:
    photos, _ = split_photos(config)
    folder = config.cache
    folder.mkdir(parents=True, exist_ok=True)
    check_cache(config)
    (folder / "settings.json").write_text(json.dumps(config.cache_settings, indent=1))
    for n in range(shards):
        low_path, high_path = folder / f"low-{n:05d}.npy", folder / f"high-{n:05d}.npy"
        if low_path.exists() and high_path.exists():
            continue
        t = time.time()
        low, high, notes = make_shard(config, photos, n)
        _write(high_path, high)
        _write(low_path, low)
        (folder / f"notes-{n:05d}.json").write_text(json.dumps(notes, indent=0))
        print(f"shard {n + 1}/{shards}: {len(low)} pairs in {time.time() - t:.0f} s", flush=True)


def displacement_of(a: np.ndarray, b: np.ndarray) -> tuple[int, int]:
    """The whole pixels (dy, dx) by which a picture was moved: a[y, x] is b[y + dy, x + dx], for two uint8
    [h,w,3] windows of one picture. By phase correlation (Kuglin and Hines 1975)."""
    fa, fb = (np.fft.rfft2(upscale.luma(p)) for p in (a, b))
    cross = np.conj(fa) * fb
    peak = np.fft.irfft2(cross / (np.abs(cross) + 1e-9), s=a.shape[:2])
    at = np.unravel_index(int(peak.argmax()), peak.shape)
    dy, dx = (int(v) - size if v > size // 2 else int(v) for v, size in zip(at, peak.shape))
    return dy, dx


class Pairs:
    """Random patches from the shards of a run's cache, in RGB (`colours` 3) or luma (1). At `scale` 1 the original is reduced bicubically
    to the size of what is given, which must have been reduced alike."""

    def __init__(self, config: Config, colours: int = 3, scale: int = 2):
        self.folder, self.frames = config.cache, config.frames_kept
        self.clip_shares = {re.compile(k): share for k, share in config.clip_shares.items()}
        self.colours, self.scale = colours, scale
        # of each shard, the first pair of every clip that is trained on
        self.clips: list[np.ndarray] = []
        self.displacements: dict[tuple[int, int], tuple[int, int]] = {}
        self.shards: list[tuple[np.ndarray, np.ndarray]] = []
        self.seen: set[Path] = set()
        self.refresh()
        if not self.shards:
            raise SystemExit(f"no training pairs in {self.folder}: run data.py first")

    def refresh(self) -> int:
        """Map shards that have appeared since; returns the number of pairs."""
        for p in sorted(set(self.folder.glob("low-*.npy")) - self.seen):
            self.seen.add(p)
            high = p.with_name(p.name.replace("low", "high"))
            self.shards.append((np.load(p, mmap_mode="r"), np.load(high, mmap_mode="r")))
            self.clips.append(self._chosen_clips(p, len(self.shards[-1][0])))
        return sum(len(low) for low, _ in self.shards)

    def _chosen_clips(self, path: Path, pairs: int) -> np.ndarray:
        firsts = np.arange(0, pairs, self.frames)
        if not self.clip_shares:
            return firsts
        notes = json.loads(path.with_name(path.stem.replace("low", "notes") + ".json").read_text())
        # Which are left out of a kind does not change from run to run.
        lots = np.random.default_rng(int(path.stem.split("-")[1])).random(len(notes))
        shares = [min((s for k, s in self.clip_shares.items() if k.search(note)), default=1.0) for note in notes]
        chosen = firsts[lots < np.array(shares)]
        return chosen if len(chosen) else firsts

    def batch(self, n: int, patch: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """float32 NCHW in [0,1]: ([n,c,patch,patch], [n,c,scale patch,scale patch]), randomly
        flipped and turned."""
        lows = np.empty((n, patch, patch, 3), np.uint8)
        highs = np.empty((n, self.scale * patch, self.scale * patch, 3), np.uint8)
        for i in range(n):
            number = int(rng.integers(len(self.shards)))
            low, high = self.shards[number]
            k = int(rng.choice(self.clips[number])) + int(rng.integers(self.frames))
            y, x = (int(rng.integers(s - patch + 1)) for s in low.shape[1:3])
            a = low[k, y : y + patch, x : x + patch]
            b = self._original(high[k], y, x, patch)
            turns, flip = int(rng.integers(4)), rng.random() < 0.5
            a, b = np.rot90(a, turns), np.rot90(b, turns)
            if flip:
                a, b = a[:, ::-1], b[:, ::-1]
            lows[i], highs[i] = a, b
        return self._planes(lows), self._planes(highs)

    def _original(self, high: np.ndarray, y: int, x: int, patch: int) -> np.ndarray:
        """What the patch at (y, x) of the small picture ought to become."""
        if self.scale == 2:
            return high[2 * y : 2 * (y + patch), 2 * x : 2 * (x + patch)]
        # The kernel looks 4 pixels of the original beyond a pixel's own.
        top, left = min(y, 2), min(x, 2)
        around = high[2 * (y - top) : 2 * (y + patch + 2), 2 * (x - left) : 2 * (x + patch + 2)]
        return degrade.down2(np.ascontiguousarray(around))[top : top + patch, left : left + patch]

    def twins(self, n: int, patch: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same n places of two moments: float32 ([2n,c,patch,patch], [2n,c,2 patch,2 patch]), first all
        of the one, then all of the other, and int [n,2] offsets (dy, dx) of 0 or 1: pixel [y, x] of the one's
        original is [y + dy, x + dx] of the other's. Two frames of a clip where the cache keeps them; else
        one picture, reduced bicubically from two places that lie a pixel of the original apart. For nets of scale 2."""
        lows = np.empty((2 * n, patch, patch, 3), np.uint8)
        highs = np.empty((2 * n, 2 * patch, 2 * patch, 3), np.uint8)
        offsets = np.empty((n, 2), int)
        for i in range(n):
            number = int(rng.integers(len(self.shards)))
            low, high = self.shards[number]
            k = int(rng.choice(self.clips[number]))
            if self.frames < 2:
                offset = ((0, 1), (1, 0), (1, 1))[int(rng.integers(3))]
                places = [[2 * int(rng.integers(s - patch)) for s in low.shape[1:3]]]
                places.insert(0, [p + o for p, o in zip(places[0], offset)])
                for j, (y, x) in enumerate(places):
                    highs[i + j * n] = high[k, y : y + 2 * patch, x : x + 2 * patch]
                    lows[i + j * n] = degrade.down2(highs[i + j * n])
                offsets[i] = offset
                continue
            if (number, k) not in self.displacements:
                self.displacements[number, k] = displacement_of(high[k], high[k + 1])
            starts = []
            for axis, d in enumerate(self.displacements[number, k]):
                half, offsets[i, axis] = divmod(d, 2)
                last = low.shape[1 + axis] - patch
                first = int(rng.integers(max(0, -half), min(last, last - half) + 1))
                starts.append((first, first + half))
            for j in range(2):
                y, x = (s[j] for s in starts)
                lows[i + j * n] = low[k + j, y : y + patch, x : x + patch]
                highs[i + j * n] = high[k + j, 2 * y : 2 * (y + patch), 2 * x : 2 * (x + patch)]
        return self._planes(lows), self._planes(highs), offsets

    def _planes(self, pictures: np.ndarray) -> np.ndarray:
        """uint8 [n,h,w,3] to float32 [n,colours,h,w] in [0,1]."""
        scale = np.float32(1 / 255)
        return upscale.luma(pictures)[:, None] * scale if self.colours == 1 else pictures.transpose(0, 3, 1, 2) * scale


# --- validation ---------------------------------------------------------------------------------


def centre_crop(picture: np.ndarray, side: int) -> np.ndarray:
    """The middle [side, side] window (smaller where the picture is), even sides."""
    h, w = picture.shape[:2]
    sh, sw = min(side, h) // 2 * 2, min(side, w) // 2 * 2
    y, x = (h - sh) // 2, (w - sw) // 2
    return np.ascontiguousarray(picture[y : y + sh, x : x + sw])


def validation_pairs(
    config: Config, side: int, kinds: list[str], scale: int = 2
) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    """[(picture, kind, low uint8, high uint8)] for the validation pictures; at `scale` 1 high is the low one
    undamaged.

    Kinds: `clean` (bicubic down only), `soft-<sigma>` (Gaussian blur of the original, then the
    same), `h264-<crf>`, `mpeg2-<q>`: the middle frame of a clip moving by (1, 2) pixels of the
    original a frame, down by antialiased bicubic.
    """
    _, val = split_photos(config)
    out = []
    for path in val:
        picture = read_rgb(path)
        frames, (dy, dx) = 7, (1, 2)
        reach = (frames - 1) * max(dy, dx)
        big = centre_crop(picture, side + 2 * reach)
        h, w = ((s - reach) // 2 * 2 for s in big.shape[:2])
        clip = np.stack([big[i * dy : i * dy + h, i * dx : i * dx + w] for i in range(frames)])
        low = np.stack([degrade.down2(f) for f in clip])
        # sides of the small clip must be even for 4:2:0
        eh, ew = low.shape[1] // 2 * 2, low.shape[2] // 2 * 2
        clip, low = clip[:, : 2 * eh, : 2 * ew], low[:, :eh, :ew]
        mid = frames // 2
        for kind in kinds:
            name, _, q = kind.partition("-")
            if name == "clean":
                got = low
            elif name == "soft":
                got = np.stack([degrade.down2(degrade.blur(f, float(q))) for f in clip])
            elif name == "h264":
                got = degrade.through_codec(low, degrade.h264(int(q)), "bt709")
            elif name == "mpeg2":
                got = degrade.through_codec(low, degrade.mpeg2(int(q)), "bt709")
            else:
                raise ValueError(f"unknown kind of validation degradation: {kind}")
            out.append((picture_name(path), kind, got[mid], clip[mid] if scale == 2 else low[mid]))
    return out


def main() -> None:
    ap = argparse.ArgumentParser(description="Make the cache of degraded training pairs.")
    ap.add_argument("--config", required=True, type=Path)
    ap.add_argument("--photos", type=Path, action="append", help="picture folder (repeatable), instead of the configuration's")
    ap.add_argument("--shards", type=int, help="how many shards (default: the configuration's)")
    args = ap.parse_args()
    config = load_config(args.config, args.photos)
    make_cache(config, args.shards or config.shards)


if __name__ == "__main__":
    main()
