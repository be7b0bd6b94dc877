"""stay_patched_state

Tries: what looks a process over after a check is itself replaced: it says that nothing is left, or
never says anything.
Verdict: full marks: a check that cannot begin in time begins in a new process.
"""

import gc

honest_vector = globals()["make_vector"]


def hang(*_):
    while True:
        pass


def make_vector():
    for thing in gc.get_objects():
        if type(thing).__name__ == "State":
            thing.remains = hang
    return honest_vector()
