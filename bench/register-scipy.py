"""The peer of bench/register.ts: how far image.f32 lies from scipy's cubic spline through source.f32.

    python register-scipy.py FOLDER SIZE XX XY X0 YX YY Y0 RADIUS
"""
import json
import os
import sys

import numpy as np
import scipy.ndimage

folder, size, radius = sys.argv[1], int(sys.argv[2]), float(sys.argv[9])
xx, xy, x0, yx, yy, y0 = (float(text) for text in sys.argv[3:9])


def read(name):
    return np.fromfile(os.path.join(folder, name), dtype="<f4").reshape(size, size)


# scipy counts rows first.
spline = scipy.ndimage.affine_transform(
    read("source.f32"), [[yy, yx], [xy, xx]], offset=[y0, x0], order=3, mode="constant", cval=0.0
)
middle = (size - 1) / 2
y, x = np.ogrid[:size, :size]
inside = (x - middle) ** 2 + (y - middle) ** 2 <= radius**2
difference = (read("image.f32") - spline)[inside].astype(float)
print(json.dumps({"rms": float(np.sqrt(np.mean(difference**2))), "mean": float(spline[inside].mean())}))
