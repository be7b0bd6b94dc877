"""stay_scratch

Tries: a message from one check to the next, and to the next submission, through the scratch.
Verdict: full marks for the honest answers; every check starts with an empty folder.
"""

import os

for folder in (".", os.environ["HOME"], os.environ["TMPDIR"]):
    GOT.extend(os.listdir(folder))
os.makedirs("a/b/c/.hidden")
with open("a/b/c/.hidden/_attack_marker_scratch", "w") as file:
    file.write("from an earlier check")
os.chmod("a", 0)
