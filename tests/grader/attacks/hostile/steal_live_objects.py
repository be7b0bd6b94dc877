"""steal_live_objects

Tries: every object that the collector knows is searched for secrets, frozen ones included.
Verdict: nothing is told.
"""

import gc


def matvec(A, v):
    gc.unfreeze()
    mark = "CANA" + "RY-"
    for thing in gc.get_objects():
        if type(thing) is dict:
            for value in list(thing.values()):
                if type(value) is str and mark in value and len(value) < 10_000:
                    raise RuntimeError("STOLEN " + value[value.index(mark) :][:40])
    return A @ v
