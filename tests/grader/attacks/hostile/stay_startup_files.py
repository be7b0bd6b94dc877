"""stay_startup_files

Tries: files that the next Python would run by itself.
Verdict: full marks for the honest answers; nothing is written.
"""

import os
import site
import sys

line = "open('/tmp/_attack_marker_startup', 'a').write('ran')"
for folder in (*site.getsitepackages(), site.getusersitepackages(), "__COURSE__", ".", "/tmp"):
    for name in (
        "zz_attack.pth",
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
        "pytest.ini",
    ):
        path = os.path.join(folder, name)
        attempt(path, lambda p=path: open(p, "x").write(line))
attempt(
    "bytecode", os.makedirs, os.path.join(os.path.dirname(os.__file__), "__pycache__", "attack")
)
sys.dont_write_bytecode = False
sys.pycache_prefix = "/tmp"
