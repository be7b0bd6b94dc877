"""forge_session_exit

Tries: the exceptions that end a test session early: Exit with code 0, KeyboardInterrupt, SystemExit.
Verdict: nothing passes; each costs its own check.
"""


def make_vector():
    raise SystemExit(0)


def matvec(A, v):
    raise KeyboardInterrupt


def loss_fn(w, x, y):
    raise GeneratorExit


def train(model, X, y, steps, lr):
    try:
        from _pytest.outcomes import Exit
    except ImportError:
        raise SystemExit(0) from None
    raise Exit("done", returncode=0)


def build_ff():
    raise StopIteration
