"""forge_patched_expect

Tries: the grader's own expectations and session are imported and replaced.
Verdict: nothing passes; whatever the child can import, it is not what judges.
"""

import importlib

for name in ("grader.expect", "grader.expect.values", "grader.session", "grader.scoring"):
    try:
        module = importlib.import_module(name)
    except Exception:  # noqa: S112
        continue
    for word in ("close", "equal", "same", "gradients", "history", "module", "earned", "score"):
        setattr(module, word, lambda *_, **__: None)
