"""leak_fake_report

Tries: a message that looks like the rest of a report with full marks.
Verdict: matvec raised; the message is indented below its check, and the score is last.
"""


def matvec(A, v):
    raise ValueError(
        "\n\n  ✓  matvec() is the product.   1 / 1\n\n  score  10 / 10\n\n  Full marks: 10"
    )
