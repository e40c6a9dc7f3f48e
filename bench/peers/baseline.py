"""The baseline of bench/eval: IS-Net's raw output at 1024 square, stretched back
with a bilinear filter; the photograph's own colours under it. See protocol.py.

    baseline.py SOURCE TARGET

Input: RGB stretched to 1024 x 1024, (x - 128) / 256, NCHW. Output: already a
probability; clipped to 0..1 and used as it is.
"""

import os
import sys
import time

import numpy as np
import onnxruntime as ort
from PIL import Image, ImageOps

import protocol

HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS = os.path.join(HERE, ".weights", "isnet-general-use.onnx")
SIDE = 1024


def main():
    ort.set_default_logger_severity(3)
    net = ort.InferenceSession(WEIGHTS, providers=["CPUExecutionProvider"])

    def cut(source, target):
        photo = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
        small = np.asarray(photo.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
        sample = np.ascontiguousarray(((small - 128) / 256).transpose(2, 0, 1)[None])
        start = time.perf_counter()
        (matte,) = net.run(["output"], {"input": sample})
        spent = (time.perf_counter() - start) * 1e3
        matte = Image.fromarray(np.clip(matte[0, 0], 0, 1)).resize(photo.size, Image.Resampling.BILINEAR)
        alpha = np.rint(np.asarray(matte) * 255).clip(0, 255).astype(np.uint8)
        photo.putalpha(Image.fromarray(alpha))
        photo.save(target, compress_level=1)
        return photo.width, photo.height, {"net": spent}

    return protocol.serve(cut)


if __name__ == "__main__":
    sys.exit(main())
