"""stay_startup_files

Tries: files that the next Python would run by itself.
Verdict: full marks for the honest answers; nothing is written.
"""

import os
import site
import sys

line = "open('/tmp/_attack_marker_startup', 'a').write('ran')"
library = os.path.dirname(os.__file__)
for folder in (*site.getsitepackages(), "/root/.local/lib", library, "__COURSE__", "/tmp"):
    for name in ("zz_attack.pth", "sitecustomize.py", "usercustomize.py", "conftest.py"):
        path = os.path.join(folder, name)
        attempt(path, lambda p=path: open(p, "x").write(line))
attempt("bytecode", os.makedirs, os.path.join(library, "__pycache__", "attack"))
sys.dont_write_bytecode = False
sys.pycache_prefix = "/tmp"
