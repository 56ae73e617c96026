"""Export a run's averaged weights: `export.py --config configs/<run>.toml --id <model id>`.

Writes `<out>/<id>.onnx` and its entry in `<out>/catalog.json` (default: ../public/models),
after checking the file:
  - only the five operators, at most the size's parameters
  - equal to the torch net within 1e-4 on random and real pictures (our own evaluator, and
    onnxruntime where it is installed)
  - no shift: < 0.02 pixels, no tint: mean colour within 0.3/255 (luma family: 0.15),
    on every validation picture, against the plain upscale
  - luma family: every phase of 16 flat colours within 0.15/255 of what went in; in smooth areas of the validation
    pictures, clean and coded, neighbours alternate at most 0.05/255 more than in the original
  - luma family, crisp member: on no validation picture of its kind of source more than 1 dB below Bicubic, and 0.85 to
    1.15 times as sharp as the originals
  - luma family: edges of colour at most 1.1 times as strong as the original's
  - what cleans at scale 1: a clean picture stays within 45 dB of itself, one of H.264 crf 28 or 32 gains 0.3 dB
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

import data
import measure
import model as models
import onnx_net
import upscale
from config import HERE, Config, load_config
from train import shipped_weights, write_atomic

LIMITS = {"s": 20_000, "m": 80_000, "luma-s": 20_000, "luma-m": 80_000, "luma-s1": 20_000}
PERSONALITY = {
    "l1": (
        "Faithful: faces, text, anything that must not change. Removes block and mosquito noise.",
        "Fine texture comes out soft: it averages what it cannot know.",
    ),
    "perceptual": (
        "Texture: foliage, fabric and stone look closer to an original.",
        "Fine detail is likely, not true; small text may gain wrong strokes.",
    ),
    "gan": (
        "Crispness: as much fine detail as an original has.",
        "Invents: grain and edges that were never there; not for text, faces or evidence.",
    ),
}
# What the clean end of the luma family says instead: it has seen no codec.
CLEAN = (
    "Clean sources: camera originals, renders, scans, and pictures that are soft. Faithful.",
    "Takes the blocks and noise of a compressed clip for detail and sharpens them.",
)
# What cleans at the picture's own size.
RESTORES = (
    "Compressed clips, before they are enlarged or by themselves: takes blocks, ringing and mosquito noise out of the brightness.",
    "Takes faint grain and texture along that look like damage; leaves colour as it is.",
)
COST = {"s": "", "m": " Four times the work of S.", "luma-s": "", "luma-m": " Four times the work of S.", "luma-s1": ""}
LICENCE = "MIT"
# What the list of models says in a line; the model file itself says it in full.
SHORT_ORIGIN = "trained by Framewright on freely licensed photographs (training/)"
ORIGIN = (
    "Trained by Framewright (training/) on photographs from the wallpaper collections of pop-os, Solus, "
    "Lomiri, KDE Plasma and MATE (public domain, CC0, CC BY, CC BY-SA, GPL-2+) and on drawn pages"
)


def is_clean(config: Config) -> bool:
    """Whether a run of the luma family is for clean sources; else it is for compressed ones."""
    return config.data == "luma-clean"


def worst_alternation(config: Config, net: models.Upscaler) -> float:
    """By how much (of 255) neighbours alternate more than in the original, in the worst direction of the worst
    validation picture, in its smooth areas."""
    excess = []
    for _, _, low, high in data.validation_pairs(config, 384, ["clean", "h264-24"], net.shape.scale):
        want = high.astype(np.float32) / 255
        excess.append(measure.alternation(upscale.picture(net, low), want) - measure.alternation(want, want))
    seen = [e for e in excess if not np.isnan(e).any()]
    if not seen:
        raise SystemExit("no validation picture has a smooth area to look for a grid in: add one that has sky or wall")
    return float(np.max(seen))


def crispness(config: Config, net: models.Upscaler) -> dict[str, float]:
    """On the validation pictures of the source a member is for: PSNR over Bicubic's in dB where it is lowest, the mean
    sharpness, and the mean strength of edges of colour, both as ratios to the original's."""
    kinds = ["clean"] if is_clean(config) else ["h264-20", "h264-24", "h264-28", "h264-32", "mpeg2-5"]
    gains, sharp, chroma = [], [], []
    for _, _, low, high in data.validation_pairs(config, 384, kinds, net.shape.scale):
        want = high.astype(np.float32) / 255
        out = upscale.picture(net, low)
        gains.append(measure.psnr(out, want) - measure.psnr(np.clip(upscale.bicubic(low), 0, 1), want))
        sharp.append(measure.energy(out) / measure.energy(want))
        chroma.append((measure.chroma_energy(out), measure.chroma_energy(want)))
    return {"worst gain": float(min(gains)), "sharpness": float(np.mean(sharp)), "chroma": float(np.divide(*np.sum(chroma, axis=0)))}


def cleaning(config: Config, net: models.Upscaler) -> dict[str, float]:
    """What a net of scale 1 does, in dB, mean of the validation pictures: how near a clean one stays to itself, and what a
    coded one gains."""
    clean, gains = [], {"h264-28": [], "h264-32": []}
    for _, kind, low, high in data.validation_pairs(config, 384, ["clean", *gains], scale=1):
        out, want = upscale.picture(net, low), high.astype(np.float32) / 255
        if kind == "clean":
            clean.append(measure.psnr(out, want))
        else:
            gains[kind].append(measure.psnr(out, want) - measure.psnr(low.astype(np.float32) / 255, want))
    return {"unharmed": float(np.mean(clean)), **{f"gain {kind}": float(np.mean(v)) for kind, v in gains.items()}}


def check(config: Config, content: bytes, net: models.Upscaler, strict: bool = True) -> dict[str, float]:
    """Raises where the file is not what it should be; returns what was measured."""
    count = net.parameter_count()
    if count > LIMITS[config.size]:
        raise SystemExit(f"{count} parameters: size {config.size} may have {LIMITS[config.size]}")
    rng = np.random.default_rng(0)
    colours = net.shape.colours
    inputs = [rng.random((1, colours, h, w), dtype=np.float32) for h, w in ((24, 40), (33, 17))]
    pairs = data.validation_pairs(config, 384, ["clean"], net.shape.scale)
    for _, _, low, _ in pairs[:3]:
        part = low[:64, :80].astype(np.float32) / 255
        inputs.append(upscale.luma(part)[None, None] if colours == 1 else part.transpose(2, 0, 1)[None])
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except ImportError:
        session = None
    worst = 0.0
    for x in inputs:
        with torch.no_grad():
            want = net(torch.from_numpy(x)).numpy()
        worst = max(worst, float(np.abs(onnx_net.run(content, x) - want).max()))
        if session:
            worst = max(worst, float(np.abs(session.run(None, {"input": x})[0] - want).max()))
    if not worst < 1e-4:
        raise SystemExit(f"ONNX and torch differ by {worst:.2g} (allowed: 1e-4)")
    shifts, tints = [], []
    for _, _, low, _ in pairs:
        plain = low.astype(np.float32) / 255 if net.shape.scale == 1 else np.clip(upscale.bicubic(low), 0, 1)
        out = upscale.picture(net, low)
        shifts.append(measure.shift(out, plain))
        tints.append(measure.mean_colour(out) - measure.mean_colour(plain))
    found = {"difference": worst, "shift": float(np.abs(shifts).max()), "tint": float(np.abs(tints).max())}
    limits = {"shift": 0.02, "tint": 0.3}
    if colours == 1:
        found |= {"flat": measure.worst_phase(lambda low: upscale.picture(net, low)), "alternation": worst_alternation(config, net)}
        limits |= {"tint": 0.15, "flat": 0.15, "alternation": 0.05}
    faults = [f"{key} {found[key]:.3f} (allowed: {limit})" for key, limit in limits.items() if not found[key] < limit]
    if colours == 1 and net.shape.scale == 2:
        found |= crispness(config, net)
        ranges = {"chroma": (0.0, 1.1)} | ({"worst gain": (-1.0, 99.0), "sharpness": (0.85, 1.15)} if config.stage == "gan" else {})
        faults += [f"{key} {found[key]:.2f} (allowed: {low} to {high})" for key, (low, high) in ranges.items() if not low <= found[key] <= high]
    if net.shape.scale == 1:
        found |= cleaning(config, net)
        least = {"unharmed": 45.0, "gain h264-28": 0.3, "gain h264-32": 0.3}
        faults += [f"{key} {found[key]:.2f} dB (at least: {limit})" for key, limit in least.items() if not found[key] >= limit]
    if faults and strict:
        raise SystemExit(f"{'; '.join(faults)}; measured {found}")
    for fault in faults:
        print(f"warning: {fault}")
    return found


def main() -> None:
    ap = argparse.ArgumentParser(description="Export a run as ONNX with its catalog entry.")
    ap.add_argument("--config", required=True, type=Path)
    ap.add_argument("--id", required=True, help="for example framewright-s-l1-x2")
    ap.add_argument("--out", type=Path, default=HERE.parent / "public" / "models")
    ap.add_argument("--photos", type=Path, action="append")
    ap.add_argument("--check-only", action="store_true", help="check and print, write nothing")
    ap.add_argument("--lenient", action="store_true", help="what is beyond its limit only warns, and the file is written")
    args = ap.parse_args()
    config = load_config(args.config, args.photos)
    net = models.build(config.size)
    net.load_collapsed(shipped_weights(config))
    net.eval()
    scale, count = net.shape.scale, net.parameter_count()
    luma = net.shape.colours == 1
    restores = scale == 1
    size = config.size.removeprefix("luma-").rstrip("1")
    clean = is_clean(config)
    good, wrong = RESTORES if restores else CLEAN if clean and config.stage == "l1" else PERSONALITY[config.stage]
    stage = "GAN" if config.stage == "gan" else config.stage.capitalize()
    source = ("Clean " if clean else "Coded ") if luma else ""
    title = f"Framewright Clean {size.upper()}" if restores else f"Framewright {size.upper()} {source}{stage} ×{scale}"
    meta = {
        "name": title,
        **({} if restores else {"personality": config.stage}),
        "scale": str(scale),
        "parameters": str(count),
        "training_data": ORIGIN,
        "licence": LICENCE,
        "input": f"NCHW {'BT.709 luma' if luma else 'RGB'}, 0 to 1, gamma-encoded",
    }
    content = onnx_net.write([(k, v.numpy()) for k, v in net.collapsed()], scale, meta)
    print(json.dumps(check(config, content, net, not args.lenient)))
    if args.check_only:
        return
    write_atomic(args.out / f"{args.id}.onnx", content)
    entry = {
        "id": args.id,
        "name": title,
        "file": f"{args.id}.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        # Two dials turn between the members of a family: personality, and in the luma family the source.
        **({} if restores else {"family": f"framewright-{config.size}-x{scale}"}),
        **({"task": "restoration"} if restores else {"personality": config.stage}),
        **({"source": "clean" if clean else "coded"} if luma and not restores else {}),
        "scale": scale,
        **({"channels": "y"} if luma else {}),
        # A 3x3 convolution sees one pixel farther each.
        "context": net.shape.layers,
        "parameters": count,
        "licence": LICENCE,
        "origin": SHORT_ORIGIN,
        "goodFor": good,
        "getsWrong": wrong + COST[config.size],
        "bytes": len(content),
    }
    path = args.out / "catalog.json"
    catalog = json.loads(path.read_text()) if path.exists() else {"models": []}
    ids = [m["id"] for m in catalog["models"]]
    if args.id in ids:
        before = catalog["models"][ids.index(args.id)]
        # What graphs may still name is told by nobody else.
        catalog["models"][ids.index(args.id)] = entry | ({"replaces": before["replaces"]} if "replaces" in before else {})
    else:
        catalog["models"].append(entry)
    write_atomic(path, (json.dumps(catalog, indent=2, ensure_ascii=False) + "\n").encode())
    print(f"{args.id}.onnx: {len(content)} bytes, {count} parameters, sha256 {entry['sha256'][:12]}…")


if __name__ == "__main__":
    main()
