"""How many pictures a second a net allows, with nothing around it.

    net_rate.py NET PICTURES

Runs the net on noise, PICTURES times in each of two arrangements, and prints
pictures per second as one JSON object: one session with a thread for every core,
and for every core a session with one thread.
"""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime as ort


def session(path, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def rate(sessions, pictures):
    """Each session takes its share of the pictures in a thread of its own."""
    described = sessions[0].get_inputs()[0]
    shape = [side if isinstance(side, int) else fixed for side, fixed in zip(described.shape, (1, 3, 1024, 1024))]
    noise = np.random.default_rng(1).random(shape, np.float32) - 0.5
    output = [sessions[0].get_outputs()[0].name]

    def work(net):
        for _ in range(max(pictures // len(sessions), 1)):
            net.run(output, {described.name: noise})

    for net in sessions:
        net.run(output, {described.name: noise})
    with ThreadPoolExecutor(len(sessions)) as pool:
        start = time.perf_counter()
        list(pool.map(work, sessions))
        spent = time.perf_counter() - start
    return max(pictures // len(sessions), 1) * len(sessions) / spent


def main():
    ort.set_default_logger_severity(3)
    path, pictures = sys.argv[1], int(sys.argv[2])
    cores = len(os.sched_getaffinity(0))
    wide = rate([session(path, cores)], pictures)
    many = rate([session(path, 1) for _ in range(cores)], pictures)
    print(json.dumps({"one session": wide, "a session a core": many}))


if __name__ == "__main__":
    main()
