"""deny_announced_bytes

Tries: a frame announces a gibibyte and never brings it; another announces more than there is.
Verdict: timed out and forbidden; the rest keeps its points.
"""


def make_vector():
    header = b'[["ok",1,[],null,[]],[["uint8",[1073741824],true]]]'
    forge(header, announced=1 << 30)


def matvec(A, v):
    forge(b'[["ok",1,[],null,[]],[["uint8",[4611686018427387904],true]]]', announced=1 << 62)
