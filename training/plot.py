"""Draw the log of one or more runs: `plot.py state/s-l1.json ... --out curve.png`.

Losses (of each its own curve, logarithmic) above, validation luma PSNR below.
Drawn with Pillow alone.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from PIL import Image, ImageDraw

COLOURS = ["#4c9be8", "#e8894c", "#58b368", "#b86bd6", "#d65f5f", "#9a9a9a"]
NOT_LOSSES = {"iteration", "seconds", "lr", "psnr", "gain", "energy", "distance"}
Curve = tuple[str, list[tuple[float, float]]]


def read(path: Path) -> tuple[list[Curve], list[Curve]]:
    """(losses as log10, validation PSNR) of a log."""
    rows = json.loads(path.read_text())["log"]
    name = path.stem

    def curve(key: str, log: bool) -> Curve:
        points = [(float(r["iteration"]), float(r[key])) for r in rows if key in r]
        return f"{name} {key}", [(x, math.log10(max(y, 1e-9)) if log else y) for x, y in points]

    keys = [k for k in (rows[0] if rows else {}) if k not in NOT_LOSSES]
    return [curve(k, True) for k in keys], [curve("psnr", False)]


def panel(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], curves: list[Curve], title: str) -> None:
    x0, y0, x1, y1 = box
    pen.rectangle(box, outline="#888888")
    pen.text((x0 + 6, y0 - 14), title, fill="#222222")
    points = [p for _, c in curves for p in c]
    if not points:
        return
    right = max(p[0] for p in points) or 1
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    high = high if high > low else low + 1
    for i in range(5):
        y = y1 - (y1 - y0) * i / 4
        pen.line((x0, y, x1, y), fill="#e4e4e4")
        pen.text((4, y - 6), f"{low + (high - low) * i / 4:.2f}", fill="#444444")
    pen.text((x1 - 50, y1 + 3), f"{right:.0f}", fill="#444444")
    for i, (name, curve) in enumerate(curves):
        colour = COLOURS[i % len(COLOURS)]
        at = [(x0 + (x1 - x0) * x / right, y1 - (y1 - y0) * (y - low) / (high - low)) for x, y in curve]
        if len(at) > 1:
            pen.line(at, fill=colour, width=2)
        pen.text((x1 - 200, y0 + 6 + 14 * i), name, fill=colour)


def main() -> None:
    ap = argparse.ArgumentParser(description="Plot training logs.")
    ap.add_argument("logs", nargs="+", type=Path, help="state/<run>.json")
    ap.add_argument("--out", type=Path, required=True)
    args = ap.parse_args()
    parts = [read(p) for p in args.logs]
    im = Image.new("RGB", (900, 640), "white")
    pen = ImageDraw.Draw(im)
    panel(pen, (60, 30, 880, 300), [c for a, _ in parts for c in a], "losses, log10")
    panel(pen, (60, 345, 880, 615), [c for _, b in parts for c in b], "validation luma PSNR, dB")
    im.save(args.out)


if __name__ == "__main__":
    main()
