"""deny_headers

Tries: headers that are no JSON, too deep, too long, too many, or of objects.
Verdict: forbidden; each costs its own check.
"""


def make_vector():
    forge(b"[" * 1_000_000)


def matvec(A, v):
    forge(b'[["ok",1,[' + b"[]," * 2_000_000 + b"0],null,[]],[]]")


def loss_fn(w, x, y):
    forge(b'[["ok",1,[{"a":1}],null,[]],[]]')


def train(*_):
    forge(b"\xff\xfe" * 1000)


def build_ff():
    forge(b'[["ok",1,[],' + b"9" * 1_000_000 + b",[]],[]]")
