"""deny_frames

Tries: an exception that comes through thousands of frames whose lines are long and whose names are
strange.
Verdict: each check raised, and the report stays short.
"""

exec("def " + "n" * 100_000 + "(depth): return depth and " + "n" * 100_000 + "(depth - 1) or 1 / 0")
deep = next(value for name, value in list(globals().items()) if name.startswith("nnnn"))


def matvec(A, v):
    return deep(500)


def loss_fn(w, x, y):
    exec(compile("\n" * 1_000_000 + "1 / 0", "exercise.py", "exec"))
