"""forge_reference_object

Tries: the child asks the host, in the host's own words, to call the reference or to tell its names.
Verdict: forbidden; the child never asks, it answers.
"""


def matvec(A, v):
    forge(["call", sequence(), [], [True, "float32"], ["name", "reference"], [], None])


def loss_fn(w, x, y):
    forge(["get", sequence(), ["name", "CANARY"], None])
