"""Ten iterations of each stage on two tiny drawn pictures: `python3 training/smoke_test.py`.

Needs python3-torch, python3-onnx, python3-pil and ffmpeg; no photographs and no feature
weights (random ones of the same shape stand in). Everything happens in a temporary folder.
Checks that each stage runs, changes the weights and keeps finite; that a stopped run
resumes to the very same weights as one that was not stopped; that collapsing changes
nothing; that the ONNX file equals the torch net; that the measures measure; and that a grid does not pass the export.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import config as configs
import data
import degrade
import evaluate
import export
import measure
import model as models
import onnx_net
import train
import upscale

CONFIG = """
photos = ["{photos}"]
validation = ["b"]
size = "{size}"
stage = "{stage}"
init = "{init}"
crop = 96
clips_per_shard = 3
shards = 1
data = "tiny"
iterations = {iterations}
interval = 5
batch = 2
patch = 24
warmup = 2
precision = "{precision}"
colour_weight = 0.5
shift_weight = 0.05
validation_side = 96
validation_kinds = ["clean", "h264-30"]
feature_file = "{features}"
{more}
[recipe]
frames = 3
speed = 2.0
"""
FEATURES = "feature_weight = 1.0\nfeature_layers = { relu1_1 = 1.0, relu2_1 = 1.0 }\n"
STAGES = {
    "l1": "",
    "perceptual": FEATURES,
    "gan": FEATURES + "gan_weight = 0.05\ngan_start = 2\ngan_channels = 8\nartefact_weight = 1.0\n",
}
LUMA = "haar_weight = 0.1\nsmooth_weight = 0.1\nphase_weight = 0.5\nflat_weight = 1.0\ntemporal_weight = 0.3\n"


def picture(seed: int, side: int = 420) -> np.ndarray:
    """A drawn page with some texture."""
    rng = np.random.default_rng(seed)
    page = data.drawn_page(side, rng, None).astype(np.float32)
    return np.clip(page + rng.normal(0, 6, page.shape), 0, 255).astype(np.uint8)


class Training(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.keep = tempfile.TemporaryDirectory()
        cls.home = Path(cls.keep.name)
        photos = cls.home / "photos"
        photos.mkdir()
        for i, name in enumerate("ab"):
            Image.fromarray(picture(i)).save(photos / f"{name}.png")
        wave = 50 * np.sin(np.arange(420) / 40)
        smooth = (128 + wave[:, None] + wave).astype(np.uint8)
        Image.fromarray(smooth[..., None].repeat(3, axis=2)).save(photos / "smooth.png")
        # cache/, runs/ and state/ of the test lie in the temporary folder
        cls.before = (configs.HERE, train.HERE, train.STATE, export.HERE, evaluate.HERE)
        configs.HERE = train.HERE = export.HERE = evaluate.HERE = cls.home
        train.STATE = cls.home / "state"
        gen = torch.Generator().manual_seed(0)
        shapes = {"0": (3, 3, 1, 1), "2": (64, 3, 3, 3), "5": (64, 64, 3, 3), "9": (128, 64, 3, 3)}
        shapes |= {"12": (128, 128, 3, 3), "16": (256, 128, 3, 3)}
        weights = {}
        for key, s in shapes.items():
            weights[f"{key}.weight"] = torch.randn(s, generator=gen) / (s[1] * s[2] * s[3]) ** 0.5
            weights[f"{key}.bias"] = torch.zeros(s[0])
        torch.save(weights, cls.home / "features.pth")

    @classmethod
    def tearDownClass(cls) -> None:
        configs.HERE, train.HERE, train.STATE, export.HERE, evaluate.HERE = cls.before
        cls.keep.cleanup()

    def config(self, name: str, stage: str, iterations: int = 10, init: str = "", precision: str = "float32", size: str = "s"):
        path = self.home / f"{name}.toml"
        values = {"photos": self.home / "photos", "stage": stage, "init": init, "iterations": iterations, "size": size}
        more = STAGES[stage] + (LUMA if size.startswith("luma") else "")
        values |= {"features": self.home / "features.pth", "more": more, "precision": precision}
        path.write_text(CONFIG.format(**values))
        return configs.load_config(path)

    def test_stages_resume_and_export(self) -> None:
        c = self.config("one-l1", "l1")
        data.make_cache(c, 1)
        again = data.make_shard(c, data.split_photos(c)[0], 0)
        np.testing.assert_array_equal(np.load(c.cache / "low-00000.npy"), again[0])  # seeded
        for stage, init in (("l1", ""), ("perceptual", "one-l1"), ("gan", "one-perceptual")):
            c = self.config(f"one-{stage}", stage, init=init)
            trainer = train.Trainer(c, resume=False)
            start = {k: v.clone() for k, v in trainer.net.state_dict().items()}
            trainer.train()
            moved = [k for k, v in trainer.net.state_dict().items() if not torch.equal(v, start[k])]
            self.assertTrue(any("weight" in k for k in moved), stage)
            self.assertTrue(all(torch.isfinite(t).all() for _, t in trainer.ema.collapsed()), stage)
            self.assertEqual([r["iteration"] for r in trainer.rows], [5, 10])

            # stopped after five, resumed for the other five
            half = self.config(f"two-{stage}", stage, init=init)
            half_trainer = train.Trainer(half, resume=False)
            half_trainer.save = lambda t=half_trainer: (train.Trainer.save(t), (_ for _ in ()).throw(InterruptedError))
            with self.assertRaises(InterruptedError):
                half_trainer.train()
            resumed = train.Trainer(half, resume=True)
            self.assertEqual(resumed.iteration, 5)
            resumed.train()
            for (name, a), (_, b) in zip(trainer.ema.collapsed(), resumed.ema.collapsed()):
                np.testing.assert_allclose(a, b, atol=2e-6, err_msg=f"{stage} {name}")

        # the kept weights alone also carry a run on (another machine)
        (half.run / "checkpoint.pt").unlink()
        self.assertEqual(train.Trainer(half, resume=True).iteration, 10)

        net = models.build("s")
        net.load_collapsed(train.load_state("one-gan"))
        content = onnx_net.write([(k, v.numpy()) for k, v in net.collapsed()], 2, {"name": "smoke", "scale": "2"})
        x = np.random.default_rng(3).random((1, 3, 21, 34), dtype=np.float32)
        with torch.no_grad():
            want = net(torch.from_numpy(x)).numpy()
        np.testing.assert_allclose(onnx_net.run(content, x), want, atol=1e-4)

        rows = evaluate.evaluate([c], 96)
        self.assertEqual([r["name"] for r in rows], ["bicubic", "one-gan"])
        self.assertEqual(rows[0]["gain_coded"], 0)

    def test_flicker_of_still_places(self) -> None:
        noise = np.random.default_rng(6).random((3, 40, 60, 3))
        clip = np.full((3, 40, 60, 3), 0.5)
        clip[:, :, 30:] = noise[:, :, 30:]  # the right half moves
        still = measure.still_places(clip)
        self.assertTrue(still[:, :, :24].all())
        self.assertFalse(still[:, :, 36:].any())
        shimmering = clip + np.array([0, 0.02, 0])[:, None, None, None]
        self.assertAlmostEqual(measure.still_flicker(shimmering, still), 0.02 * 219, places=3)
        clip[1] = clip[0]  # a repeated frame tells nothing
        self.assertFalse(measure.still_places(clip)[0].any())

    def test_luma_stages_and_export(self) -> None:
        data.make_cache(self.config("luma-l1", "l1", size="luma-s"), 1)
        for stage, init in (("l1", ""), ("perceptual", "luma-l1"), ("gan", "luma-perceptual")):
            c = self.config(f"luma-{stage}", stage, init=init, size="luma-s")
            trainer = train.Trainer(c, resume=False)
            trainer.train()
            self.assertTrue({"haar", "smooth", "phase", "flat"} <= trainer.rows[-1].keys())
        (c.run / "checkpoint.pt").unlink()
        train.Trainer(c, resume=True).train()

        net = models.build("luma-s")
        net.load_collapsed(train.load_state("luma-gan"))
        content = onnx_net.write([(k, v.numpy()) for k, v in net.collapsed()], 2, {"name": "smoke", "scale": "2"})
        x = np.random.default_rng(3).random((1, 1, 21, 34), dtype=np.float32)
        got = onnx_net.run(content, x)
        self.assertEqual(got.shape, (1, 1, 42, 68))
        with torch.no_grad():
            np.testing.assert_allclose(got, net(torch.from_numpy(x)).numpy(), atol=1e-4)
        rows = evaluate.evaluate([c], 96)
        self.assertEqual([r["name"] for r in rows], ["bicubic", "luma-gan"])
        self.assertLess(rows[0]["flat"], 1e-3)

        with self.assertRaisesRegex(SystemExit, "smooth area"):
            export.worst_alternation(c, net)
        c.validation = ["b", "smooth"]

        # a net that adds nothing passes; a grid of 0.2/255 does not
        def export_check(last_bias: list[float]) -> dict[str, float]:
            with torch.no_grad():
                net.convs[-1].set_kernel(torch.zeros(4, 16, 3, 3), torch.tensor(last_bias) / 255)
            tensors = [(k, v.numpy()) for k, v in net.collapsed()]
            return export.check(c, onnx_net.write(tensors, 2, {"name": "smoke", "scale": "2"}), net)

        with self.assertRaisesRegex(SystemExit, "sharpness"):  # of a crisp member more is asked
            export_check([0, 0, 0, 0])
        c.stage = "l1"
        self.assertLess(export_check([0, 0, 0, 0])["flat"], 1e-3)
        with self.assertRaisesRegex(SystemExit, "flat 0.20"):
            export_check([0.2, -0.2, 0, 0])

    def test_on_the_way_to_another_run(self) -> None:
        for name in ("end", "start"):
            c = self.config(name, "l1", size="luma-s")
            data.make_cache(c, 1)
            train.Trainer(c, resume=False).train()
        c.name, c.init, c.toward, c.toward_share = "between", "start", "end.toml", 1.0
        trainer = train.Trainer(c, resume=False)
        x = torch.rand(1, 1, 20, 20, generator=torch.Generator().manual_seed(1))
        ends = [train.load_state(n) for n in ("start", "end")]
        halfway = models.build("luma-s")
        halfway.load_collapsed({k: ends[0][k].lerp(ends[1][k], 0.5) for k in ends[0]})
        trainer.net.toward, trainer.net.precision = (ends[1], 0.5), torch.float32
        with torch.no_grad():
            torch.testing.assert_close(trainer.net(x), halfway(x), atol=1e-5, rtol=1e-4)
        trainer.train()
        self.assertIsNone(trainer.net.toward)
        self.assertTrue(all(torch.equal(v, ends[1][k]) for k, v in train.load_state("end").items()))
        self.assertFalse(all(torch.equal(v, ends[0][k]) for k, v in train.load_state("between").items()))
        table = evaluate.between(self.home / "start.toml", self.home / "end.toml", 96, ["clean"], [0, 0.5, 1])
        self.assertEqual([row.split(" | ")[0] for row in table.splitlines()[2:]], ["| 0", "| 0.5", "| 1"])

    def test_what_ships_is_mixed(self) -> None:
        c = self.config("mixed", "l1")
        for name, value in (("mixed", 1.0), ("one-third", 4.0), ("another", 8.0)):
            train.write_atomic(train.STATE / f"{name}.npz", b"")
            np.savez(train.STATE / f"{name}.npz", **{"conv0.bias": np.full(2, value, np.float32)})
        c.mix = {"one-third": 0.25, "another": 0.5}
        torch.testing.assert_close(train.shipped_weights(c)["conv0.bias"], torch.full((2,), 0.25 + 1.0 + 4.0))
        c.mix = {}
        torch.testing.assert_close(train.shipped_weights(c)["conv0.bias"], torch.ones(2))

    def test_a_new_table_keeps_what_is_written_below(self) -> None:
        path = self.home / "RESULTS.md"
        path.write_text("# Results\n\n## One\n\nold\n\n![crops](one.png)\n\nWhat was seen.\n\n## Two\n\nanother\n")
        evaluate.write_results("One", "new\n\n![crops](one.png)")
        self.assertEqual(path.read_text(), "# Results\n\n## One\n\nnew\n\n![crops](one.png)\n\nWhat was seen.\n\n## Two\n\nanother\n")
        path.unlink()

    def test_cleaning_at_the_picture_s_own_size(self) -> None:
        c = self.config("clean", "l1", size="luma-s1")
        c.colour_weight = c.shift_weight = c.phase_weight = c.temporal_weight = 0
        data.make_cache(c, 1)
        trainer = train.Trainer(c, resume=False)
        low, high = trainer.pairs.batch(3, 24, np.random.default_rng(1))
        self.assertEqual(low.shape, high.shape)
        trainer.train()
        net = models.build("luma-s1")
        net.load_collapsed(train.load_state("clean"))
        content = onnx_net.write([(k, v.numpy()) for k, v in net.collapsed()], 1, {"name": "smoke", "scale": "1"})
        x = np.random.default_rng(3).random((1, 1, 21, 34), dtype=np.float32)
        with torch.no_grad():
            np.testing.assert_allclose(onnx_net.run(content, x), net(torch.from_numpy(x)).numpy(), atol=1e-4)
        # the mean of an upscaler's phases is where it may begin
        upscaler, start = models.build("luma-s"), models.build("luma-s1")
        start.load_reduced(dict(upscaler.collapsed()))
        t = torch.from_numpy(x)
        with torch.no_grad():
            phases = torch.nn.functional.pixel_unshuffle(upscaler.residual(t), 2)
            torch.testing.assert_close(start.residual(t), phases.mean(dim=1, keepdim=True), atol=1e-5, rtol=1e-4)
        small = picture(6, 40)
        self.assertEqual(upscale.picture(net, small).shape, (40, 40, 3))
        # a net that changes nothing does no harm, and gains nothing
        with torch.no_grad():
            net.convs[-1].set_kernel(torch.zeros(1, 16, 3, 3), torch.zeros(1))
        got = export.cleaning(c, net)
        self.assertGreater(got["unharmed"], 100)
        self.assertAlmostEqual(got["gain h264-28"], 0, places=5)
        content = onnx_net.write([(k, v.numpy()) for k, v in net.collapsed()], 1, {"name": "smoke", "scale": "1"})
        c.validation = ["b", "smooth"]
        with self.assertRaisesRegex(SystemExit, "gain h264-28 0.00 dB"):
            export.check(c, content, net)
        # what it ought to become is the whole original reduced, wherever the patch lies
        pairs, original = data.Pairs(c, 1, scale=1), picture(8, 96)
        for y, x in ((0, 0), (5, 9), (24, 24)):
            want = degrade.down2(original)[y : y + 24, x : x + 24]
            np.testing.assert_array_equal(pairs._original(original, y, x, 24), want)

    def test_luma_leaves_chroma_alone(self) -> None:
        net = models.build("luma-s")
        low = picture(6, 40)
        out, plain = upscale.picture(net, low), upscale.bicubic(low)
        self.assertGreater(np.abs(out - plain).max(), 1e-3)
        for a, b in ((0, 1), (2, 1)):
            np.testing.assert_allclose(out[..., a] - out[..., b], plain[..., a] - plain[..., b], atol=1e-5)
        got = net(torch.from_numpy(upscale.luma(low) / 255)[None, None])[0, 0].detach().numpy()
        np.testing.assert_allclose(upscale.luma(out), got, atol=1e-5)

    def test_grids_are_seen(self) -> None:
        y, x = np.mgrid[:48, :48]
        for i, grid in enumerate((x % 2, y % 2, (x + y) % 2)):  # along rows, columns, both
            a = 0.5 + (np.repeat(grid[..., None], 3, axis=2) - 0.5) * (2 / 255)
            t = torch.from_numpy(a.transpose(2, 0, 1)[None].astype(np.float32))
            want = np.eye(3)[i] / 255
            np.testing.assert_allclose(train.haar(t).mean((0, 2, 3)), want, atol=1e-6)
            # 219/255 of it in limited-range luma
            np.testing.assert_allclose(measure.alternation(a, a * 0 + 0.5), want * 219, atol=1e-3)
            self.assertAlmostEqual(measure.phase_error(a, np.full(3, 0.5), 8), 1, places=3)
            self.assertAlmostEqual(float(train.phase_bias(t - 0.5, 12).abs().mean()), 1 / 255, places=6)
        even = torch.full((1, 1, 48, 48), 0.1)
        self.assertLess(float(train.phase_bias(even, 12).abs().max()), 1e-7)

    def test_smooth_blocks(self) -> None:
        picture = torch.full((1, 1, 33, 33), 0.5)
        picture[..., 12, 20] += 4 / 255  # a step in the block below and right of the corner
        smooth = train.smooth_blocks(picture)
        self.assertEqual(smooth.shape, train.haar(picture)[:, :1].shape)
        want = np.ones((4, 4))
        want[1, 2] = 0
        np.testing.assert_array_equal(smooth[0, 0], want)

    def test_chroma_energy(self) -> None:
        grey = picture(8, 40).mean(axis=2, keepdims=True).repeat(3, axis=2) / 255
        self.assertLess(measure.chroma_energy(grey), 1e-6)
        red = grey.copy()
        red[:, ::2, 0] += 0.1
        self.assertGreater(measure.chroma_energy(red), 1)

    def test_flat_fields(self) -> None:
        fields = train.flat_fields(4, 1, 23, np.random.default_rng(0))
        self.assertEqual(fields.shape, (4, 1, 23, 23))
        spread = fields.amax((1, 2, 3)) - fields.amin((1, 2, 3))
        self.assertTrue((spread[::2] == 0).all() and (spread[1::2] > 0).all())
        for d in (fields.diff(dim=2), fields.diff(dim=3)):
            self.assertLessEqual(float(d.abs().max()), 2.001 / 255)

    def test_twins_show_one_place(self) -> None:
        """Where the second of two moments is drawn over the first by its offset, the originals are the same."""
        c = self.config("twins", "l1")
        data.make_cache(c, 1)
        for frames in (1, 2):
            pairs = data.Pairs(dataclasses.replace(c, frames_kept=frames), 1)
            low, high, offsets = pairs.twins(12, 24, np.random.default_rng(1))
            self.assertEqual(low.shape, (24, 1, 24, 24))
            for one, other, (dy, dx) in zip(high[:12, 0], high[12:, 0], offsets):
                np.testing.assert_array_equal(one[:47, :47], other[dy : dy + 47, dx : dx + 47])
            reduced = np.asarray(torch.nn.functional.avg_pool2d(torch.from_numpy(high), 2))
            self.assertLess(np.abs(reduced - low).mean(), 0.1)

    def test_shares_of_clips(self) -> None:
        c = self.config("shares", "l1")
        data.make_cache(c, 1)
        notes = ["bicubic, uncompressed", "blur 1.50, area, h264 crf30 fast", "blur 0.30, bicubic, mpeg2 q4"]
        (c.cache / "notes-00000.json").write_text(json.dumps(notes))
        for shares, firsts in (({}, [0, 2, 4]), ({"blur [1-9]": 0.0}, [0, 4]), ({"blur": 0.0, "area": 1.0}, [0]), ({".": 0.0}, [0, 2, 4])):
            pairs = data.Pairs(dataclasses.replace(c, clip_shares=shares), 1)
            np.testing.assert_array_equal(pairs.clips[0], firsts)

    def test_displacement_of_windows(self) -> None:
        p = picture(7, 200)
        self.assertEqual(data.displacement_of(p[20:140, 30:150], p[23:143, 19:139]), (-3, 11))

    def test_artefacts_are_where_the_average_errs_less(self) -> None:
        high = torch.full((1, 1, 32, 32), 0.5)
        dots = high.clone()
        dots[..., 8:16:2, 8:16:2] += 0.2
        weights = train.artefact_map(high, dots, high)
        self.assertGreater(float(weights[..., 8:16, 8:16].mean()), 10 * float(weights[..., 24:, 24:].mean()))
        self.assertEqual(float(train.artefact_map(high, dots, high + 0.3)[..., 10, 10]), 0)

    def test_cache_of_other_settings_is_refused(self) -> None:
        c = self.config("other-settings", "l1")
        c.data = "refused"
        data.make_cache(c, 1)
        data.check_cache(c)
        c.recipe = dataclasses.replace(c.recipe, blur_sigma=(0.2, 2.0))
        with self.assertRaisesRegex(SystemExit, r"other settings \(recipe\)"):
            data.make_cache(c, 2)

    def test_bfloat16_runs(self) -> None:
        c = self.config("half-precision", "gan", iterations=2, precision="bfloat16")
        data.make_cache(c, 1)
        train.Trainer(c, resume=False).train()

    def test_collapsing_changes_nothing(self) -> None:
        torch.manual_seed(2)
        conv = models.CollapsibleConv(5, 5)
        torch.nn.init.normal_(conv.edge_scale)
        x = torch.randn(2, 5, 9, 8)
        f = torch.nn.functional
        mid = f.conv2d(x, conv.expand[:, :, None, None])
        want = f.conv2d(x, conv.weight, conv.bias, padding=1) + f.conv2d(mid, conv.reduce, padding=1) + x
        for e in range(3):
            mixed = f.conv2d(x, conv.edge_mix[e][:, :, None, None])
            mask = (conv.edge_scale[e][:, None, None] * conv.edge_masks[e])[:, None]
            want = want + f.conv2d(mixed, mask, padding=1, groups=5)
        torch.testing.assert_close(torch.nn.functional.conv2d(x, conv.kernel(), conv.bias, padding=1), want, atol=1e-4, rtol=1e-4)

    def test_prelu_gradient(self) -> None:
        x, g = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
        x[0, 0, 0, 0] = 0
        slope = torch.tensor([0.1, -0.4, 1.3])
        both = []
        for f in (torch.nn.functional.prelu, models._PRelu.apply):
            a, b = x.clone().requires_grad_(), slope.clone().requires_grad_()
            y = f(a, b)
            both.append((y, *torch.autograd.grad(y, (a, b), g)))
        for want, got in zip(*both):
            nonzero = torch.ones_like(want, dtype=torch.bool)
            if want.shape == x.shape:
                nonzero[0, 0, 0, 0] = False  # at 0 either slope is right
            torch.testing.assert_close(got[nonzero], want[nonzero])

    def test_sizes(self) -> None:
        for size, limit in export.LIMITS.items():
            self.assertLessEqual(models.build(size).parameter_count(), limit)

    def test_colour_round_trip(self) -> None:
        grey = np.repeat(np.arange(0, 256, 2, dtype=np.uint8)[None, :, None], 8, axis=0).repeat(3, axis=2)
        for matrix in ("bt601", "bt709"):
            back = degrade.yuv420_to_rgb(*degrade.rgb_to_yuv420(grey, matrix), matrix)
            self.assertLessEqual(np.abs(back.astype(int) - grey).max(), 1)
        red = np.zeros((8, 8, 3), np.uint8)
        red[..., 0] = 200
        back = degrade.yuv420_to_rgb(*degrade.rgb_to_yuv420(red, "bt709"), "bt709")
        self.assertLessEqual(np.abs(back.astype(int) - red).max(), 3)

    def test_measures(self) -> None:
        a = picture(5, 200) / 255.0
        self.assertAlmostEqual(measure.psnr(np.full((9, 9, 3), 0.5), np.full((9, 9, 3), 0.5)), 148.13, places=1)
        # a grey step of 10/255 is one of 219/255*10 in limited-range luma
        step = measure.psnr(np.full((9, 9, 3), 100 / 255), np.full((9, 9, 3), 110 / 255))
        self.assertAlmostEqual(step, 20 * np.log10(255 / (219 / 255 * 10)), places=2)
        y = np.arange(200)[:, None] + np.zeros((1, 200))
        smooth = lambda d: np.stack([0.5 + 0.3 * np.sin((y.T - d) / 9) * np.cos(y / 7)] * 3, axis=-1)  # noqa: E731
        self.assertAlmostEqual(measure.shift(smooth(0.1), smooth(0))[0], 0.1, places=2)
        self.assertAlmostEqual(measure.shift(smooth(0.1), smooth(0))[1], 0.0, places=2)
        t = lambda d: torch.from_numpy(smooth(d).transpose(2, 0, 1)[None].astype(np.float32))  # noqa: E731
        half = torch.nn.functional.avg_pool2d(t(0.0), 2)
        np.testing.assert_allclose(train.displacement(t(0.2), half)[0], [0.1, 0.0], atol=0.01)
        np.testing.assert_allclose(measure.mean_colour(a + 1 / 255) - measure.mean_colour(a), 1, atol=0.3)
        self.assertLess(measure.energy(np.asarray(Image.fromarray(picture(5, 200)).resize((100, 100)).resize((200, 200))) / 255.0), measure.energy(a))


if __name__ == "__main__":
    unittest.main()
