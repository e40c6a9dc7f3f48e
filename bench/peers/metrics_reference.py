"""Prints the constants of internal/metrics/reference_test.go: what other people's
code says of the mattes that fixture_test.go draws with the same integers.

    ./setup.sh reference && .reference/bin/python metrics_reference.py

MAE, max F and S come from PySODMetrics. SAD, MSE, Grad, Conn and dtSSD follow the
formulas of Rhemann et al. (CVPR 2009) and Erofeev et al. (BMVC 2015) with the
constants of Robust Video Matting's evaluation, written here with OpenCV and SciPy:
full two-dimensional kernels, library labelling, library distance transform.
"""

import warnings

import cv2
import numpy as np
import py_sod_metrics
from scipy import ndimage

WIDTH, HEIGHT = 61, 47


def truth(shift=0):
    """A soft ellipse, samples 0..255."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.int64)
    level = 900 - (x - 26 - shift) ** 2 - 2 * (y - 20) ** 2
    return np.minimum(np.maximum(level, 0) * 255 // 500, 255)


def matte(shift=0, seed=7):
    """The ellipse in the wrong place, a blob apart from it, and noise."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.int64)
    level = 900 - (x - 29 - shift) ** 2 - 2 * (y - 21) ** 2
    body = np.minimum(np.maximum(level, 0) * 255 // 500, 255)
    blob = np.maximum(150 - 4 * ((x - 54) ** 2 + (y - 40) ** 2), 0)
    noise = np.zeros(WIDTH * HEIGHT, np.int64)
    state = seed
    for i in range(noise.size):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        noise[i] = (state >> 16) % 41 - 20
    return np.clip(np.maximum(body, blob) + noise.reshape(HEIGHT, WIDTH), 0, 255)


def grad(got, want, sigma=1.4, cut=1e-2):
    half = int(np.ceil(sigma * np.sqrt(-2 * np.log(np.sqrt(2 * np.pi) * sigma * cut))))
    t = np.arange(-half, half + 1)
    gauss = np.exp(-(t**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    kernel = np.outer(gauss, -t * gauss / sigma**2)
    kernel /= np.sqrt((kernel**2).sum())

    def magnitude(alpha):
        dx = cv2.filter2D(alpha, cv2.CV_64F, kernel, borderType=cv2.BORDER_REPLICATE)
        dy = cv2.filter2D(alpha, cv2.CV_64F, kernel.T, borderType=cv2.BORDER_REPLICATE)
        return np.hypot(dx, dy)

    return ((magnitude(got) - magnitude(want)) ** 2).sum() / 1000


def conn(got, want):
    level = np.full(want.shape, -1.0)
    for step in range(1, 11):
        shared = (want >= np.float32(step) / 10) & (got >= np.float32(step) / 10)
        labels, count = ndimage.label(shared)  # the default structure is 4-connected
        source = np.zeros_like(shared)
        if count:
            source = labels == 1 + np.argmax(ndimage.sum_labels(shared, labels, range(1, count + 1)))
        level[(level < 0) & ~source] = (step - 1) / 10
    level[level < 0] = 1
    phi = lambda alpha: 1 - (alpha - level) * (alpha - level >= 0.15)
    return np.abs(phi(got) - phi(want)).sum() / 1000


def band(got, want, radius=5):
    inside = want > 0.5
    distance = ndimage.distance_transform_edt(inside) + ndimage.distance_transform_edt(~inside)
    return np.abs(got - want)[distance <= radius].mean()


def saliency(got, want):
    """MAE, max F and S of PySODMetrics, without its stretch of the prediction. Its
    quantiser floors, so each level is lifted by less than a level."""
    warnings.simplefilter("ignore")
    truth_mask = want > 0.5
    f, s = py_sod_metrics.Fmeasure(), py_sod_metrics.Smeasure()
    lifted = np.minimum(got.astype(np.float64) + 1e-6, 1)
    f.step(lifted, truth_mask, normalize=False)
    s.step(got.astype(np.float64), truth_mask, normalize=False)
    return f.get_results()["fm"]["curve"].max(), s.get_results()["sm"]


def foreground_error(alpha):
    """Colours that the test makes with the same integers."""
    i = np.arange(WIDTH * HEIGHT * 3)
    got, want = (i * 7) % 251, (i * 11 + 40) % 241
    difference = np.abs(got - want).reshape(-1, 3).mean(axis=1)
    flat = alpha.reshape(-1)
    soft = (flat > 0.05) & (flat < 0.95)
    return (difference * flat)[soft].mean()


def auc():
    """Over all pairs, ties half."""
    score = np.array([(i * 37) % 19 for i in range(40)]) / 19
    success = np.array([(i * 13) % 10 + (i * 37) % 19 / 6 > 5 for i in range(40)])
    higher = score[success][:, None] - score[~success][None, :]
    return ((higher > 0) + (higher == 0) / 2).mean()


def main():
    got, want = (matte() / 255).astype(np.float32), (truth() / 255).astype(np.float32)
    g, w = got.astype(np.float64), want.astype(np.float64)
    then_got, then_want = g, w
    now_got, now_want = matte(2, 11) / 255, truth(1) / 255
    f, s = saliency(got, want)
    inside, found = w > 0.5, g > 0.5
    rows = {
        "SAD": np.abs(g - w).sum() / 1000,
        "MSE": ((g - w) ** 2).mean(),
        "MAE": np.abs(g - w).mean(),
        "Grad": grad(g, w),
        "Conn": conn(got, want),
        "Band": band(g, w),
        "IoU": (inside & found).sum() / (inside | found).sum(),
        "MaxF": f,
        "S": s,
        "DTSSD": 100 * np.sqrt((((now_got - then_got) - (now_want - then_want)) ** 2).mean()),
        "ForegroundError": foreground_error(w),
        "AUC": auc(),
    }
    for name, value in rows.items():
        print(f"{name:16} {value:.9f}")


if __name__ == "__main__":
    main()
