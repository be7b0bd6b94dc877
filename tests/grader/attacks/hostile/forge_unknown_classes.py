"""forge_unknown_classes

Tries: a frame that names classes beyond torch.nn, and things that do not exist.
Verdict: forbidden.
"""


def build_ff():
    forge(["ok", sequence(), [["m", 0, "os.system", True, [], [], [], [], True]], ["@", 1], []])


def matvec(A, v):
    forge(["ok", sequence(), [["O", "__class__", [], []]], ["@", 3], []])


def make_vector():
    forge(["ok", sequence(), [], ["@", 1 << 70], []])
