"""stay_caches

Tries: caches that a later submission would load from, of whoever runs the grader and of the system.
Verdict: full marks for the honest answers; nothing is written.
"""

import os

library = os.path.dirname(globals()["torch"].__file__)
for folder in (
    "/root/.cache/torch", "/root/.triton", "/root/.cache", "/root/.config", "/tmp/torchinductor",
    "/tmp/torchinductor_root", "/var/cache", library, os.path.join(library, "__pycache__"),
):  # fmt: skip
    attempt(f"folder {folder}", os.makedirs, os.path.join(folder, "_attack_marker_cache"))
    attempt(f"file {folder}", open, os.path.join(folder, "_attack_marker_file"), "w")
