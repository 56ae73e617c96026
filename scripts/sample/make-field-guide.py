#!/usr/bin/python3
"""Makes Framewright's embedded sample clip, its original, and the truth about its text.

    apt-get install python3-skimage python3-scipy python3-pil python3-numpy ffmpeg fonts-dejavu-core \\
        fonts-dejavu-extra espeak-ng
    /usr/bin/python3 scripts/sample/make-field-guide.py            # writes into this checkout
    /usr/bin/python3 scripts/sample/make-field-guide.py --measure  # measures what is there, writes nothing

Written:

    public/samples/field-guide.mp4             320x180, 24 fps, 96 frames, H.264 + AAC, compressed hard
    public/samples/field-guide-reference.mp4   640x360, the same 96 frames, nearly lossless, same sound
    public/samples/field-guide.json            the four shots: name, first frame, frame count
    tests/fixtures/text/                       text pixels of some frames of the text shot (640x360, 1 bit)

How a frame comes about. Every frame is drawn once at 640x360 (photographs by spline interpolation, drawings at
four times the size and then averaged). That picture is the reference. The sample is the same picture reduced to
one half by Pillow's antialiased bicubic, half-pixel centred: sample pixel (x, y) covers reference pixels
(2x, 2y)..(2x+1, 2y+1), so an upscaler with half-pixel centres lands on the reference without any shift. Both go
to H.264 as BT.709, limited range, 4:2:0 with chroma sited left.

The shots, 24 frames each, each with slow, fractional motion so that no two frames sample the picture alike:

    face     a portrait: where a model that invents details is caught at once
    texture  brick, grass, gravel: where a model that is merely safe goes soft
    text     a printed page, a scanned one, outlined captions and a crawl: where letters break
    edges    a woodcut with line art: where ringing, stair steps and crawling edges show

The pictures are found in the Debian package python3-skimage; public/samples/LICENCES.md says whose they are.
The same package versions give the same bytes: all randomness is seeded and both encoders run on one thread.
"""

import argparse
import json
import math
import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from scipy import ndimage

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "public" / "samples"
TRUTH = ROOT / "tests" / "fixtures" / "text"
PICTURES = Path("/usr/lib/python3/dist-packages/skimage/data")
FONTS = Path("/usr/share/fonts/truetype/dejavu")

W, H, FPS, SHOT = 640, 360, 24, 24
SHOTS = ["face", "texture", "text", "edges"]
TRUTH_FRAMES = [50, 60, 70]
RATE = 48000
SS = 4  # drawings are made at SS times the reference's size

SAMPLE_X264 = ["-preset", "medium", "-crf", "31", "-x264-params", "keyint=24:min-keyint=24:scenecut=0:bframes=2:deblock=-3,-3:aq-mode=0:threads=1"]
REFERENCE_X264 = ["-preset", "veryslow", "-crf", "7", "-x264-params", "keyint=24:min-keyint=24:scenecut=0:bframes=3:threads=1"]

INK, PAPER, CREAM = (24, 26, 34), (246, 241, 228), (250, 247, 238)


# ---------------------------------------------------------------- pictures and drawings


def picture(name):
    return np.asarray(Image.open(PICTURES / name)).astype(np.float64)


def font(name, size):
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), int(round(size * SS)))


def look(image, cx, cy, zoom):
    """A W x H view of a photograph, centred on (cx, cy) of it, by cubic splines, half-pixel centred."""
    planes = []
    for c in range(image.shape[2]):
        offset = (cy - (H / 2) / zoom + 0.5 / zoom - 0.5, cx - (W / 2) / zoom + 0.5 / zoom - 0.5)
        planes.append(ndimage.affine_transform(image[..., c], np.eye(2) / zoom, offset, (H, W), order=3, mode="mirror"))
    return np.clip(np.stack(planes, axis=-1), 0, 255)


def canvas(colour=(0, 0, 0, 0), w=W, h=H, mode="RGBA"):
    return Image.new(mode, (int(w * SS), int(h * SS)), colour)


def px(*values):
    return [v * SS for v in values]


def move(layer, dx=0.0, dy=0.0, angle=0.0, about=(0.0, 0.0)):
    """The layer turned by `angle` degrees about a point, then shifted by (dx, dy) reference pixels."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    ax, ay = about[0] * SS, about[1] * SS
    tx, ty = ax + dx * SS, ay + dy * SS
    inverse = (c, s, ax - c * tx - s * ty, -s, c, ay + s * tx - c * ty)
    fill = (0, 0, 0, 0) if layer.mode == "RGBA" else 0
    if layer.mode == "RGBA":  # premultiplied, or transparent black would darken the edges
        layer = layer.convert("RGBa")
        moved = layer.transform((W * SS, H * SS), Image.Transform.AFFINE, inverse, Image.Resampling.BILINEAR, fillcolor=None)
        return moved.convert("RGBA")
    return layer.transform((W * SS, H * SS), Image.Transform.AFFINE, inverse, Image.Resampling.BILINEAR, fillcolor=fill)


def flatten(layers):
    """Lays layers over each other and averages SS x SS samples to one pixel."""
    image = layers[0].copy()
    for layer in layers[1:]:
        image.alpha_composite(layer)
    return image.convert("RGB").resize((W, H), Image.Resampling.HAMMING)


# ---------------------------------------------------------------- the shots


class Face:
    def __init__(self):
        self.photo = picture("astronaut.png")

    def frame(self, i):
        t = i / (SHOT - 1)
        ease = t * t * (3 - 2 * t)
        zoom = 1.34 + 0.09 * ease
        view = look(self.photo, 248 - 6 * ease, 144 - 4.5 * ease, zoom)
        # The photograph is shown a third larger than it is: a light unsharp mask gives it back its bite.
        soft = ndimage.gaussian_filter(view, (1.2, 1.2, 0))
        return Image.fromarray(np.clip(view + 0.45 * (view - soft), 0, 255).round().astype(np.uint8)), None


class Texture:
    """Three slanted panels. The pictures are grey; each is stretched and mapped onto a ramp of colours."""

    def __init__(self):
        ramps = {
            "brick.png": ([66, 26, 18], [158, 78, 54], [240, 220, 198]),
            "grass.png": ([12, 24, 8], [88, 126, 48], [226, 236, 160]),
            "gravel.png": ([20, 22, 28], [118, 116, 116], [244, 238, 226]),
        }
        self.photos = []
        for name, ramp in ramps.items():
            grey = picture(name)
            low, high = np.percentile(grey, [0.5, 99.5])
            at, stops = [low, np.median(grey), high], np.array(ramp, dtype=np.float64)
            self.photos.append(np.stack([np.interp(grey, at, stops[:, c]) for c in range(3)], axis=-1))
        y, x = np.mgrid[0:H, 0:W]
        slant = (y - H / 2) * 0.22
        self.edges = [x + slant - 214, x + slant - 427]  # signed distance, in pixels, along x

    def frame(self, i):
        views = [
            look(self.photos[0], 330 + 0.31 * i, 250 + 0.43 * i, 1.0),
            look(self.photos[1], 256 - 0.37 * i, 262 - 0.29 * i, 1.0),
            look(self.photos[2], 190 + 0.23 * i, 236 + 0.53 * i, 1.0),
        ]
        out = views[0]
        for edge, view in zip(self.edges, views[1:]):
            m = np.clip(edge + 0.5, 0, 1)[..., None]
            out = out * (1 - m) + view * m
        for edge in self.edges:
            m = np.clip(3.5 - np.abs(edge) + 0.5, 0, 1)[..., None]
            out = out * (1 - m) + np.array(CREAM) * m
        return Image.fromarray(np.clip(out, 0, 255).round().astype(np.uint8)), None


class Text:
    """Layers with, beside each, the coverage of its letters: so the truth moves exactly as the picture does."""

    BODY = [
        "Look twice at small type.",
        "It fails first: an e closes,",
        "rn turns into m, and 3, 8",
        "and 6 become one another.",
        "Keep what is printed; let",
        "the model paint the rest.",
    ]
    CRAWL = "PLATE 3  ·  captions move, letters must not melt  ·  0123456789  ·  24 frames a second  ·  "

    def __init__(self):
        self.desk = canvas((52, 66, 70, 255))
        grain = np.random.default_rng(3).normal(0, 1, (H, W))
        grain = ndimage.gaussian_filter(grain, (0.8, 9)) * 14
        desk = np.clip(np.array([58, 72, 74])[None, None] + grain[..., None], 0, 255).astype(np.uint8)
        self.desk = Image.fromarray(desk).resize((W * SS, H * SS), Image.Resampling.BICUBIC).convert("RGBA")
        self.page, self.page_text = self.make_page()
        self.scan, self.scan_text = self.make_scan()
        self.title, self.title_text = self.make_title()
        self.crawl, self.crawl_text = self.make_crawl()

    @staticmethod
    def write(layer, truth, xy, text, face, fill, stroke=0.0, stroke_fill=None):
        where = tuple(px(*xy))
        ImageDraw.Draw(layer).text(where, text, font=face, fill=fill, stroke_width=int(round(stroke * SS)), stroke_fill=stroke_fill, anchor="ls")
        ImageDraw.Draw(truth).text(where, text, font=face, fill=255, anchor="ls")

    @staticmethod
    def shadowed(box, fill):
        shade = Image.new("L", (W * SS // 4, H * SS // 4), 0)
        ImageDraw.Draw(shade).rectangle([(v + 3) * SS / 4 for v in box], fill=120)
        shade = shade.filter(ImageFilter.GaussianBlur(4 * SS / 4)).resize((W * SS, H * SS), Image.Resampling.BILINEAR)
        layer = canvas()
        layer.putalpha(shade)
        ImageDraw.Draw(layer).rectangle(px(*box), fill=fill)
        return layer

    def make_page(self):
        layer, truth = self.shadowed((16, 14, 258, 288), (*PAPER, 255)), canvas(0, mode="L")
        self.write(layer, truth, (32, 58), "Field Guide", font("DejaVuSerif-Bold", 31), INK)
        self.write(layer, truth, (33, 84), "to what upscaling breaks", font("DejaVuSerif-Italic", 16.5), (150, 38, 30))
        ImageDraw.Draw(layer).rectangle(px(33, 99, 242, 100.5), fill=INK)
        for n, line in enumerate(self.BODY):
            self.write(layer, truth, (33, 128 + 28 * n), line, font("DejaVuSerif", 15.5), INK)
        return layer, truth

    def make_scan(self):
        """The scanned page as a mounted print. Its text: what is much darker than the paper around it."""
        grey = picture("page.png")
        paper = ndimage.gaussian_filter(ndimage.grey_closing(grey, (15, 15)), 6)
        dark = np.clip((0.74 - grey / paper) / 0.2 + 0.5, 0, 1)
        labels, _ = ndimage.label(dark > 0.3)
        for n, (rows, cols) in enumerate(ndimage.find_objects(labels), 1):
            wide, high = cols.stop - cols.start, rows.stop - rows.start
            if wide > 80 or (high <= 3 and wide > 5 and rows.start > 30) or (labels[rows, cols] == n).sum() < 4:  # the rule, and specks
                dark[rows, cols][labels[rows, cols] == n] = 0
        scale, x, y = 0.92, 272, 20
        crop = (0, 0, 384, 144)  # below lies a line that the scan's border cuts through
        size = (int(384 * scale * SS), int(144 * scale * SS))
        box = (x - 5, y - 5, x + 384 * scale + 5, y + 144 * scale + 5)
        layer, truth = self.shadowed(box, (*CREAM, 255)), canvas(0, mode="L")
        at = tuple(px(x, y))
        tone = np.clip((grey / 255 - 0.08) * 1.22, 0, 1)[..., None] * np.array([255, 249, 236])
        big = Image.fromarray(tone.astype(np.uint8)).crop(crop).resize(size, Image.Resampling.LANCZOS)
        layer.paste(big, at)
        truth.paste(Image.fromarray((dark * 255).astype(np.uint8)).crop(crop).resize(size, Image.Resampling.BICUBIC), at)
        return layer, truth

    def make_title(self):
        layer, truth = canvas(), canvas(0, mode="L")
        face = font("DejaVuSans-Bold", 22)
        for n, line in enumerate(["An upscaler predicts,", "it does not recover."]):
            self.write(layer, truth, (292, 206 + 30 * n), line, face, (255, 226, 92), 2, (10, 10, 12, 255))
        self.write(layer, truth, (292, 281), "06:21:38  ISO 400  1/250 s  0O 1lI 5S", font("DejaVuSansMono", 14.5), (226, 234, 232))
        return layer, truth

    def make_crawl(self):
        layer, truth = canvas(w=2 * W), canvas(0, w=2 * W, mode="L")
        self.write(layer, truth, (20, 340), self.CRAWL, font("DejaVuSans-Bold", 20), (255, 255, 255))
        return layer, truth

    def frame(self, i):
        turn = dict(angle=-1.2 + 0.02 * i, about=(450, 110))
        moves = [
            (self.page, self.page_text, dict(dx=0.11 * i, dy=1.2 - 0.37 * i)),
            (self.scan, self.scan_text, dict(dx=-0.17 * i, dy=0.13 * i, **turn)),
            (self.title, self.title_text, dict(dx=4 - 0.61 * i)),
            (self.crawl, self.crawl_text, dict(dx=-1.63 * i)),
        ]
        strip = canvas()
        ImageDraw.Draw(strip).rectangle(px(0, 312, W, H), fill=(128, 30, 26, 255))
        ImageDraw.Draw(strip).rectangle(px(0, 312, W, 314), fill=(*PAPER, 255))
        layers = [move(layer, **m) for layer, _, m in moves]
        image = flatten([self.desk, *layers[:3], strip, layers[3]])
        truth = np.zeros((H, W))
        for _, text, m in moves:
            cover = move(text, **m).resize((W, H), Image.Resampling.BOX)
            truth = np.maximum(truth, np.asarray(cover) / 255)
        return image, truth


class Edges:
    """A woodcut: sun, mountains, hatching, pines, a compass. Nothing but hard edges, thick and hair-thin."""

    def __init__(self):
        rng = np.random.default_rng(4)
        self.sky = canvas((*CREAM, 255))
        self.sun = self.make_sun()
        self.far = self.make_range(rng, base=246, peaks=[(-40, 200), (70, 128), (150, 186), (262, 88), (392, 196), (500, 140), (610, 204), (720, 150)])
        self.lake = self.make_lake()
        self.pines = self.make_pines(rng)
        self.compass = self.make_compass()

    @staticmethod
    def make_sun():
        layer = canvas()
        d = ImageDraw.Draw(layer)
        cx, cy = 470, 96
        for k in range(72):
            a = 2 * math.pi * k / 72
            inner, outer = 68, 92 if k % 2 else 132
            d.line(px(cx + inner * math.cos(a), cy + inner * math.sin(a), cx + outer * math.cos(a), cy + outer * math.sin(a)), fill=(216, 52, 36, 255), width=int((0.9 if k % 2 else 1.5) * SS))
        d.ellipse(px(cx - 60, cy - 60, cx + 60, cy + 60), fill=(216, 52, 36, 255))
        return layer

    @staticmethod
    def make_range(rng, base, peaks):
        layer = canvas(w=W + 80)
        d = ImageDraw.Draw(layer)
        d.polygon([v * SS for p in [(-40, base + 40), *peaks, (720, base + 40)] for v in p], fill=(*CREAM, 255))
        for (lx, ly), (x, y), (rx, ry) in zip(peaks[:-2], peaks[1:-1], peaks[2:]):
            if not (y < ly and y < ry):
                continue
            ridge, yy = [(x, y)], y
            xx = x
            while yy < base:  # a jagged ridge divides the lit side from the dark one
                yy += rng.uniform(9, 17)
                xx += rng.uniform(-9, 13)
                ridge.append((xx, min(yy, base)))
            slope = (ry - y) / (rx - x)
            foot = (x + (base - y) / slope, base)
            d.polygon([v * SS for p in [*ridge, foot] for v in p], fill=(*INK, 255))
            left = (ly - y) / (x - lx)  # hatching on the lit side, hairlines that follow the slope
            for k in range(1, 15):
                sx, sy = x - 9.5 * k, y + left * 9.5 * k
                reach = rng.uniform(18, 46)
                for step in range(3):
                    a = sy + 4 + step * reach
                    b = min(a + reach * 0.62, base)
                    if a < base and sx > lx - 8:
                        d.line(px(sx + step * 9, a, sx + step * 9 + reach * 0.2, b), fill=(*INK, 255), width=int((1.5 - 0.35 * step) * SS))
        d.line([v * SS for p in peaks for v in p], fill=(*INK, 255), width=int(2.2 * SS), joint="curve")
        return layer

    @staticmethod
    def make_lake():
        layer = canvas(w=W + 80)
        d = ImageDraw.Draw(layer)
        d.rectangle(px(-40, 246, W + 80, H), fill=(28, 78, 104, 255))
        y, gap = 249.0, 3.2
        while y < H:  # ripples: from too fine for the sample to well within its reach
            pts = [(x, y + 0.22 * gap * math.sin(x / (9 + 1.7 * gap) + y)) for x in range(-4, W + 84, 2)]
            d.line([v * SS for p in pts for v in p], fill=(*CREAM, 255), width=max(2, int(0.34 * gap * SS)))
            gap *= 1.1
            y += gap
        return layer

    @staticmethod
    def make_pines(rng):
        layer = canvas(w=W + 80)
        d = ImageDraw.Draw(layer)

        def pine(x, foot, height):
            half = height * 0.25
            d.rectangle(px(x - height * 0.025, foot - height * 0.15, x + height * 0.025, foot), fill=(*INK, 255))
            rows = 7
            left, right = [], []
            for r in range(rows):
                y0 = foot - height + height * 0.88 * r / rows
                y1 = foot - height + height * 0.88 * (r + 1.25) / rows
                w0, w1 = half * (r / rows) * 0.62, half * (r + 1) / rows
                left += [(x - w0, y0), (x - w1 * rng.uniform(0.9, 1.1), y1)]
                right += [(x + w0, y0), (x + w1 * rng.uniform(0.9, 1.1), y1)]
            d.polygon([v * SS for p in [*left, *reversed(right)] for v in p], fill=(*INK, 255))

        for x, foot, height in [(30, 352, 190), (86, 372, 158), (134, 366, 96), (486, 372, 104), (548, 368, 168), (606, 374, 214), (662, 360, 150)]:
            pine(x, foot, height)
        d.polygon([v * SS for p in [(-40, 340), (120, 350), (210, 362), (440, 362), (560, 346), (740, 336), (740, 380), (-40, 380)] for v in p], fill=(*INK, 255))
        return layer

    @staticmethod
    def make_compass():
        layer = canvas()
        d = ImageDraw.Draw(layer)
        cx, cy, r = 118, 84, 58
        d.ellipse(px(cx - r, cy - r, cx + r, cy + r), fill=(*CREAM, 255), outline=(*INK, 255), width=int(2 * SS))
        d.ellipse(px(cx - r + 6, cy - r + 6, cx + r - 6, cy + r - 6), outline=(*INK, 255), width=int(0.9 * SS))
        for k in range(72):
            a = math.radians(5 * k)
            d.line(px(cx + (r - 6) * math.cos(a), cy + (r - 6) * math.sin(a), cx + r * math.cos(a), cy + r * math.sin(a)), fill=(*INK, 255), width=int(1.1 * SS))
        for length, width, offset in [(34, 7.5, 45), (50, 9.5, 0)]:
            for k in range(4):
                a = math.radians(90 * k + offset)
                tip = (cx + length * math.cos(a), cy + length * math.sin(a))
                for side, fill in ((1, INK), (-1, (216, 52, 36) if offset == 0 and k == 3 else CREAM)):
                    b = a + side * math.pi / 4
                    poly = [v * SS for p in [(cx, cy), tip, (cx + width * math.cos(b), cy + width * math.sin(b))] for v in p]
                    d.polygon(poly, fill=(*fill, 255))
                    d.line([*poly, *poly[:2]], fill=(*INK, 255), width=int(0.9 * SS), joint="curve")
        return layer

    def frame(self, i):
        return flatten([
            self.sky,
            move(self.sun, dx=2 - 0.13 * i, dy=2 - 0.21 * i),
            move(self.far, dx=-6 - 0.34 * i),
            move(self.lake, dx=-12 - 0.5 * i),
            move(self.compass, angle=-7 + 0.55 * i, about=(118, 84)),
            move(self.pines, dx=-14 - 0.83 * i),
        ]), None


# ---------------------------------------------------------------- sound


def sound(path):
    """Counts the shots, one to four, a short 1 kHz mark on the first sample of each (to check sync by)."""
    mix = np.zeros(4 * RATE)
    t = np.arange(int(0.03 * RATE)) / RATE
    mark = 0.12 * np.sin(2 * np.pi * 1000 * t) * np.hanning(len(t) * 2)[len(t):]
    for n, word in enumerate(["one", "two", "three", "four"]):
        with tempfile.TemporaryDirectory() as tmp:
            said = Path(tmp) / "said.wav"
            subprocess.run(["espeak-ng", "-v", "en-gb", "-s", "150", "-w", said, word], check=True)
            with wave.open(str(said)) as w:
                voice = np.frombuffer(w.readframes(w.getnframes()), dtype="<i2") / 32768
                rate = w.getframerate()
        at = np.arange(int(len(voice) * RATE / rate)) * rate / RATE
        voice = np.interp(at, np.arange(len(voice)), voice)
        start = n * RATE
        mix[start:start + len(mark)] += mark
        start += int(0.12 * RATE)
        voice = voice[: (n + 1) * RATE - start] * 0.8
        mix[start:start + len(voice)] += voice
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1), w.setsampwidth(2), w.setframerate(RATE)
        w.writeframes((np.clip(mix, -1, 1) * 32767).astype("<i2").tobytes())


# ---------------------------------------------------------------- encoding and measuring


def encode(frames, size, options, audio, path):
    colour = "zscale=matrixin=gbr:rangein=full:primariesin=709:transferin=709:matrix=709:range=limited:primaries=709:transfer=709:chromal=left"
    command = [
        "ffmpeg", "-v", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "gbrp", "-s", f"{size[0]}x{size[1]}", "-r", str(FPS), "-i", "-",
        "-i", str(audio),
        "-vf", f"{colour},format=yuv420p", "-c:v", "libx264", "-profile:v", "high", *options,
        "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
        "-c:a", "aac", "-b:a", "64k", "-t", "4", "-movflags", "+faststart",
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1", str(path),
    ]  # fmt: skip
    planes = b"".join(np.ascontiguousarray(np.asarray(f)[..., [1, 2, 0]].transpose(2, 0, 1)).tobytes() for f in frames)
    subprocess.run(command, input=planes, check=True)


def luma(path, vf=None):
    out = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), *(["-vf", vf] if vf else []), "-f", "rawvideo", "-pix_fmt", "gray", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    return np.frombuffer(out, np.uint8).reshape(-1, H, W).astype(np.float64)


def shift(a, b):
    """How far b lies from a, in pixels (x, y): least squares on the gradient (Lucas-Kanade over the picture)."""
    a, b = (ndimage.gaussian_filter(v, 2.0)[8:-8, 8:-8] for v in (a, b))
    gy, gx = np.gradient((a + b) / 2)
    d = a - b
    m = np.array([[(gx * gx).sum(), (gx * gy).sum()], [(gx * gy).sum(), (gy * gy).sum()]])
    return np.linalg.solve(m, np.array([(gx * d).sum(), (gy * d).sum()]))


def measure():
    sample, reference = SAMPLES / "field-guide.mp4", SAMPLES / "field-guide-reference.mp4"
    high = luma(reference, "extractplanes=y")
    low = luma(sample, f"scale={W}:{H}:flags=bicubic+accurate_rnd,format=yuv420p,extractplanes=y")
    print(f"{sample.name}: {sample.stat().st_size} bytes; {reference.name}: {reference.stat().st_size} bytes; frames {len(low)}, {len(high)}")
    # Both in one range (limited luma): PSNR with peak 255 after stretching to full range.
    low, high = ((v - 16) * 255 / 219 for v in (low, high))
    for s, name in enumerate(SHOTS):
        part = slice(s * SHOT, (s + 1) * SHOT)
        psnr = 10 * np.log10(255**2 / ((low[part] - high[part]) ** 2).mean())
        shifts = np.array([shift(high[f], low[f]) for f in range(part.start, part.stop)])
        print(f"  {name:8} bicubic x2 of the sample: {psnr:.2f} dB (luma); shift x {shifts[:, 0].mean():+.4f} y {shifts[:, 1].mean():+.4f} px, worst {np.abs(shifts).max():.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--measure", action="store_true", help="measure the committed clips, write nothing")
    if parser.parse_args().measure:
        return measure()

    SAMPLES.mkdir(parents=True, exist_ok=True)
    TRUTH.mkdir(parents=True, exist_ok=True)
    frames, truths = [], {}
    for n, shot in enumerate([Face(), Texture(), Text(), Edges()]):
        for i in range(SHOT):
            image, truth = shot.frame(i)
            frames.append(image)
            if n * SHOT + i in TRUTH_FRAMES:
                truths[n * SHOT + i] = truth
    small = [f.resize((W // 2, H // 2), Image.Resampling.BICUBIC) for f in frames]
    for n in range(0, len(frames), SHOT):  # before any codec touches them, the two must lie on each other
        again = small[n].convert("L").resize((W, H), Image.Resampling.BICUBIC)
        off = shift(np.asarray(frames[n].convert("L"), dtype=np.float64), np.asarray(again, dtype=np.float64))
        print(f"  {SHOTS[n // SHOT]:8} before coding: shift x {off[0]:+.5f} y {off[1]:+.5f} px")
        assert np.abs(off).max() < 0.005, "the sample does not lie on its reference"

    with tempfile.TemporaryDirectory() as tmp:
        audio = Path(tmp) / "count.wav"
        sound(audio)
        encode(frames, (W, H), REFERENCE_X264, audio, SAMPLES / "field-guide-reference.mp4")
        encode(small, (W // 2, H // 2), SAMPLE_X264, audio, SAMPLES / "field-guide.mp4")

    shots = [{"name": name, "firstFrame": n * SHOT, "frameCount": SHOT} for n, name in enumerate(SHOTS)]
    (SAMPLES / "field-guide.json").write_text("[\n" + ",\n".join("  " + json.dumps(s) for s in shots) + "\n]\n")
    for f, truth in truths.items():
        Image.fromarray(truth >= 0.4).save(TRUTH / f"field-guide-frame-{f:03d}.png", optimize=True)
    drawn = np.stack([np.asarray(f, dtype=np.float64) @ [0.2126, 0.7152, 0.0722] for f in frames])
    coded = (luma(SAMPLES / "field-guide-reference.mp4", "extractplanes=y") - 16) * 255 / 219
    print(f"  reference against what was drawn: {10 * np.log10(255**2 / ((drawn - coded) ** 2).mean()):.2f} dB (luma)")
    measure()


if __name__ == "__main__":
    main()
