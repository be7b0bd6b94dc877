"""Whether dictionaries are as they were, told without touching what they hold.

After a fork every page of memory that is written to is copied, and in Python looking at an object
writes to it: its references are counted. To compare the thousands of functions of torch with what
they were, one after another, costs a child the copies of all their pages, more than the student's
own work. So their dictionaries are compared as memory: the rows of pointers to keys and values
themselves, which reading leaves alone.

Where the rows lie is CPython's own affair. It is looked up once for each dictionary and compared
with what Python says is in it; where that does not agree, or where the rows have changed or moved,
the values are compared one by one.

Of many dictionaries most have not even been written to. Before 3.14 each has a tag that every
change of it changes: where all tags are as they were, nothing else is read.
"""

import ctypes
import gc
import operator
import sys
from collections.abc import Sequence

# Of a PyDictObject: its tag, where its keys begin, and its values where it has them apart.
_TAG, _KEYS, _VALUES = 24, 32, 40
# Of a PyDictKeysObject: sizes of the index as powers of two, the kind of rows, their number, and
# where the index begins, behind which the rows lie.
_INDEX_LOG, _KIND, _NUMBER, _INDEX = 9, 10, 24, 32
_GENERAL, _TEXT_KEYS = 0, 1  # kinds: rows of (hash, key, value) and of (key, value)
# The releases whose rows lie so.
_IS_KNOWN = sys.implementation.name == "cpython" and (3, 11) <= sys.version_info < (3, 15)


class Tables:
    """Many dictionaries, and what they held when this was made: all of it, and nothing more."""

    def __init__(self, tables: Sequence[dict[str, object]]) -> None:
        self._tables = [Table(table) for table in tables]
        places = tables if _has_tags() else ()
        self._tags = [ctypes.c_uint64.from_address(id(table) + _TAG) for table in places]
        self._seen = [tag.value for tag in self._tags]

    def are_same(self) -> bool:
        """Whether the entries of each are those that were kept."""
        tags = [tag.value for tag in self._tags]
        if tags and tags == self._seen:
            return True
        if not all(table.is_same() for table in self._tables):
            return False
        # Something was put in place and taken back.
        self._seen = tags
        return True


def _has_tags() -> bool:
    """Try whether dictionaries have tags, that every change moves and reading leaves alone."""
    if sys.implementation.name != "cpython":
        return False
    tried: dict[str, object] = {"kept": 0}
    tag = ctypes.c_uint64.from_address(id(tried) + _TAG)
    seen = [tag.value]
    for value in (1, 2):
        tried["new"] = value
        seen.append(tag.value)
    del tried["new"]
    seen.append(tag.value)
    is_left_alone = tried.get("kept") == 0 and tag.value == seen[-1]
    return is_left_alone and len(set(seen)) == len(seen)


class Table:
    """One dictionary, and what it held when this was made.

    Args:
        table: the dictionary itself, not a view of it.
        own: how many of its first entries have to stay; what comes after them is not looked at.
            By default all, and nothing may come after them.
    """

    def __init__(self, table: dict[str, object], own: int | None = None) -> None:
        self._table = table
        self._is_open = own is not None
        self._kept = list(table.items())[:own]
        self._rows = _Rows.of(table, self._kept)

    def is_same(self, but: frozenset[str] = frozenset()) -> bool:
        """Whether the entries are those that were kept: the very objects, whatever `==` says.

        Args:
            but: keys whose values may be others.
        """
        is_whole = self._is_open or len(self._table) == len(self._kept)
        if is_whole and self._rows is not None and self._rows.are_same():
            return True
        if self._is_open:
            get = self._table.get
            return all(get(key) is value for key, value in self._kept if key not in but)
        values = (value for _, value in self._kept)
        return is_whole and all(map(operator.is_, self._table.values(), values))


class _Rows:
    """The rows of a dictionary, seen as memory, and the bytes that they were."""

    def __init__(self, table: dict[str, object], keys: int, start: int, length: int) -> None:
        self._place = ctypes.c_size_t.from_address(id(table) + _KEYS)
        self._keys = keys
        self._seen = memoryview((ctypes.c_char * length).from_address(start)).cast("B")
        self._bytes = bytes(self._seen)

    @classmethod
    def of(cls, table: dict[str, object], kept: list[tuple[str, object]]) -> "_Rows | None":
        """Find the rows of the first entries; None where they do not lie as they are known to."""
        if not _IS_KNOWN or _word(id(table) + _VALUES):
            return None
        keys = _word(id(table) + _KEYS)
        kind = ctypes.c_uint8.from_address(keys + _KIND).value
        number = _word(keys + _NUMBER)
        log = ctypes.c_uint8.from_address(keys + _INDEX_LOG).value
        if kind not in (_GENERAL, _TEXT_KEYS) or not len(table) <= number < 2 * len(table) + 64:
            return None
        start, words = keys + _INDEX + (1 << log), 3 - kind
        wanted = [(id(key), id(value)) for key, value in kept]
        found: list[tuple[int, int]] = []
        row = 0
        while len(found) < len(wanted) and row < number:
            key, value = (_word(start + 8 * (row * words + words - 2 + n)) for n in (0, 1))
            # A row without a value is one that was removed.
            found += [(key, value)] if value else []
            row += 1
        return cls(table, keys, start, 8 * words * row) if found == wanted else None

    def are_same(self) -> bool:
        """Whether the dictionary still has these rows in this place."""
        return self._place.value == self._keys and self._seen.tobytes() == self._bytes


def _word(address: int) -> int:
    return ctypes.c_size_t.from_address(address).value


def of_class(place: type) -> dict[str, object]:
    """Give the dictionary behind the view that a class shows of its own."""
    table: dict[str, object]
    (table,) = gc.get_referents(vars(place))
    return table
