"""One error that is put into a beginner's words."""

import re
from dataclasses import dataclass

# What is quoted of a message: a name, a shape.
_MAX_QUOTE = 80


@dataclass(frozen=True)
class Row:
    """What an exception looks like, and what is said of it.

    `types` are the names of its type, with | between them, and `pattern` is found in its message;
    both are regular expressions. `id` is its name in reports; two rows may share one. In
    `sentence`, {0} and {1} are the groups of the pattern.
    """

    types: str
    pattern: str
    id: str
    sentence: str

    def read(self, name: str, text: str) -> str | None:
        """Write the sentence for an exception of this name and text, or None if it is another."""
        if not re.fullmatch(self.types, name):
            return None
        found = re.search(self.pattern, text)
        if found is None:
            return None
        groups = [(group or "")[:_MAX_QUOTE] for group in found.groups()]
        return self.sentence.format(*groups)
