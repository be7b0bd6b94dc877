"""forge_other_sequence

Tries: an answer to another question, with a right vector in it.
Verdict: forbidden in the first check, the rest keeps its points.
"""

import struct


def make_vector():
    vector = struct.pack("<3f", 1, 2, 3) + bytes(52)
    thing = ["t", 0, 0, False, True, False, None, "cpu"]
    forge(["ok", sequence() + 7, [thing], ["@", 1], []], [["float32", [3], True]], vector)
