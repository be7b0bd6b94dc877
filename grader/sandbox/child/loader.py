"""Turning a submission's sources into modules, afresh for every check, without a file.

The sources stand only in this child's memory. A finder ahead of all others serves them by name, so
that one file of a submission can import another, and `linecache` holds their lines, so that a
traceback shows the student's own code.
"""

import importlib
import importlib.util
import io
import linecache
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec


class Sources(MetaPathFinder, Loader):
    """The files of one submission, importable by their stems."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._texts = {name.removesuffix(".py"): (name, text) for name, text in sources.items()}
        self._codes: dict[str, types.CodeType] = {}
        self.file_names = frozenset(sources)
        self.module_names = frozenset(self._texts)
        for name, text in sources.items():
            # Lines as Python counts them: a form feed, or a separator in a string, ends none.
            lines = io.StringIO(text, newline=None).readlines()
            # A modification time of None tells linecache that there is no file to compare with.
            linecache.cache[name] = (len(text), None, lines, name)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Claim the names of the submission's files."""
        if fullname not in self._texts:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=self._texts[fullname][0])

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute a file's code, compiled once for all checks."""
        name, text = self._texts[module.__name__]
        module.__file__ = name
        code = self._codes.get(module.__name__)
        if code is None:
            code = compile(text, name, "exec", dont_inherit=True)
            self._codes[module.__name__] = code
        exec(code, module.__dict__)

    def fresh(self) -> list[types.ModuleType]:
        """Forget what was executed before, and execute every file again."""
        if sys.meta_path[:1] != [self]:
            sys.meta_path.insert(0, self)
        for stem in self._texts:
            sys.modules.pop(stem, None)
        return [importlib.import_module(stem) for stem in self._texts]
