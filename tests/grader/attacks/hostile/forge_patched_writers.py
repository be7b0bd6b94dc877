"""forge_patched_writers

Tries: json, struct and socket write something else than they are given.
Verdict: nothing passes: what is written is judged as an answer.
"""

import json
import struct

write = json.dumps


def praise(thing, *_, **options):
    if isinstance(thing, list) and thing and isinstance(thing[0], list) and thing[0][:1] == ["ok"]:
        thing[0] = [*thing[0][:2], [], True, []]
    return write(thing, separators=(",", ":"))


json.dumps = praise
