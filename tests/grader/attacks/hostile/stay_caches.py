"""stay_caches

Tries: caches that a later submission would load from.
Verdict: full marks for the honest answers; nothing is written.
"""

import os
import tempfile

torch_folder = os.path.dirname(globals()["torch"].__file__)
for folder in (
    os.environ.get("TORCH_HOME", "~/.cache/torch"), os.environ.get("TRITON_CACHE_DIR", "~/.triton"),
    os.environ.get("TORCHINDUCTOR_CACHE_DIR", "/tmp/torchinductor"), "~/.cache", "~/.config",
    os.environ.get("HOME", "/tmp"), os.environ.get("TMPDIR", "/tmp"), torch_folder,
):  # fmt: skip
    place = os.path.expanduser(folder)
    attempt(f"folder {place}", os.makedirs, os.path.join(place, "_attack_marker_cache"))
    attempt(f"file {place}", open, os.path.join(place, "_attack_marker_file"), "w")
attempt("temporary", lambda: tempfile.mkdtemp(prefix="_attack_marker_"))
