"""PyTorch's and Python's errors in a beginner's words.

Tables of rows: the type of an exception, a pattern of its message, an id, and a sentence that says
what happened and what usually helps. The sentence stands above the original, which stays as it is.
The first row that fits is taken, so a narrower one stands before a wider one. Each row is held by a
test that raises its error for real: a torch that words it in another way is noticed.
"""

from grader.records import TRANSLATED, Diagnosis
from grader.translate import layers, python, pytorch

ROWS = (*pytorch.ROWS, *layers.ROWS, *python.ROWS)

# What is looked at of a message: enough for torch's sentence, not for what it lists after it.
_MAX_TEXT = 2000


def explain(name: str, text: str) -> Diagnosis | None:
    """Put an exception into a beginner's words.

    Args:
        name: its type, without module.
        text: its message.

    Returns:
        its id, after "torch:", and the sentence; None where the table does not know it.
    """
    for row in ROWS:
        sentence = row.read(name, text[:_MAX_TEXT])
        if sentence is not None:
            return Diagnosis(f"{TRANSLATED}{row.id}", sentence)
    return None
