"""Train one run: `train.py --config configs/<run>.toml [--resume]`.

Everything about a run is in its configuration. What a run leaves:
  runs/<run>/checkpoint.pt   everything needed to go on, replaced whole at each interval
  runs/<run>/log.csv         losses and validation per interval
  state/<run>.npz            the averaged weights, collapsed, float32 (small: kept in git)
  state/<run>.json           iteration, configuration, log
  state/<run>.disc.npz       the discriminator, float16 (gan stage)
"""

from __future__ import annotations

import argparse
import copy
import csv
import dataclasses
import io
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

import data
import features
import measure
import model as models
import upscale
from config import HERE, Config, load_config

STATE = HERE / "state"


def learning_rate(config: Config, iteration: int, peak: float) -> float:
    """Linear warm-up, then half a cosine from `peak` to `lr_end`."""
    if iteration < config.warmup:
        return peak * (iteration + 1) / config.warmup
    t = (iteration - config.warmup) / max(1, config.iterations - config.warmup)
    end = min(config.lr_end, peak)
    return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * min(1.0, t)))


def precision(name: str) -> torch.dtype:
    """`auto` is bfloat16 where the CPU computes in it, which PyTorch does from AVX-512 on;
    elsewhere it would take a path twenty times slower than float32."""
    if name == "auto":
        cpu = Path("/proc/cpuinfo")
        name = "bfloat16" if cpu.exists() and "avx512bw" in cpu.read_text() else "float32"
    return getattr(torch, name)


def write_atomic(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tmp = path.with_name(path.name + ".part")
    with open(tmp, "wb") as f:
        f.write(content)
        f.flush()
        os.fsync(f.fileno())
    os.replace(tmp, path)


def load_state(name: str) -> dict[str, torch.Tensor]:
    """Collapsed tensors of a finished or interrupted run, from state/<name>.npz."""
    path = STATE / f"{name}.npz"
    if not path.exists():
        raise SystemExit(f"no weights of run {name!r} ({path.relative_to(HERE)}): train it first")
    with np.load(path) as z:
        return {k: torch.from_numpy(z[k]) for k in z.files}


def shipped_weights(config: Config) -> dict[str, torch.Tensor]:
    """What is exported and measured of a run: its weights, mixed with those of the runs that its configuration names."""
    own = load_state(config.name)
    others = [(load_state(name), share) for name, share in config.mix.items()]
    kept = 1 - sum(config.mix.values())
    return {k: own[k] * kept + sum(other[k] * share for other, share in others) for k in own}


def hinge_terms(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Relativistic pairing loss of the discriminator (Jolicoeur-Martineau, "The relativistic
    discriminator", ICLR 2019): the original must look more real than the output of the very
    same place. Swap the arguments for the upscaler's loss."""
    return F.softplus(-(real - fake)).mean()


def displacement(out: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
    """How far each output [n,c,2h,2w] lies off its input [n,c,h,w]: [n,2] (x, y) in small
    pixels, by least squares on the gradient (Lucas and Kanade 1981), one axis at a time.
    Flat patches count for little. Compared are the output's 2x2 means, low-passed: what a
    model adds in detail does not weigh in."""

    def smooth(x: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(x.mean(dim=1, keepdim=True), 3, stride=1)

    have = smooth(low)
    off = (smooth(F.avg_pool2d(out, 2)) - have)[..., 1:-1, 1:-1]
    gx = 0.5 * (have[..., 1:-1, 2:] - have[..., 1:-1, :-2])
    gy = 0.5 * (have[..., 2:, 1:-1] - have[..., :-2, 1:-1])
    return torch.cat([-(g * off).mean((2, 3)) / ((g * g).mean((2, 3)) + 1e-5) for g in (gx, gy)], dim=1)


def checker(x: torch.Tensor) -> torch.Tensor:
    """How much neighbours alternate in both directions at once [n,3,h,w] -> [n,1,h/8,w/8], in
    the units of x: the diagonal Haar coefficient, its magnitude averaged over 8x8. Upscalers
    that shuffle channels into pixels leave their grid there (Odena, Dumoulin, Olah,
    "Deconvolution and Checkerboard Artifacts", Distill 2016)."""
    y = x.mean(dim=1, keepdim=True)
    d = y[..., 1:, 1:] - y[..., :-1, 1:] - y[..., 1:, :-1] + y[..., :-1, :-1]
    return F.avg_pool2d(d.abs() / 4, 8)


def haar(x: torch.Tensor) -> torch.Tensor:
    """How much neighbours alternate along rows, along columns and along both [n,c,h,w] ->
    [n,3,h/8,w/8], in the units of x: the magnitudes of the three Haar coefficients of the mean
    of the channels at all offsets, averaged over 8x8. A grid of 2 pixels may lie in any of them."""
    y = x.mean(dim=1, keepdim=True)
    a, b, c, d = y[..., :-1, :-1], y[..., :-1, 1:], y[..., 1:, :-1], y[..., 1:, 1:]
    bands = torch.cat([a - b + c - d, a + b - c - d, a - b - c + d], dim=1)
    return F.avg_pool2d(bands.abs() / 4, 8)


def smooth_blocks(high: torch.Tensor, limit: float = 3 / 255) -> torch.Tensor:
    """Where an original [n,c,h,w] is smooth, as `haar` divides it: [n,1,h/8,w/8], 1 where neighbours differ by less
    than `limit` everywhere in the block, else 0."""
    y = high.mean(dim=1, keepdim=True)
    steep = torch.maximum((y[..., 1:, :-1] - y[..., :-1, :-1]).abs(), (y[..., :-1, 1:] - y[..., :-1, :-1]).abs())
    return (F.max_pool2d(steep, 8) < limit).to(high.dtype)


def phase_bias(error: torch.Tensor, side: int) -> torch.Tensor:
    """Of an error [n,c,2h,2w], how far the mean of each 2x2 phase over side x side places lies off the
    mean of all four: [n,c,4,h/side,w/side]. Every phase of a shuffled output has weights of its own;
    what they get wrong on average must be the same, or it shows as a grid."""
    n, c = error.shape[:2]
    means = F.avg_pool2d(F.pixel_unshuffle(error, 2), side)
    means = means.view(n, c, 4, *means.shape[2:])
    return means - means.mean(dim=2, keepdim=True)


def flat_fields(n: int, colours: int, side: int, rng: np.random.Generator) -> torch.Tensor:
    """Flat fields and slow gradients [n,colours,side,side] in [0,1]: of these a bilinear upscale is right
    already. Every second one is a slope of at most 2/255 a pixel in any direction."""
    level = rng.uniform(0, 1, (n, colours, 1, 1))
    slope = rng.uniform(-2 / 255, 2 / 255, (n, 1, 2, 1)) * (np.arange(n) % 2)[:, None, None, None]
    along = np.arange(side) - (side - 1) / 2
    field = level + (slope[:, :, :1] * along[:, None] + slope[:, :, 1:] * along)
    return torch.from_numpy(field.astype(np.float32)).clamp(0, 1)


def artefact_map(high: torch.Tensor, out: torch.Tensor, steady: torch.Tensor) -> torch.Tensor:
    """Where an output looks like an artefact and not like texture, [n,1,h,w]: its error varies much from pixel
    to pixel, and the averaged net's output `steady` is nearer to the original (LDL: Liang, Zeng, Zhang, "Details
    or Artifacts: A Locally Discriminative Learning Approach to Realistic Image Super-Resolution", CVPR 2022)."""
    error, steady_error = ((high - p).abs().mean(dim=1, keepdim=True) for p in (out, steady))
    padded = F.pad(error, (3, 3, 3, 3), mode="reflect")
    mean = F.avg_pool2d(padded, 7, stride=1)
    local = F.avg_pool2d(padded * padded, 7, stride=1) - mean * mean
    overall = error.var(dim=(1, 2, 3), keepdim=True) ** 0.2
    return local.clamp(min=0) * overall * (error >= steady_error)


class Trainer:
    def __init__(self, config: Config, resume: bool):
        self.config = config
        torch.set_num_threads(config.threads)
        torch.manual_seed(config.seed)
        self.net = models.build(config.size)
        self.net.precision = precision(config.precision)
        if config.init:
            start = load_state(config.init)
            results = start[f"conv{self.net.shape.layers - 1}.bias"].numel()
            is_upscaler = results > self.net.shape.colours and self.net.shape.scale == 1
            (self.net.load_reduced if is_upscaler else self.net.load_collapsed)(start)
        self.ema = copy.deepcopy(self.net).requires_grad_(False)
        self.ema.precision = torch.float32
        self.opt = torch.optim.Adam(self.net.parameters(), lr=config.lr, betas=(0.9, 0.99))
        self.features = self.disc = self.disc_opt = None
        if config.feature_weight > 0:
            self.features = features.Features(HERE / config.feature_file, list(config.feature_layers))
        if config.gan_weight > 0:
            self.disc = models.PatchDiscriminator(config.gan_channels, self.net.shape.colours)
            self.disc_opt = torch.optim.Adam(self.disc.parameters(), lr=config.gan_lr, betas=(0.5, 0.99))
            self._load_discriminator(config.init)
        self.iteration, self.seconds, self.rows = 0, 0.0, []
        self.feature_precision = self.net.precision
        if resume:
            self._resume()
        data.check_cache(config)
        self.pairs = data.Pairs(config, self.net.shape.colours, self.net.shape.scale)
        self.other: tuple[dict[str, torch.Tensor], data.Pairs] | None = None
        if config.toward:
            other = load_config(config.path.parent / config.toward, config.photo_folders)
            data.check_cache(other)
            self.other = (shipped_weights(other), data.Pairs(other, self.net.shape.colours, self.net.shape.scale))
        self.val = data.validation_pairs(config, config.validation_side, config.validation_kinds, self.net.shape.scale)

    # --- one iteration -----------------------------------------------------------------------

    def step(self) -> dict[str, float]:
        c = self.config
        rng = np.random.default_rng([c.seed, self.iteration])  # resuming draws the same patches
        self.net.toward, pairs = None, self.pairs
        if self.other and rng.random() < c.toward_share:
            weights, its_pairs = self.other
            share = float(rng.random())
            self.net.toward = (weights, share)
            pairs = its_pairs if rng.random() < share else self.pairs
        low, high = (torch.from_numpy(a) for a in pairs.batch(c.batch, c.patch, rng))
        for group in self.opt.param_groups:
            group["lr"] = learning_rate(c, self.iteration, c.lr)
        out = self.net(low)
        loss = {"pixel": (out - high).abs().mean()}
        total = c.pixel_weight * loss["pixel"]
        if c.colour_weight:
            # Quarters of a patch must keep the mean colour they came in with. (Not that of
            # the original: codecs tint by rounding, up to 1/255 in chroma, and a model that
            # learns to undo it tints clean pictures the other way.)
            half = c.patch // 2
            tint = F.avg_pool2d(out, 2 * half) - F.avg_pool2d(low, half)
            loss["colour"] = tint.abs().mean()
            total = total + c.colour_weight * loss["colour"]
        if c.shift_weight:
            loss["shift"] = displacement(out, low).abs().mean()
            total = total + c.shift_weight * loss["shift"]
        if c.checker_weight:
            # No more of it than the original has in that place.
            loss["checker"] = F.relu(checker(out) - checker(high)).mean()
            total = total + c.checker_weight * loss["checker"]
        if c.haar_weight or c.smooth_weight:
            excess = F.relu(haar(out) - haar(high))
            loss["haar"] = excess.mean()
            total = total + c.haar_weight * loss["haar"]
        if c.smooth_weight:
            smooth = smooth_blocks(high)
            loss["smooth"] = (excess * smooth).mean() / smooth.mean().clamp(min=0.01)
            total = total + c.smooth_weight * loss["smooth"]
        if c.phase_weight:
            loss["phase"] = phase_bias(out - high, c.patch // 4).abs().mean()
            total = total + c.phase_weight * loss["phase"]
        if c.flat_weight:
            loss["flat"] = self._flat_loss(rng)
            total = total + c.flat_weight * loss["flat"]
        if c.temporal_weight:
            loss["temporal"] = self._temporal_loss(rng)
            total = total + c.temporal_weight * loss["temporal"]
        if c.artefact_weight:
            with torch.no_grad():
                weights = artefact_map(high, out, self.ema(low))
            loss["artefact"] = (weights * (out - high).abs()).mean()
            total = total + c.artefact_weight * loss["artefact"]
        if self.features is not None:
            with torch.no_grad():
                want = self.features(high.to(self.feature_precision))
            got = self.features(out.to(self.feature_precision))
            loss["feature"] = features.distance(got, want, c.feature_layers)
            total = total + c.feature_weight * loss["feature"]
        if self.disc is not None:
            for group in self.disc_opt.param_groups:
                group["lr"] = learning_rate(c, self.iteration, c.gan_lr)
            real, fake = self.disc(high), self.disc(out.detach())
            loss["disc"] = hinge_terms(real, fake)
            self.disc_opt.zero_grad(set_to_none=True)
            loss["disc"].backward()
            self.disc_opt.step()
            if self.iteration >= c.gan_start:
                self.disc.requires_grad_(False)
                with torch.no_grad():
                    real = self.disc(high)
                loss["gan"] = hinge_terms(self.disc(out), real)
                self.disc.requires_grad_(True)
                total = total + c.gan_weight * loss["gan"]
        self.opt.zero_grad(set_to_none=True)
        total.backward()
        if c.clip_norm:
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), c.clip_norm)
        self.opt.step()
        decay = min(c.ema, (1 + self.iteration) / (10 + self.iteration))
        with torch.no_grad():
            for e, p in zip(self.ema.parameters(), self.net.parameters()):
                e.lerp_(p, 1 - decay)
        self.net.toward = None
        self.iteration += 1
        return {k: float(v) for k, v in loss.items()}

    def _flat_loss(self, rng: np.random.Generator) -> torch.Tensor:
        """Mean magnitude of what the net adds to flat fields and slow gradients, where it does not
        see their borders. In float32: rounding of bfloat16 is larger than what is looked for."""
        net, reach, centre = self.net, self.net.shape.layers, 3
        margin = net.shape.scale * reach
        fields = flat_fields(2, net.shape.colours, 2 * reach + centre, rng)
        kept, net.precision = net.precision, torch.float32
        added = net.residual(fields)
        net.precision = kept
        return added[..., margin:-margin, margin:-margin].abs().mean()

    def _temporal_loss(self, rng: np.random.Generator) -> torch.Tensor:
        """By how much the errors of one place differ between two moments: what is invented must move with
        the picture. A margin of 4 pixels, where the net sees the patch's border, is left out."""
        c, margin = self.config, 4
        low, high, offsets = self.pairs.twins(c.temporal_places, c.patch, rng)
        error = self.net(torch.from_numpy(low)) - torch.from_numpy(high)
        side = high.shape[-1] - 2 * margin - 1
        parts = []
        for one, other, (dy, dx) in zip(*error.chunk(2), offsets):
            y, x = margin + dy, margin + dx
            parts.append(one[:, margin : margin + side, margin : margin + side] - other[:, y : y + side, x : x + side])
        return torch.stack(parts).abs().mean()

    # --- validation --------------------------------------------------------------------------

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Averaged weights on the validation pictures: luma PSNR against bicubic's, energy
        as a ratio to the original's, feature distance where the run has features."""
        got, plain, energies, dists = [], [], [], []
        for _, _, low, high in self.val:
            out = upscale.picture(self.ema, low)
            want = high.astype(np.float32) / 255
            up = np.asarray(Image.fromarray(low).resize(high.shape[1::-1], Image.BICUBIC)) / 255
            got.append(measure.psnr(out, want))
            plain.append(measure.psnr(up, want))
            energies.append(measure.energy(out) / measure.energy(want))
            if self.features is not None:
                both = (torch.from_numpy(p).permute(2, 0, 1)[None] for p in (out, want))
                f = [self.features(t.to(self.feature_precision)) for t in both]
                dists.append(float(features.distance(*f, self.config.feature_layers)))
        row = {"psnr": np.mean(got), "gain": np.mean(got) - np.mean(plain), "energy": np.mean(energies)}
        if dists:
            row["distance"] = np.mean(dists)
        return {k: float(v) for k, v in row.items()}

    # --- files -------------------------------------------------------------------------------

    def save(self) -> None:
        c = self.config
        content = {
            "iteration": self.iteration,
            "seconds": self.seconds,
            "rows": self.rows,
            "net": self.net.state_dict(),
            "ema": self.ema.state_dict(),
            "opt": self.opt.state_dict(),
            "disc": self.disc.state_dict() if self.disc is not None else None,
            "disc_opt": self.disc_opt.state_dict() if self.disc_opt is not None else None,
        }
        buffer = io.BytesIO()
        torch.save(content, buffer)
        write_atomic(c.run / "checkpoint.pt", buffer.getvalue())
        text = io.StringIO()
        names = list(dict.fromkeys(k for row in self.rows for k in row))
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomic(c.run / "log.csv", text.getvalue().encode())
        buffer = io.BytesIO()
        np.savez(buffer, **{k: v.numpy() for k, v in self.ema.collapsed()})
        write_atomic(STATE / f"{c.name}.npz", buffer.getvalue())
        settings = {k: v for k, v in dataclasses.asdict(c).items() if k not in ("path", "photo_folders")}
        head = {"iteration": self.iteration, "seconds": round(self.seconds), "config": settings}
        log = ",\n".join(json.dumps(row) for row in self.rows)
        record = json.dumps(head, indent=1)[:-2] + f',\n "log": [\n{log}\n ]\n}}\n'
        write_atomic(STATE / f"{c.name}.json", record.encode())
        if self.disc is not None:
            buffer = io.BytesIO()
            np.savez(buffer, **{k: v.half().numpy() for k, v in self.disc.state_dict().items()})
            write_atomic(STATE / f"{c.name}.disc.npz", buffer.getvalue())

    def _load_discriminator(self, run: str) -> None:
        """Take over the discriminator of `run`, where both have one."""
        path = STATE / f"{run}.disc.npz"
        if self.disc is None or not path.exists():
            return
        with np.load(path) as z:
            self.disc.load_state_dict({k: torch.from_numpy(z[k]).float() for k in z.files})

    def _resume(self) -> None:
        c = self.config
        path = c.run / "checkpoint.pt"
        if path.exists():
            ck = torch.load(path, map_location="cpu")
            self.net.load_state_dict(ck["net"], strict=False)
            self.ema.load_state_dict(ck["ema"], strict=False)
            self.opt.load_state_dict(ck["opt"])
            if self.disc is not None and ck["disc"] is not None:
                self.disc.load_state_dict(ck["disc"])
                self.disc_opt.load_state_dict(ck["disc_opt"])
            self.iteration, self.seconds, self.rows = ck["iteration"], ck["seconds"], ck["rows"]
            print(f"resuming {c.name} at iteration {self.iteration}", flush=True)
        elif (STATE / f"{c.name}.npz").exists():
            # Another machine's run: averaged weights, log, discriminator; the optimisers
            # start anew.
            self.net.load_collapsed(load_state(c.name))
            self.ema.load_state_dict(self.net.state_dict())
            record = json.loads((STATE / f"{c.name}.json").read_text())
            self.iteration, self.seconds, self.rows = record["iteration"], record["seconds"], record["log"]
            self._load_discriminator(c.name)
            print(f"going on with {c.name} from its kept weights, iteration {self.iteration}", flush=True)

    # --- the loop ----------------------------------------------------------------------------

    def train(self) -> None:
        c = self.config
        start, last, sums, count = time.time() - self.seconds, time.time(), {}, 0
        while self.iteration < c.iterations:
            for k, v in self.step().items():
                if not math.isfinite(v):
                    raise SystemExit(f"{k} loss is {v} at iteration {self.iteration}: lower the learning rate")
                sums[k] = sums.get(k, 0.0) + v
            count += 1
            if self.iteration % c.interval and self.iteration != c.iterations:
                continue
            self.seconds = time.time() - start
            row = {"iteration": self.iteration, "seconds": round(self.seconds)}
            row["lr"] = float(f"{learning_rate(c, self.iteration, c.lr):.3g}")
            row |= {k: round(v / count, 6) for k, v in sums.items()}
            row |= {k: round(v, 4) for k, v in self.validate().items()}
            self.rows.append(row)
            self.pairs.refresh()
            self.save()
            rate = count / (time.time() - last)
            print(" ".join(f"{k} {v:g}" for k, v in row.items()), f"({rate:.1f}/s)", flush=True)
            last, sums, count = time.time(), {}, 0


def main() -> None:
    ap = argparse.ArgumentParser(description="Train one run.")
    ap.add_argument("--config", required=True, type=Path)
    ap.add_argument("--resume", action="store_true", help="go on where the run stopped")
    ap.add_argument("--photos", type=Path, action="append", help="picture folder (repeatable), instead of the configuration's")
    ap.add_argument("--threads", type=int, help="instead of the configuration's")
    args = ap.parse_args()
    config = load_config(args.config, args.photos)
    if args.threads:
        config.threads = args.threads
    if not args.resume and (config.run / "checkpoint.pt").exists():
        raise SystemExit(f"runs/{config.name} exists: give --resume to go on, or remove it")
    Trainer(config, args.resume).train()


if __name__ == "__main__":
    main()
