"""forge_module_replaced

Tries: the submission's module replaces itself by an object that has every attribute.
Verdict: nothing passes.
"""

import sys


class Anything:
    __name__ = __name__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None


sys.modules[__name__] = Anything()
