"""leak_foreign_frames

Tries: code under other file names, so that a traceback would quote other people's files.
Verdict: matvec raised; only the submission's own lines are quoted, and of other files nothing.
"""

CODE = compile(
    "def fail():\n    raise ValueError('far away')\n", "__COURSE__/gradebook.yml", "exec"
)
exec(CODE)


def matvec(A, v):
    globals()["fail"]()
