"""Measure models on the validation pictures and write RESULTS.md.

`evaluate.py --config configs/s-l1.toml --config configs/s-perceptual.toml ...` measures the
kept weights of each run (state/<run>.npz) beside bicubic, prints the table and, with
`--write`, replaces the part of RESULTS.md of that name and draws its contact sheet.
"""

from __future__ import annotations

import argparse
import datetime
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

import data
import degrade
import features
import measure
import model as models
import upscale
from config import HERE, Config, load_config
from train import shipped_weights, write_atomic

SOFT = ["soft-1.5", "soft-2"]  # in the columns of PSNR alone
KINDS = ["clean", "h264-20", "h264-24", "h264-28", "h264-32", "mpeg2-5"]
TRAINED_LAYERS = ["relu1_1", "relu2_1", "relu3_1"]
OTHER_LAYERS = ["relu1_2", "relu2_2"]


def tensor(picture: np.ndarray) -> torch.Tensor:
    """uint8 or float [h,w,3] to float32 [1,3,h,w]."""
    a = picture.astype(np.float32) / 255 if picture.dtype == np.uint8 else picture.astype(np.float32)
    return torch.from_numpy(np.ascontiguousarray(a.transpose(2, 0, 1)))[None]


class Bicubic:
    """Pillow's bicubic (a = -0.5), through 8 bits."""

    name = "bicubic"

    def __call__(self, low: np.ndarray) -> np.ndarray:
        size = (low.shape[1] * 2, low.shape[0] * 2)
        return np.asarray(Image.fromarray(low).resize(size, Image.BICUBIC)).astype(np.float32) / 255


class Net:
    def __init__(self, config: Config):
        self.name, self.config = config.name, config
        self.net = models.build(config.size)
        self.net.load_collapsed(shipped_weights(config))

    def unrounded(self, low: np.ndarray) -> np.ndarray:
        return upscale.picture(self.net, low)

    def __call__(self, low: np.ndarray) -> np.ndarray:
        return np.rint(np.clip(self.unrounded(low), 0, 1) * 255).astype(np.float32) / 255


def band_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Difference of local texture strength, no network involved: luma is split into two
    Laplacian bands; of each, the local standard deviation (8x8 windows) of the two pictures
    is compared, mean |log ratio|. 0 is equal; says nothing about where detail lies inside
    a window."""

    def bands(p: np.ndarray) -> list[np.ndarray]:
        y, out = torch.from_numpy(measure.luma(p).astype(np.float32))[None, None], []
        for _ in range(2):
            small = torch.nn.functional.avg_pool2d(y, 2)
            up = torch.nn.functional.interpolate(small, size=y.shape[2:], mode="bilinear", align_corners=False)
            d = y - up
            out.append(torch.nn.functional.avg_pool2d(d * d, 8).sqrt().numpy() + 0.5)
            y = small
        return out

    return float(np.mean([np.abs(np.log(x / y)).mean() for x, y in zip(bands(a), bands(b))]))


def flicker_clip(config: Config, photo: Path, side: int) -> tuple[np.ndarray, int]:
    """A crop moving by 1 pixel of the original a frame, H.264 crf 26: (small clip, step)."""
    frames, step = 9, 1
    big = data.centre_crop(data.read_rgb(photo), side + frames)
    h, w = ((s - frames) // 4 * 4 for s in big.shape[:2])
    clip = np.stack([degrade.down2(np.ascontiguousarray(big[:h, i * step : i * step + w])) for i in range(frames)])
    return degrade.through_codec(clip, degrade.h264(26), "bt709"), step


def aligned(clip: np.ndarray, step: int) -> np.ndarray:
    """Undo the motion of `flicker_clip` in the large clip."""
    n, w = len(clip), clip.shape[2]
    return np.stack([f[:, (n - 1 - i) * step : w - i * step] for i, f in enumerate(clip)])


def clip_frames(path: Path, frames: int = 8, skip: int = 10, side: int = 480) -> np.ndarray:
    """The middle of a clip's picture, at most `side` wide and high and of whole fours: uint8 [n,h,w,3] of successive frames."""
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0", str(path)]
    width, height = (int(v) for v in subprocess.run(probe, check=True, capture_output=True, text=True).stdout.strip().split(",")[:2])
    w, h = (min(s, side) // 4 * 4 for s in (width, height))
    picked = ["-vf", f"select=gte(n\\,{skip}),crop={w}:{h}", "-vsync", "0", "-frames:v", str(frames)]
    read = ["ffmpeg", "-v", "error", "-noautorotate", "-i", str(path), *picked, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    raw = subprocess.run(read, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, h, w, 3)


def still_flickers(methods: list, paths: Sequence[Path]) -> list[float]:
    """Of each method, the flicker where real clips stand still, after H.264 crf 26, as a ratio to the first method's (Bicubic): mean
    of the clips. Where nothing stands still a clip does not count."""
    ratios = []
    for path in paths:
        original = clip_frames(path)
        if len(original) < 2:
            raise SystemExit(f"{path}: has no two frames after the tenth to compare; leave it out of --clips or give a longer clip")
        still = measure.still_places(original / 255.0)
        if not still.any():
            continue
        small = degrade.through_codec(np.stack([degrade.down2(f) for f in original]), degrade.h264(26), "bt709")
        found = [measure.still_flicker(np.stack([m(f) for f in small]), still) for m in methods]
        ratios.append([f / found[0] for f in found])
    return [float(v) for v in np.mean(ratios, axis=0)] if ratios else []


def evaluate(configs: list[Config], side: int, clips: Sequence[Path] = ()) -> list[dict]:
    """One row a model, averages over the validation pictures; flicker of still places over `clips`."""
    methods = [Bicubic(), *(Net(c) for c in configs)]
    feature_file = HERE / configs[0].feature_file
    vgg = features.Features(feature_file, TRAINED_LAYERS + OTHER_LAYERS) if feature_file.exists() else None
    pairs = data.validation_pairs(configs[0], side, KINDS + SOFT)
    rows = [{"name": m.name, "psnr": {}, "sums": {}} for m in methods]
    for _, kind, low, high in pairs:
        want = high.astype(np.float32) / 255
        with torch.no_grad():
            want_f = vgg(tensor(want)) if vgg else {}
        for m, row in zip(methods, rows):
            out = m(low)
            plain = out if row is rows[0] else plain  # bicubic comes first
            row["psnr"].setdefault(kind, []).append(measure.psnr(out, want))
            sharpness = measure.energy(out) / measure.energy(want)
            if kind in SOFT:
                row["sums"].setdefault("energy", {}).setdefault(kind, []).append(sharpness)
                continue
            got = {
                "alternation": measure.alternation(out, want) - measure.alternation(want, want),
                "energy": sharpness,
                "chroma": measure.chroma_energy(out) / measure.chroma_energy(want),
                "bands": band_distance(out, want),
                # against the plain upscale: what the model does, not what the codec did
                "tint": measure.mean_colour(out) - measure.mean_colour(plain),
                "shift": np.array(measure.shift(out, plain)),
            }
            if vgg:
                with torch.no_grad():
                    out_f = vgg(tensor(out))
                for k in out_f:
                    got[k] = float(features.layer_distance(out_f[k], want_f[k]))
                    got[f"abs {k}"] = float((out_f[k] - want_f[k]).abs().mean())
                    got[f"texture {k}"] = float(features.texture_distance(out_f[k], want_f[k]))
            for k, v in got.items():
                row["sums"].setdefault(k, {}).setdefault(kind, []).append(v)
    _, val = data.split_photos(configs[0])
    for photo in val:
        clip, step = flicker_clip(configs[0], photo, side)
        for m, row in zip(methods, rows):
            out = aligned(np.stack([m(f) for f in clip]), step)
            row["sums"].setdefault("flicker", {}).setdefault("h264-26", []).append(measure.flicker(out))
    base = rows[0]["sums"]
    layers = TRAINED_LAYERS + OTHER_LAYERS if vgg else []
    result = []
    for row in rows:
        s, r = row["sums"], {"name": row["name"]}
        coded = [k for k in KINDS if k != "clean"]
        r["psnr"] = {k: float(np.mean(v)) for k, v in row["psnr"].items()}
        r["psnr_coded"] = float(np.mean([r["psnr"][k] for k in coded]))
        method = methods[len(result)]
        r["flat"] = measure.worst_phase(upscale.bicubic if isinstance(method, Bicubic) else method.unrounded)
        seen = [e for k in KINDS for e in s["alternation"][k] if not np.isnan(e).any()]
        if seen:  # else no validation picture has a smooth area
            r["alternation"] = float(np.max(seen))
        r["energy"] = float(np.mean([s["energy"][k] for k in KINDS]))
        r["energy_clean"] = float(np.mean(s["energy"]["clean"]))
        r["energy_soft"] = float(np.max([np.mean(s["energy"][k]) for k in SOFT]))
        r["chroma"] = float(np.mean([s["chroma"][k] for k in KINDS]))
        # The picture of any kind that fares worst against its plain upscale.
        r["worst_gain"] = float(min(np.min(np.array(v) - np.array(rows[0]["psnr"][k])) for k, v in row["psnr"].items() if k not in SOFT))
        for k, kinds in (("clean", ["clean"]), ("coded", ["h264-24"])):
            if layers:
                r[f"other_{k}"] = float(np.mean([np.array(s[of][d]) / np.array(base[of][d]) for of in OTHER_LAYERS for d in kinds]))
        r["bands"] = float(np.mean([s["bands"][k] for k in KINDS]))
        for k in (f"{of}{layer}" for of in ("", "abs ", "texture ") for layer in layers):  # each picture counts the same
            r[k] = float(np.mean([np.array(s[k][d]) / np.array(base[k][d]) for d in KINDS]))
        r["flicker"] = float(np.mean(s["flicker"]["h264-26"]))
        for k in ("tint", "shift"):  # the average, and the worst picture
            every = np.array([s[k][d] for d in KINDS])
            r[k] = float(np.abs(every.mean(axis=(0, 1))).max())
            r[f"worst_{k}"] = float(np.abs(every).max())
        result.append(r)
    for r, ratio in zip(result, still_flickers(methods, clips)):
        r["still"] = ratio
    for r in result:
        r["gain_coded"] = r["psnr_coded"] - result[0]["psnr_coded"]
        r["gain_clean"] = r["psnr"]["clean"] - result[0]["psnr"]["clean"]
        if layers:
            r["features"] = float(np.mean([r[k] for k in TRAINED_LAYERS]))
            r["other"] = float(np.mean([r[k] for k in OTHER_LAYERS]))
            for of in ("abs", "texture"):
                r[of] = float(np.mean([r[f"{of} {k}"] for k in layers]))
    return result


def table(rows: list[dict]) -> str:
    """Markdown."""
    head = ["model", *(f"PSNR {k}" for k in KINDS + SOFT), "gain coded", "gain clean", "worst gain", "energy", "energy clean", "energy soft", "chroma"]
    head += ["features", *TRAINED_LAYERS, "others", "others clean", "others h264-24", *OTHER_LAYERS, "absolute", "texture", "bands", "flicker", "still", "flat", "alternation", "tint (worst)", "shift (worst)"]
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for r in rows:
        cells = [r["name"], *(f"{r['psnr'][k]:.2f}" for k in KINDS + SOFT)]
        cells += [f"{r['gain_coded']:+.2f}", f"{r['gain_clean']:+.2f}", f"{r['worst_gain']:+.2f}"]
        cells += [f"{r[k]:.2f}" for k in ("energy", "energy_clean", "energy_soft", "chroma")]
        cells += [f"{r[k]:.3f}" if k in r else "–" for k in ("features", *TRAINED_LAYERS, "other", "other_clean", "other_coded", *OTHER_LAYERS, "abs", "texture")]
        cells += [f"{r['bands']:.3f}", f"{r['flicker']:.2f}", f"{r['still']:.2f}" if "still" in r else "–", f"{r['flat']:.3f}"]
        cells += [f"{r['alternation']:+.3f}" if "alternation" in r else "–"]
        cells += [f"{r['tint']:.2f} ({r['worst_tint']:.2f})", f"{r['shift']:.3f} ({r['worst_shift']:.3f})"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def between(one: Path, other: Path, side: int, kinds: list[str], shares: Sequence[float]) -> str:
    """Of weights on the way from one run's to another's (0 to 1), mean luma PSNR of the validation pictures by kind: Markdown."""
    configs = [load_config(path) for path in (one, other)]
    a, b = (shipped_weights(c) for c in configs)
    pairs = data.validation_pairs(configs[0], side, kinds)
    lines = ["| share | " + " | ".join(kinds) + " |", "|" + " --- |" * (len(kinds) + 1)]
    for share in shares:
        net = models.build(configs[0].size)
        net.load_collapsed({k: a[k].lerp(b[k], share) for k in a})
        found: dict[str, list[float]] = {}
        for _, kind, low, high in pairs:
            out = np.rint(np.clip(upscale.picture(net, low), 0, 1) * 255) / 255
            found.setdefault(kind, []).append(measure.psnr(out, high / 255.0))
        lines.append(f"| {share:g} | " + " | ".join(f"{np.mean(found[k]):.2f}" for k in kinds) + " |")
    return "\n".join(lines)


# --- contact sheet --------------------------------------------------------------------------


def subjects(config: Config) -> list[tuple[str, np.ndarray]]:
    """Crops of the original to look at: (what, uint8 [h,w,3]). Skin, text and brick come
    from Debian's python3-skimage where it is installed (never trained on)."""
    found = []
    try:
        import skimage

        folder = Path(skimage.__file__).parent / "data"
        for what, name, box in (
            ("skin", "astronaut.png", (150, 60, 310, 220)),
            ("text", "page.png", (60, 20, 220, 180)),
            ("brick", "brick.png", (100, 100, 260, 260)),
            ("grass", "grass.png", (100, 100, 260, 260)),
        ):
            if (folder / name).exists():
                with Image.open(folder / name) as im:
                    found.append((what, np.asarray(im.convert("RGB")), box))
    except ImportError:
        pass
    rng = np.random.default_rng(4)
    found.append(("line art", data.drawn_page(320, rng, None), (80, 80, 240, 240)))
    for p in data.split_photos(config)[1]:
        a = data.read_rgb(p)
        boxes = [(x, y, x + 160, y + 160) for y in range(0, a.shape[0] - 160, 80) for x in range(0, a.shape[1] - 160, 80)]
        busiest = max(boxes, key=lambda b: data.detail(a[b[1] : b[3], b[0] : b[2]]))
        found.append((data.picture_name(p).split("-", 1)[-1][:12], a, busiest))
    out = []
    for what, a, (x0, y0, x1, y1) in found:
        margin = 80
        y, x = max(0, (y0 - margin)), max(0, (x0 - margin))
        part = a[y : y1 + margin, x : x1 + margin]
        part = part[: part.shape[0] // 4 * 4, : part.shape[1] // 4 * 4]
        out.append((what, np.ascontiguousarray(part), (x0 - x, y0 - y, x1 - x, y1 - y)))
    return out


def contact_sheet(configs: list[Config], path: Path, across: int = 2) -> None:
    """Blocks of bicubic, the models, the original; `across` subjects side by side. H.264
    crf 24, fourth frame of a still."""
    methods = [Bicubic(), *(Net(c) for c in configs)]
    subs = subjects(configs[0])
    cell, step, width = 160, 180, (len(methods) + 1) * 164 + 12
    sheet = Image.new("RGB", (across * width, -(-len(subs) // across) * step), (24, 24, 24))
    pen = ImageDraw.Draw(sheet)
    for j, (what, high, (x0, y0, x1, y1)) in enumerate(subs):
        low = np.stack([degrade.down2(high)] * 5)
        low = degrade.through_codec(low, degrade.h264(24), "bt709")[3]
        pictures = [(m.name, m(low)) for m in methods] + [("original", high / 255.0)]
        for i, (name, p) in enumerate(pictures):
            im = Image.fromarray(np.rint(p[y0:y1, x0:x1] * 255).astype(np.uint8))
            x, y = j % across * width + i * (cell + 4), j // across * step
            sheet.paste(im, (x, y + 16))
            pen.text((x + 2, y + 2), f"{what}: {name}"[:26], fill=(230, 230, 230))
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_suffix(".part.png")
    sheet.save(tmp, optimize=True)
    tmp.replace(path)


def write_results(section: str, body: str) -> None:
    """Put a table that ends with its picture into the section of that name in RESULTS.md, in place of the one before; what is
    written below the picture stays. A new section goes to the end."""
    path = HERE / "RESULTS.md"
    intro = (
        "# Results\n\nMeasured by `evaluate.py` on the eight validation pictures, which no run trains on; "
        "see README.md for how to read the columns.\n"
    )
    parts = (path.read_text() if path.exists() else intro).split("\n## ")
    names = [part.split("\n", 1)[0] for part in parts]
    fresh = f"{section}\n\n{body.strip()}\n"
    if section in names:
        place = names.index(section)
        written = re.split(r"(?m)^!\[crops\].*\n", parts[place], maxsplit=1)
        parts[place] = fresh + (written[1] if len(written) == 2 else "")
    else:
        parts.append(fresh)
    write_atomic(path, "\n## ".join(p.rstrip("\n") + "\n" for p in parts).encode())


def main() -> None:
    ap = argparse.ArgumentParser(description="Measure runs on the validation pictures.")
    ap.add_argument("--config", type=Path, action="append", default=[])
    ap.add_argument("--between", type=Path, nargs=2, metavar="CONFIG", help="measure instead what lies between the weights of two runs")
    ap.add_argument("--side", type=int, default=384, help="side of the original's crop, pixels")
    ap.add_argument("--photos", type=Path, action="append")
    ap.add_argument("--clips", type=Path, nargs="*", default=[], help="real clips, for the flicker of still places")
    ap.add_argument("--write", metavar="SECTION", help="put the table and a contact sheet into RESULTS.md")
    ap.add_argument("--sheet", type=Path, help="draw the contact sheet to this file")
    args = ap.parse_args()
    if args.between:
        print(between(*args.between, args.side, KINDS + SOFT, [0, 0.25, 0.5, 0.75, 1]))
        return
    if not args.config:
        ap.error("give --config or --between")
    configs = [load_config(c, args.photos) for c in args.config]
    rows = evaluate(configs, args.side, args.clips)
    print(table(rows))
    if args.sheet:
        contact_sheet(configs, args.sheet)
    if args.write:
        slug = re.sub(r"[^a-z0-9]+", "-", args.write.lower())
        contact_sheet(configs, HERE / "results" / f"{slug}.png")
        lines = [f"{datetime.date.today()}; runs: " + ", ".join(f"`{c.name}` ({c.path.name})" for c in configs)]
        lines += [f"Crops of {args.side} pixels.", "", table(rows), "", f"![crops](results/{slug}.png)"]
        write_results(args.write, "\n".join(lines))


if __name__ == "__main__":
    main()
