"""steal_history

Tries: the repository's history is looked for above the course and above the working folder.
Verdict: full marks for the honest answers.
"""

import os

for start in ("__COURSE__", os.getcwd(), os.path.dirname(os.path.abspath(__file__))):
    folder = start
    while folder != "/":
        for name in (".git/HEAD", ".git/logs/HEAD", ".git/packed-refs", ".git/config"):
            attempt(name, open, os.path.join(folder, name))
        folder = os.path.dirname(folder)
