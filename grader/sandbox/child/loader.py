"""Turning a submission's sources into modules, afresh for every check, without a file.

The sources stand only in this child's memory. A finder ahead of all others serves them by name, so
that one file of a submission can import another, and `linecache` holds their lines, so that a
traceback shows the student's own code. A notebook is one of these files, executed as `cells` says.
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

from grader.sandbox.child.cells import Cells


class Sources(MetaPathFinder, Loader):
    """The files of one submission, importable by their stems."""

    def __init__(self, sources: Sequence[Sequence[object]] = (), cells_s: float = 1.0) -> None:
        """Take the files.

        Args:
            sources: name and text of each; of a notebook also its cells, as (number, line).
            cells_s: CPU seconds that the cells of a notebook may take together.
        """
        self._texts: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, types.CodeType] = {}
        self._cells: dict[str, Cells] = {}
        for name, text, *cells in sources:
            assert isinstance(name, str)
            assert isinstance(text, str)
            stem = name.removesuffix(".py")
            self._texts[stem] = (name, text)
            if cells and cells[0]:
                self._cells[stem] = Cells(text, cells[0], cells_s)  # type: ignore[arg-type]
                continue
            # Lines as Python counts them: a form feed, or a separator in a string, ends none.
            lines = io.StringIO(text, newline=None).readlines()
            # A modification time of None tells linecache that there is no file to compare with.
            linecache.cache[name] = (len(text), None, lines, name)
        names = {name for name, _ in self._texts.values()}
        self.file_names = names.union(*(cells.file_names for cells in self._cells.values()))
        self.module_names = frozenset(self._texts)

    @property
    def failed(self) -> list[BaseException]:
        """What statements of notebooks raised while they were executed."""
        return [error for cells in self._cells.values() for error in cells.failed]

    @property
    def lost(self) -> dict[str, BaseException]:
        """The names that are not there because a statement of a notebook failed, and its error."""
        return {name: error for cells in self._cells.values() for name, error in cells.lost.items()}

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
        if module.__name__ in self._cells:
            self._cells[module.__name__].run(module.__dict__)
            return
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
