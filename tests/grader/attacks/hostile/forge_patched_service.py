"""forge_patched_service

Tries: the loop that answers is found among the live objects, and tells each check that it went
well.
Verdict: nothing passes.
"""

import gc

kept = []
for thing in gc.get_objects():
    if type(thing).__name__ == "Service":
        kept.append(thing)
        thing._call = lambda sequence, *_: (["ok", sequence, [], True, []], [])
