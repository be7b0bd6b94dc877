"""forge_patched_codec

Tries: the grader's own codec, as it lies in this process, sends the arguments back as answers.
Verdict: nothing passes.
"""

import sys

codec = sys.modules["grader.sandbox.wire.values"].Table
describe = codec.node


def node(self, value):
    return ["@", 0] if self._announced else describe(self, value)


codec.node = node
