"""The peers of bench/eval.ts: prints the milliseconds of one job, or its name.

    python eval-peer.py check JOB
    python eval-peer.py JOB THREADS NUMBERS...

The SWD is written from the definition in section 5 of arXiv 1710.10196 with the tools that its authors used (numpy,
scipy.ndimage); no code of theirs is here.
"""
import sys
import time


def features(threads, pictures, batch):
    import torch
    import torchvision

    torch.set_num_threads(threads)
    network = torchvision.models.inception_v3(
        num_classes=1008, aux_logits=False, transform_input=False, init_weights=False
    )
    network.fc = torch.nn.Identity()
    network.eval()
    images = torch.rand(batch, 3, 299, 299) * 2 - 1
    with torch.inference_mode():
        network(images)
        started = time.perf_counter()
        for _ in range(0, pictures, batch):
            network(images)
        return time.perf_counter() - started


def frechet(threads, rows, dimension):
    import numpy as np
    import scipy.linalg

    random = np.random.default_rng(2)
    a, b = (np.cov(random.standard_normal((rows, dimension)), rowvar=False) for _ in range(2))
    started = time.perf_counter()
    root = scipy.linalg.sqrtm(a.dot(b))
    np.trace(a) + np.trace(b) - 2 * np.trace(root).real
    return time.perf_counter() - started


def swd(threads, count, size):
    import numpy as np
    from scipy import ndimage

    random = np.random.default_rng(3)
    taps = np.float32([1, 4, 6, 4, 1]) / 16
    kernel = np.outer(taps, taps)[None, None]

    def down(images):
        return ndimage.convolve(images, kernel, mode="mirror")[:, :, ::2, ::2]

    def up(images):
        full = np.zeros((*images.shape[:2], 2 * images.shape[2], 2 * images.shape[3]), images.dtype)
        full[:, :, ::2, ::2] = images
        return ndimage.convolve(full, kernel * 4, mode="mirror")

    def pyramid(images, levels):
        result = [np.float32(images)]
        for _ in range(1, levels):
            result.append(down(result[-1]))
            result[-2] = result[-2] - up(result[-1])
        return result

    def describe(images):
        n = images.shape[0] * 128
        patch, dx, dy = np.ogrid[0:n, -3:4, -3:4]
        x = dx + random.integers(3, images.shape[3] - 3, size=(n, 1, 1))
        y = dy + random.integers(3, images.shape[2] - 3, size=(n, 1, 1))
        return images[patch // 128, 0, y, x].reshape(n, -1)

    def normalise(rows):
        return (rows - rows.mean()) / rows.std()

    sets = [random.random((count, 1, size, size), dtype=np.float32) * 255 for _ in range(2)]
    levels = int(np.log2(size)) - 3
    started = time.perf_counter()
    described = []
    for images in sets:
        parts = [[] for _ in range(levels)]
        for begin in range(0, count, 64):
            for level, plane in enumerate(pyramid(images[begin : begin + 64], levels)):
                parts[level].append(describe(plane))
        described.append([normalise(np.concatenate(part)) for part in parts])
    for a, b in zip(*described):
        distances = []
        for _ in range(4):
            directions = random.standard_normal((a.shape[1], 128))
            directions = np.float32(directions / np.sqrt((directions**2).sum(axis=0, keepdims=True)))
            projected = [np.sort(rows @ directions, axis=0) for rows in (a, b)]
            distances.append(np.abs(projected[0] - projected[1]).mean())
        np.mean(distances)
    return time.perf_counter() - started


def name_of(job):
    if job == "features":
        import torch
        import torchvision  # noqa: F401

        return f"PyTorch {torch.__version__}"
    import numpy as np
    import scipy

    return f"numpy {np.__version__}, scipy {scipy.__version__}"


if sys.argv[1] == "check":
    print(name_of(sys.argv[2]))
else:
    work = {"features": features, "frechet": frechet, "swd": swd}[sys.argv[1]]
    print(1000 * work(*map(int, sys.argv[2:])))
