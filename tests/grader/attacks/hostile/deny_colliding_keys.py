"""deny_colliding_keys

Tries: a frame with a dict whose keys all have the same hash: filling it takes n * n steps.
Verdict: train is refused in less time than that.
"""


def train(*_):
    pairs = ",".join(f"[{number * (2**61 - 1)},0]" for number in range(40_000))
    forge(f'[["ok",{sequence()},[["d",{pairs}]],null,[]],[]]'.encode())
