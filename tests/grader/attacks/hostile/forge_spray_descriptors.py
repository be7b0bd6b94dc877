"""forge_spray_descriptors

Tries: a forged attempt is written to every open descriptor, the channel among them.
Verdict: nothing passes; the channel's protocol is broken and the submission with it.
"""

import json
import os

line = json.dumps({"attempt": json.dumps({"score": "10", "possible": "10"})}).encode() + b"\n"
for number in range(256):
    try:
        os.write(number, line)
    except OSError:
        continue
