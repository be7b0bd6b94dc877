"""forge_module_with_hooks

Tries: a frame that describes an nn.Linear with a forward, hooks and a class of its own.
Verdict: forbidden; such attributes are refused when the module is built.
"""


def build_ff():
    plain = [["forward", 7], ["_forward_hooks", 7], ["__class__", "x"]]
    forge(["ok", sequence(), [["m", 0, "Linear", True, plain, [], [], [], True]], ["@", 1], []])
