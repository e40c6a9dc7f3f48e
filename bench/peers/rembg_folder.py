"""rembg over a folder, as its users run it in one process: one session, remove()
per picture, PIL's PNG. See protocol.py.

    rembg_folder.py plain|decontaminate|matting SOURCE TARGET

plain is rembg's default, decontaminate its newer foreground-colour option,
matting its closed-form alpha matting at its default thresholds.
"""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["U2NET_HOME"] = os.path.join(HERE, ".weights")
os.environ["MODEL_CHECKSUM_DISABLED"] = "1"
# numba compiles pymatting's loops once per machine, not once per process.
os.environ.setdefault("NUMBA_CACHE_DIR", os.path.join(HERE, ".weights", "numba"))

from PIL import Image  # noqa: E402
from rembg import new_session, remove  # noqa: E402

import protocol  # noqa: E402

OPTIONS = {
    "plain": {},
    "decontaminate": {"decontaminate": True},
    "matting": {"alpha_matting": True},
}


def timed(session):
    """Counts the milliseconds that the session spends in the net."""
    spent = {"net": 0.0}
    run = session.inner_session.run

    def measured(*args, **kwargs):
        start = time.perf_counter()
        try:
            return run(*args, **kwargs)
        finally:
            spent["net"] += (time.perf_counter() - start) * 1e3

    session.inner_session.run = measured
    return spent


def main():
    options = OPTIONS[sys.argv[1]]
    session = new_session("isnet-general-use")
    spent = timed(session)

    def cut(source, target):
        spent["net"] = 0.0
        result = remove(Image.open(source), session=session, **options)
        result.save(target)
        return result.width, result.height, {"net": spent["net"]}

    return protocol.serve(cut)


if __name__ == "__main__":
    sys.exit(main())
