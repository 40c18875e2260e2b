"""The same StyleGAN2 step in PyTorch on the processor, timed: the peer of train-step.ts.

Usage: python3 train-peer.py RESOLUTION CHANNEL_BASE CHANNEL_MAX BATCH THREADS RUNS. Prints one JSON line with the best time of
the discriminator's and the generator's step (loss, gradients, Adam with beta1 = 0, average of weights), in milliseconds.
Written the way that is fastest on a processor: styles scale activations, and real and fake pass the discriminator at once.
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

RESOLUTION, BASE, MOST, BATCH, THREADS, RUNS = (int(a) for a in sys.argv[1:7])
LATENT = MOST
torch.set_num_threads(THREADS)
torch.manual_seed(0)
SQRT2 = math.sqrt(2)
SIDES = [2**k for k in range(2, int(math.log2(RESOLUTION)) + 1)]
TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0])
KERNEL = torch.outer(TAPS, TAPS) / 64


def channels(side):
    return min(MOST, BASE // side)


def weight(*shape, fan):
    return (torch.randn(*shape) / math.sqrt(fan)).requires_grad_(True)


def zeros(*shape):
    return torch.zeros(*shape, requires_grad=True)


def generator():
    p = {}
    for i in range(4):
        p[f"map{i}.w"], p[f"map{i}.b"] = weight(LATENT, LATENT, fan=LATENT), zeros(LATENT)
    p["start"] = torch.randn(1, channels(4), 4, 4).requires_grad_(True)

    def styled(name, i, o, k, noise=True):
        p[name + ".sw"], p[name + ".sb"] = weight(LATENT, i, fan=LATENT), torch.ones(i, requires_grad=True)
        p[name + ".w"], p[name + ".b"] = weight(o, i, k, k, fan=i * k * k), zeros(o)
        if noise:
            p[name + ".n"] = zeros(1)

    for side in SIDES:
        if side > 4:
            styled(f"{side}.up", channels(side // 2), channels(side), 3)
        styled(f"{side}.same", channels(side), channels(side), 3)
        styled(f"{side}.image", channels(side), 1, 1, False)
    return p


def discriminator():
    p = {"image.w": weight(channels(RESOLUTION), 1, 1, 1, fan=1), "image.b": zeros(channels(RESOLUTION))}
    for side in reversed(SIDES[1:]):
        c, d = channels(side), channels(side // 2)
        p[f"{side}.same.w"], p[f"{side}.same.b"] = weight(c, c, 3, 3, fan=9 * c), zeros(c)
        p[f"{side}.down.w"], p[f"{side}.down.b"] = weight(d, c, 3, 3, fan=9 * c), zeros(d)
        p[f"{side}.skip.w"] = weight(d, c, 1, 1, fan=c)
    c = channels(4)
    p["end.w"], p["end.b"] = weight(c, c + 1, 3, 3, fan=9 * c), zeros(c)
    p["dense.w"], p["dense.b"] = weight(16 * c, c, fan=16 * c), zeros(c)
    p["score.w"], p["score.b"] = weight(c, 1, fan=c), zeros(1)
    return p


G, D = generator(), discriminator()
AVERAGE = {name: value.detach().clone() for name, value in G.items()}
SECOND = {id(p): {n: torch.zeros_like(v) for n, v in p.items()} for p in (G, D)}


def fir(x, gain, before, after):
    c = x.shape[1]
    return F.conv2d(F.pad(x, (before, after, before, after)), (KERNEL * gain).expand(c, 1, 4, 4), groups=c)


def upsample(x):
    c = x.shape[1]
    return F.conv_transpose2d(x, (KERNEL * 4).expand(c, 1, 4, 4), stride=2, padding=1, groups=c)


def activate(x):
    return F.leaky_relu(x, 0.2) * SQRT2


def fakes():
    x = torch.randn(BATCH, LATENT)
    x = x * torch.rsqrt((x * x).mean(1, keepdim=True) + 1e-8)
    for i in range(4):
        x = activate(x @ G[f"map{i}.w"] + G[f"map{i}.b"])
    style, x, picture = x, G["start"].expand(BATCH, -1, -1, -1), None

    def layer(name, x, up):
        s, w = style @ G[name + ".sw"] + G[name + ".sb"], G[name + ".w"]
        x = x * s[:, :, None, None]
        if up:
            y = fir(F.conv_transpose2d(x, w.transpose(0, 1), stride=2), 4, 1, 1)
        else:
            y = F.conv2d(x, w, padding=1)
        y = y * torch.rsqrt((s * s) @ (w * w).sum((2, 3)).t() + 1e-8)[:, :, None, None]
        y = y + torch.randn(BATCH, 1, y.shape[2], y.shape[3]) * G[name + ".n"]
        return activate(y + G[name + ".b"][:, None, None])

    for side in SIDES:
        if side > 4:
            x = layer(f"{side}.up", x, True)
        x = layer(f"{side}.same", x, False)
        name = f"{side}.image"
        s = style @ G[name + ".sw"] + G[name + ".sb"]
        t = F.conv2d(x * s[:, :, None, None], G[name + ".w"], G[name + ".b"])
        picture = t if picture is None else upsample(picture) + t
    return picture


def score(images, sets):
    x = activate(F.conv2d(images, D["image.w"], D["image.b"]))
    for side in reversed(SIDES[1:]):
        c = x.shape[1]
        low = F.conv2d(F.pad(x, (1, 1, 1, 1)), KERNEL.expand(c, 1, 4, 4), stride=2, groups=c)
        skip = F.conv2d(low, D[f"{side}.skip.w"])
        y = activate(F.conv2d(x, D[f"{side}.same.w"], D[f"{side}.same.b"], padding=1))
        y = activate(F.conv2d(fir(y, 1, 2, 2), D[f"{side}.down.w"], D[f"{side}.down.b"], stride=2))
        x = (y + skip) * (1 / SQRT2)
    n = x.shape[0]
    y = x.reshape(sets, 4, n // sets // 4, -1)
    y = (y - y.mean(1, keepdim=True)).square().mean(1, keepdim=True).add(1e-8).sqrt().mean(3, keepdim=True)
    y = y.expand(-1, 4, -1, -1).reshape(n, 1, 1, 1).expand(n, 1, 4, 4)
    x = activate(F.conv2d(torch.cat([x, y], 1), D["end.w"], D["end.b"], padding=1)).reshape(n, -1)
    return activate(x @ D["dense.w"] + D["dense.b"]) @ D["score.w"] + D["score.b"]


def descend(parameters, loss):
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    with torch.no_grad():
        for (name, value), gradient in zip(parameters.items(), gradients):
            second = SECOND[id(parameters)][name]
            second.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
            value.addcdiv_(gradient, second.sqrt().add_(1e-8), value=-0.002)


def discriminator_step():
    real = torch.randn(BATCH, 1, RESOLUTION, RESOLUTION)
    with torch.no_grad():
        fake = fakes()
    a, b = score(torch.cat([real, fake]), 2).chunk(2)
    descend(D, F.softplus(b).mean() + F.softplus(-a).mean())


def generator_step():
    descend(G, F.softplus(-score(fakes(), 1)).mean())
    with torch.no_grad():
        for name, value in G.items():
            AVERAGE[name].lerp_(value, 0.01)


def best(step):
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return round(min(times[1:]) * 1000, 1)


d, g = best(discriminator_step), best(generator_step)
print(json.dumps(dict(torch=torch.__version__, discriminator=d, generator=g, imagesPerSecond=round(BATCH / (d + g) * 1000, 2))))
