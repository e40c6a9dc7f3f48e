"""The protocol of a peer: a folder of pictures in, a folder of RGBA PNGs out,
one JSON object a line on standard output, as `mattebox remove --json` writes:

    {"file": in, "output": out, "width": w, "height": h,
     "milliseconds": {"total": file to file, "net": the part that we can tell}}
    {"file": in, "error": message}

The pictures are taken in the order of their names, one at a time.
"""

import json
import os
import sys
import time

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def pictures(folder):
    return sorted(name for name in os.listdir(folder) if name.lower().endswith(SUFFIXES))


def report(**fields):
    print(json.dumps(fields), flush=True)


def serve(cut):
    """cut(source path, target path) -> (width, height, milliseconds by part)."""
    source_folder, target_folder = sys.argv[-2:]
    os.makedirs(target_folder, exist_ok=True)
    failed = False
    for name in pictures(source_folder):
        source = os.path.join(source_folder, name)
        target = os.path.join(target_folder, os.path.splitext(name)[0] + ".png")
        start = time.perf_counter()
        try:
            width, height, parts = cut(source, target)
        except Exception as fault:  # a peer's failure is a result, not ours
            report(file=source, error=f"{type(fault).__name__}: {fault}")
            failed = True
            continue
        parts["total"] = (time.perf_counter() - start) * 1e3
        report(file=source, output=target, width=width, height=height, milliseconds=parts)
    return 1 if failed else 0
