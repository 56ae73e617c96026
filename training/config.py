"""One TOML file per run: everything that decides its outcome, with defaults below."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from degrade import Recipe

HERE = Path(__file__).resolve().parent
STAGES = ("l1", "perceptual", "gan")


@dataclass
class Config:
    name: str = ""
    # what
    size: str = "s"  # s | m | luma-s | luma-m
    stage: str = "l1"  # l1 | perceptual | gan
    init: str = ""  # name of the run whose weights this one starts from ("" = fresh)
    seed: int = 1
    # data
    photos: list[str] = field(default_factory=lambda: ["../../shared/data/photos"])  # from training/
    validation: list[str] = field(default_factory=list)  # file names without extension, never trained on
    data: str = "video"  # name of the cache folder
    data_seed: int = 7
    clean: bool = False  # bicubic down only, for comparison with the literature
    crop: int = 384  # side of the original's crop in the cache, pixels
    clips_per_shard: int = 40
    frames_kept: int = 2  # frames of each clip that become pairs
    shards: int = 40
    drawn_share: float = 0.12  # share of drawn pages (text, lines)
    reduce_share: float = 0.5  # share of photographs reduced first
    reduce_min: float = 0.5
    min_detail: float = 1.5  # of 255; windows flatter than this are drawn again
    recipe: Recipe = field(default_factory=Recipe)
    # Regular expressions found in what was done to a clip, and the share of such clips that is trained on: a cache
    # that many runs read holds more of some kinds than each wants.
    clip_shares: dict[str, float] = field(default_factory=dict)
    # optimisation
    iterations: int = 30000
    batch: int = 16
    patch: int = 48  # side of the small patch, pixels
    lr: float = 2e-3
    lr_end: float = 1e-5
    warmup: int = 200  # iterations
    ema: float = 0.999
    clip_norm: float = 0.0  # 0 = no limit
    precision: str = "auto"  # of convolutions while training: bfloat16 | float32 | auto
    threads: int = 1
    # In this share of the iterations the net stands at a random place on the way to the weights of another run, which stay as they
    # are, and learns from that run's pairs as often as it stands near it: what lies between two ends of a dial must be good too.
    toward: str = ""  # the configuration of that run, beside this one
    toward_share: float = 0.5
    # losses (weights)
    pixel_weight: float = 1.0
    colour_weight: float = 0.0  # on the mean colour of quarter patches, against the input's
    shift_weight: float = 0.0  # on the displacement against the input
    checker_weight: float = 0.0  # on alternating neighbours beyond the original's
    haar_weight: float = 0.0  # on alternation along rows, columns and diagonals beyond the original's
    smooth_weight: float = 0.0  # on that alternation in smooth places of the original alone
    phase_weight: float = 0.0  # on a mean error that differs between the 2x2 phases of the output
    flat_weight: float = 0.0  # on what flat fields and slow gradients come out as
    temporal_weight: float = 0.0  # on an error that differs between two moments of one place
    temporal_places: int = 2  # of each batch, pairs of patches for it
    artefact_weight: float = 0.0  # on errors where the averaged net errs less (gan stage)
    feature_weight: float = 0.0
    feature_file: str = "../../shared/data/features/vgg_normalised_conv3_1.pth"  # from training/
    feature_layers: dict[str, float] = field(default_factory=dict)  # layer -> weight
    gan_weight: float = 0.0
    gan_lr: float = 2e-4
    gan_channels: int = 48
    # Weights of other runs mixed into what ships of this one, run -> share of the whole (network interpolation:
    # Wang et al., "ESRGAN", ECCV 2018 workshops).
    mix: dict[str, float] = field(default_factory=dict)
    gan_start: int = 0  # iterations the discriminator learns alone
    # book-keeping
    interval: int = 500  # iterations between log lines, validation and checkpoints
    validation_side: int = 320  # pixels of the original
    validation_kinds: list[str] = field(default_factory=lambda: ["h264-24", "h264-30"])
    # filled in by load_config
    path: Path = field(default=Path(), repr=False)
    photo_folders: list[Path] = field(default_factory=list, repr=False)

    @property
    def cache(self) -> Path:
        return HERE / "cache" / self.data

    @property
    def cache_settings(self) -> dict:
        """What decides the content of a shard, apart from the pictures' own pixels."""
        keys = ["validation", "data_seed", "clean", "crop", "clips_per_shard", "frames_kept"]
        keys += ["drawn_share", "reduce_share", "reduce_min", "min_detail"]
        recipe = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self.recipe).items()}
        return {k: getattr(self, k) for k in keys} | {"recipe": recipe}

    @property
    def run(self) -> Path:
        return HERE / "runs" / self.name


def load_config(path: Path, photos: list[Path] | None = None) -> Config:
    """Read a run's configuration. A file may name another as `base`, whose values it
    then changes. Unknown keys are an error."""
    raw = _read(path)
    known = {f.name for f in fields(Config)} - {"path", "photo_folders"}
    unknown = set(raw) - known
    if unknown:
        raise SystemExit(f"{path}: unknown settings {', '.join(sorted(unknown))}")
    recipe = raw.pop("recipe", {})
    for key in ("crf", "mpeg2_q", "blur_sigma", "noise_sigma", "down_shares"):
        if key in recipe:
            recipe[key] = tuple(recipe[key])
    config = Config(**raw, recipe=Recipe(**recipe))
    config.path = path
    config.name = config.name or path.stem
    if config.stage not in STAGES:
        raise SystemExit(f"{path}: stage must be one of {', '.join(STAGES)}, not {config.stage!r}")
    config.photo_folders = photos or [HERE / p for p in config.photos]
    return config


def _read(path: Path) -> dict:
    raw = tomllib.loads(path.read_text())
    base = raw.pop("base", None)
    if base:
        merged = _read(path.parent / base)
        merged.pop("name", None)
        merged.update(raw)
        return merged
    return raw
