"""shape_error

Means: a product in the wrong order.
Verdict: matvec raised; torch's sentence and the student's own line are shown.
"""


def matvec(A, v):
    return v @ A
