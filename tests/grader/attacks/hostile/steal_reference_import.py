"""steal_reference_import

Tries: the reference is imported by its usual names, from every folder where it might lie.
Verdict: nothing passes.
"""

import importlib
import sys

root = "__COURSE__"
for folder in ("", "/solutions", "/solutions/exercise-01", "/tests/exercise-01"):
    sys.path.insert(0, root + folder)
mine = sys.modules.pop("exercise", None)
sys.meta_path[:] = sys.meta_path[1:]
for name in ("exercise", "reference", "solution", "solutions", "answers", "test_exercise"):
    try:
        module = importlib.import_module(name)
    except BaseException:
        continue
    for word in ("make_vector", "matvec", "loss_fn", "train", "build_ff"):
        if hasattr(module, word):
            globals()[word] = getattr(module, word)
sys.modules["exercise"] = mine
