"""stay_path_hooks

Tries: hooks of the import system, caches of paths, encodings and copy functions are replaced for
the next check.
Verdict: full marks.
"""

import codecs
import copyreg
import gc
import sys

honest_vector = globals()["make_vector"]


def hang(*_):
    while True:
        pass


def make_vector():
    sys.path_hooks.insert(0, hang)
    sys.path_importer_cache.clear()
    sys.modules["exercise"] = None
    codecs.register(lambda name: None)
    copyreg.dispatch_table[dict] = hang
    gc.callbacks.append(lambda *_: sys.modules.pop("torch.nn", None))
    return honest_vector()
