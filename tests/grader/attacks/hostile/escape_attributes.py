"""escape_attributes

Tries: modes, owners, times and attributes of the course's files are changed.
Verdict: full marks for the honest answers; some calls say yes, and nothing has changed.
"""

import os

for path in ("__COURSE__/gradebook.yml", "__COURSE__/solutions/exercise-01/exercise.py"):
    for act, arguments in (
        (os.chmod, (path, 0o777)),
        (os.chown, (path, 0, 0)),
        (os.utime, (path, (0, 0))),
        (os.setxattr, (path, "user.attack", b"1")),
    ):
        try:
            act(*arguments)
        except OSError:
            continue
