"""The networks: the upscaler (S and M), its collapsible convolutions, and the discriminator.

The upscaler is plain: 3x3 convolutions with PReLU between them, a pixel shuffle, and the
result is added to a bilinear upscale of the input. It therefore predicts the *residual on
top of the plain upscale*.

While training, every 3x3 convolution is the sum of several linear branches (an
"edge-oriented convolution block": Zhang, Zeng, Zhang, "Edge-oriented Convolution Block for
Real-time Super Resolution on Mobile Devices", ACM MM 2021). All branches are linear, so
their sum is one 3x3 kernel. We do not run the branches on pictures: the kernel is summed
up from the branches in every iteration, which costs next to nothing, and the picture is
convolved once. What is exported is the summed kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F


@dataclass(frozen=True)
class Shape:
    """Size of an upscaler. `channels` per layer, `layers` 3x3 convolutions in all; `colours` is
    3 for RGB, 1 for luma alone (the chroma of the picture is then enlarged by bicubic). `scale` 1
    restores a picture at its own size."""

    channels: int
    layers: int
    scale: int = 2
    colours: int = 3


SHAPES = {
    # parameters of the collapsed net: S 18,556, M 74,968
    "s": Shape(channels=16, layers=9),
    "m": Shape(channels=28, layers=12),
    # the luma family: 19,444 and 75,748; 16 and 32 channels fill the matrix units of GPUs
    "luma-s": Shape(channels=16, layers=10, colours=1),
    "luma-m": Shape(channels=32, layers=10, colours=1),
    # cleans a compressed picture at its own size: 19,009
    "luma-s1": Shape(channels=16, layers=10, colours=1, scale=1),
}


def _edge_masks() -> torch.Tensor:
    """Sobel x, Sobel y, Laplacian: [3, 3, 3] (mask, row, column)."""
    sobel_x = [[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]
    sobel_y = [[1.0, 2.0, 1.0], [0.0, 0.0, 0.0], [-1.0, -2.0, -1.0]]
    laplace = [[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]
    return torch.tensor([sobel_x, sobel_y, laplace])


class _PRelu(torch.autograd.Function):
    """F.prelu, with a backward pass of operations that PyTorch 1.13 vectorises on the CPU (its
    own, and anything with a mask, is several times slower: it took a quarter of an iteration)."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, slope: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, slope)
        return F.prelu(x, slope)

    @staticmethod
    def backward(ctx, g: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x, slope = ctx.saved_tensors
        negative = x.clamp(max=0)
        slope_grad = (g * negative).sum((0, 2, 3))
        is_negative = negative.mul_(-1e30).clamp_(max=1)  # 1 where x < 0, else 0
        return is_negative.mul_(g).mul_((slope - 1).view(1, -1, 1, 1)).add_(g), slope_grad


class CollapsibleConv(nn.Module):
    """A 3x3 convolution trained as a sum of branches, run as one kernel.

    Branches: a free 3x3 kernel; a 1x1 expansion followed by a 3x3 reduction; 1x1 mixings
    behind three fixed edge masks; the identity where the channel counts agree. Padding is
    zero, one pixel, so the size stays.
    """

    def __init__(self, cin: int, cout: int, expand: int = 2, gain: float = 1.0):
        super().__init__()
        mid = expand * max(cin, cout)
        self.identity = cin == cout
        self.weight = nn.Parameter(torch.empty(cout, cin, 3, 3))
        self.bias = nn.Parameter(torch.zeros(cout))
        self.reduce = nn.Parameter(torch.empty(cout, mid, 3, 3))
        self.expand = nn.Parameter(torch.empty(mid, cin))
        self.edge_mix = nn.Parameter(torch.empty(3, cout, cin))
        self.edge_scale = nn.Parameter(torch.zeros(3, cout))
        self.register_buffer("edge_masks", _edge_masks(), persistent=False)
        # The sum of the branches starts at about the variance a single PReLU layer wants.
        nn.init.kaiming_normal_(self.weight, a=0.1)
        nn.init.kaiming_normal_(self.reduce, a=0.1)
        nn.init.orthogonal_(self.expand)
        nn.init.kaiming_uniform_(self.edge_mix.view(3 * cout, cin), a=1.0)
        nn.init.normal_(self.edge_scale, std=1e-2)
        with torch.no_grad():
            share = gain * (0.5 if self.identity else 0.7)
            self.weight.mul_(share)
            self.reduce.mul_(share)

    def kernel(self) -> torch.Tensor:
        """The collapsed kernel, [cout, cin, 3, 3]."""
        cout, cin = self.weight.shape[:2]
        k = self.weight + torch.einsum("omhw,mi->oihw", self.reduce, self.expand)
        k = k + torch.einsum("eo,eoi,ehw->oihw", self.edge_scale, self.edge_mix, self.edge_masks)
        if self.identity:
            eye = torch.zeros_like(k)
            i = torch.arange(cin)
            eye[i, i, 1, 1] = 1.0
            k = k + eye
        return k

    @torch.no_grad()
    def set_kernel(self, kernel: torch.Tensor, bias: torch.Tensor) -> None:
        """Make the collapsed kernel equal `kernel`, leaving the other branches as they are."""
        self.weight.add_(kernel - self.kernel())
        self.bias.copy_(bias)


class Upscaler(nn.Module):
    """RGB or luma in [0,1] (not clamped on the way out), NCHW: [n,c,h,w] to [n,c,s h,s w], s the scale."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        c, last = shape.channels, shape.colours * shape.scale**2
        widths = [shape.colours] + [c] * (shape.layers - 1) + [last]
        self.convs = nn.ModuleList(
            CollapsibleConv(a, b, gain=0.1 if i == shape.layers - 1 else 1.0)
            for i, (a, b) in enumerate(zip(widths[:-1], widths[1:]))
        )
        self.acts = nn.ModuleList(nn.PReLU(c, init=0.1) for _ in range(shape.layers - 1))

        self.precision = torch.float32  # of the convolutions; sums and skip stay float32
        # Where set, all is computed with weights on the way to those of another net of the shape, collapsed: (they, how far, 0 to 1).
        self.toward: tuple[dict[str, torch.Tensor], float] | None = None

    def residual(self, x: torch.Tensor) -> torch.Tensor:
        x = x.to(self.precision, memory_format=torch.channels_last)
        for i, conv in enumerate(self.convs):
            # Kernels are summed up in float32 whatever the picture is computed in.
            weight, bias = (self._on_the_way(f"conv{i}.{part}", own).to(x.dtype) for part, own in (("weight", conv.kernel()), ("bias", conv.bias)))
            x = F.conv2d(x, weight, bias, padding=1)
            if i < len(self.acts):
                x = _PRelu.apply(x, self._on_the_way(f"act{i}.slope", self.acts[i].weight).to(x.dtype))
        return F.pixel_shuffle(x.float(), self.shape.scale)

    def _on_the_way(self, name: str, own: torch.Tensor) -> torch.Tensor:
        if self.toward is None:
            return own
        others, share = self.toward
        return torch.lerp(own, others[name].view_as(own), share)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scale = self.shape.scale
        skip = x if scale == 1 else F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
        return skip + self.residual(x)

    def collapsed(self) -> list[tuple[str, torch.Tensor]]:
        """The tensors of the exported net, in order, named as in the ONNX file."""
        out: list[tuple[str, torch.Tensor]] = []
        with torch.no_grad():
            for i, conv in enumerate(self.convs):
                out.append((f"conv{i}.weight", conv.kernel().detach().float().clone()))
                out.append((f"conv{i}.bias", conv.bias.detach().float().clone()))
                if i < len(self.acts):
                    slope = self.acts[i].weight.detach().float().clone()
                    out.append((f"act{i}.slope", slope.view(-1, 1, 1)))
        return out

    def load_collapsed(self, tensors: dict[str, torch.Tensor]) -> None:
        """Take over the tensors of a collapsed net, as `collapsed` gives them."""
        for i, conv in enumerate(self.convs):
            conv.set_kernel(tensors[f"conv{i}.weight"], tensors[f"conv{i}.bias"])
            if i < len(self.acts):
                with torch.no_grad():
                    self.acts[i].weight.copy_(tensors[f"act{i}.slope"].flatten())

    def load_reduced(self, tensors: dict[str, torch.Tensor]) -> None:
        """Begin at scale 1 as an upscaler of otherwise the same shape, collapsed: with the mean of its phases, which is
        about what it would enlarge. From nothing, a net that is to clean learns to leave everything as it is."""
        last = f"conv{len(self.convs) - 1}"
        mean = {f"{last}.{part}": tensors[f"{last}.{part}"].mean(dim=0, keepdim=True) for part in ("weight", "bias")}
        self.load_collapsed({**tensors, **mean})

    def parameter_count(self) -> int:
        """Parameters of the collapsed net (what the ONNX file holds)."""
        return sum(t.numel() for _, t in self.collapsed())


def build(size: str) -> Upscaler:
    """A fresh upscaler of one of the SHAPES."""
    return Upscaler(SHAPES[size])


class PatchDiscriminator(nn.Module):
    """Tells originals from outputs, patch by patch: [n,c,h,w] in [0,1] to [n,1,h/4,w/4].

    The picture is first folded into half the size and four times the channels (nothing is
    lost, and a checkerboard left by the pixel shuffle lies in plain sight), then strided
    convolutions with LeakyReLU (Isola et al., "Image-to-Image Translation with Conditional
    Adversarial Networks", CVPR 2017), spectral normalisation on every layer (Miyato et al.,
    ICLR 2018). A logit sees 26x26 pixels: texture, not content.
    """

    def __init__(self, channels: int = 48, colours: int = 3):
        super().__init__()
        c, sn = channels, nn.utils.spectral_norm
        self.layers = nn.ModuleList(
            [
                sn(nn.Conv2d(4 * colours, c, 3, padding=1)),
                sn(nn.Conv2d(c, 2 * c, 4, stride=2, padding=1)),
                sn(nn.Conv2d(2 * c, 2 * c, 3, padding=1)),
                sn(nn.Conv2d(2 * c, 1, 3, padding=1)),
            ]
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.pixel_unshuffle(2 * x - 1, 2).contiguous(memory_format=torch.channels_last)
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), 0.2)
        return self.layers[-1](x)
