"""deny_shared_block

Tries: a frame in which 150 tensors share one block of 16 MiB, and each becomes a copy on the host.
Verdict: make_vector is refused, and the host takes no more memory than came.
"""


def make_vector():
    size = 16 << 20
    things = [["t", 0, 0, False, True, False, None, "cpu"] for _ in range(150)]
    forge(["ok", sequence(), things, None, []], [["uint8", [size], True]], bytes(size))
