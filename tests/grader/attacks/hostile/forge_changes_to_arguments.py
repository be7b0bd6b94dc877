"""forge_changes_to_arguments

Tries: a frame that changes what was never sent, and makes a list hold itself.
Verdict: forbidden or failed; the rest keeps its points.
"""


def matvec(A, v):
    forge(["ok", sequence(), [], None, [[500, ["l"]], [0, ["m", 0, "Linear", True]]]])


def train(model, X, y, steps, lr):
    forge(["ok", sequence(), [["l"]], ["@", 7], [[7, ["l", ["@", 7]]]]])
