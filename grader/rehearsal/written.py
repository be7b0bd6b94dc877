"""What is written in an exercise's folders: stub and reference agree, nothing is left lying about.

Everything here is read as text and as syntax trees; nothing is run.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from grader import forms, handout, hints
from grader.errors import CourseError
from grader.records import Check, Exercise
from grader.rehearsal.cast import Script
from grader.rehearsal.proof import Finding
from grader.release.tree import is_named

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_VISIBLE = ("README.md", hints.HINTS, "test_*.py")
_HIDDEN = ("mistakes.py", "variants.py", "equivalent.yml", "convergence.json", "convergence.svg",
           "test_*.py")  # fmt: skip
# A text that repeats this much of the reference gives the answer away: `x @ w`, without blanks.
_SHORTEST_CODE = 3


def definitions(text: str) -> dict[str, Definition]:
    """List the public functions and classes of a file, methods as `Class.method`.

    Raises:
        CourseError: the text is not Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"line {error.lineno} is not Python: {error.msg}; correct it.") from error
    return dict(_defined(tree, ""))


def _defined(tree: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
    for node in tree.body:
        if isinstance(node, Definition) and not (
            node.name.startswith("_") and node.name != "__init__"
        ):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _defined(node, f"{prefix}{node.name}.")


def agreement(script: Script) -> Finding:
    """Compare names, signatures and docstrings of stub and reference."""
    todo, count = [], 0
    for file, stub in script.stub.items():
        given, right = definitions(stub), definitions(script.reference[file])
        count += len(given)
        for name in given.keys() - right.keys():
            todo.append(f"{file}: the stub has {name} and the reference has not; write it there.")
        for name in sorted(given.keys() & right.keys()):
            todo += _differences(file, name, given[name], right[name])
    figures = f"stub and reference agree in names, signatures and docstrings: {count}"
    return Finding("signatures", figures, not todo, tuple(todo))


def _differences(file: str, name: str, stub: Definition, right: Definition) -> Iterator[str]:
    before, after = _signature(stub), _signature(right)
    if before != after:
        yield f"{file}: {name} is {before} in the stub and {after} in the reference; take one."
    if ast.get_docstring(stub) != ast.get_docstring(right):
        yield (
            f"{file}: {name} has another docstring in the stub than in the reference; "
            "copy the better one."
        )


def _signature(node: Definition) -> str:
    if isinstance(node, ast.ClassDef):
        return f"class ({', '.join(map(ast.unparse, node.bases))})"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def files(exercise: Exercise) -> Finding:
    """Demand that nothing lies in the three folders but what belongs there."""
    allowed = {
        exercise.stub_dir: (*exercise.files, forms.own_name(exercise), *_VISIBLE),
        exercise.reference_dir: exercise.files,
        exercise.hidden_dir: _HIDDEN,
    }
    todo, count = [], 0
    for folder, patterns in allowed.items():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            # What Python itself leaves behind when a teacher runs pytest.
            if path.name == "__pycache__":
                continue
            count += 1
            is_known = any(path.match(pattern) for pattern in patterns)
            if not is_known and not (folder == exercise.stub_dir and _is_shown(path, folder)):
                place = f"{folder.parent.name}/{folder.name}/{path.name}"
                todo.append(f"{place} belongs to nothing; remove it, or name it in gradebook.yml.")
    if not (exercise.stub_dir / "README.md").is_file():
        todo.append(f"{folder_name(exercise.stub_dir)} has no README.md; write the task there.")
    return Finding("files", f"{count} files, all with a purpose", not todo, tuple(todo))


def _is_shown(path: Path, folder: Path) -> bool:
    """Whether README.md names a file, as a picture; or each file of a folder."""
    readme = folder / "README.md"
    text = readme.read_text("utf-8", errors="replace") if readme.is_file() else ""
    held = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
    return all(is_named(text, each.relative_to(folder).as_posix()) for each in held)


def notebook(exercise: Exercise) -> Finding:
    """Demand that the notebook, where there is one, is what README and stub make."""
    path = handout.path(exercise)
    command = f"`grade notebook {exercise.id}`"
    if not path.is_file():
        return Finding("notebook", f"there is none; {command} builds it", None)
    try:
        is_fresh = handout.is_fresh(exercise)
    except CourseError as error:
        return Finding("notebook", "it cannot be built", False, tuple(str(error).splitlines()))
    if is_fresh:
        return Finding("notebook", f"{path.name} is fresh")
    place = f"{folder_name(path.parent)}/{path.name}"
    todo = f"{place} is not what README.md and the stub make; build it again: {command}."
    return Finding("notebook", f"{path.name} is stale", False, (todo,))


def folder_name(folder: Path) -> str:
    """Name a folder of the course as the course sees it: exercises/exercise-03."""
    return f"{folder.parent.name}/{folder.name}"


def sentences(exercise: Exercise, listed: Iterable[Check]) -> Finding:
    """Demand of every check a docstring of its own."""
    texts: dict[str, str] = {}
    for folder in (exercise.stub_dir, exercise.hidden_dir):
        for path in sorted(folder.glob("test_*.py")):
            for name, node in definitions(path.read_text(encoding="utf-8")).items():
                texts[name.removeprefix("test_")] = (ast.get_docstring(node) or "").strip()
    names = dict.fromkeys(check.id.partition("[")[0] for check in listed)
    counts = Counter(texts.get(name, "") for name in names)
    todo = []
    for name in names:
        text = texts.get(name, "")
        if not text:
            todo.append(f"the check {name} has no docstring; it is the check's line in the report.")
        elif counts[text] > 1:
            todo.append(f'the check {name} shares its sentence "{text}"; say what it looks at.')
    figures = f"{len(names) - len(todo)} of {len(names)} checks have one of their own"
    return Finding("sentences", figures, not todo, tuple(todo))


def hinted(script: Script, listed: Iterable[Check]) -> Finding:
    """Demand three hints for every check, none of which is the code of the answer."""
    path = script.exercise.stub_dir / hints.HINTS
    names = dict.fromkeys(check.id for check in listed)
    if not path.is_file():
        place = f"{folder_name(path.parent)}/{hints.HINTS}"
        todo = [f"there is no {place}; write three sentences or more for each check."]
        return Finding("hints", f"0 of {len(names)} checks have three", False, tuple(todo))
    try:
        found = hints.load(path)
    except CourseError as error:
        return Finding("hints", "they cannot be read", False, tuple(str(error).splitlines()))
    missing = [name for name in names if not hints.of(found, name)]
    todo = [f"the check {name} has no hints; write three sentences or more." for name in missing]
    known = {*names, *(name.partition("[")[0] for name in names)}
    todo += [f"hints.yml has {key}, and no check has that id." for key in found if key not in known]
    todo += _given_away(found, script)
    figures = f"{len(names) - len(missing)} of {len(names)} checks have three or more"
    return Finding("hints", figures, not todo, tuple(todo))


def _given_away(found: Mapping[str, tuple[str, ...]], script: Script) -> Iterator[str]:
    """Find hints that hold an expression of the reference, whatever its spacing."""
    answers = {code for text in script.reference.values() for code in _answers(text)}
    for check, sentences in found.items():
        for number, sentence in enumerate(sentences, 1):
            bare = "".join(sentence.split())
            for code in sorted(answers):
                if "".join(code.split()) in bare:
                    yield f"hint {number} of {check} is the answer's code, {code}; say it in words."


def _answers(text: str) -> Iterator[str]:
    """List what a reference computes, as text: what it returns, assigns and calls."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Return | ast.Assign | ast.AugAssign):
            value = node.value
            if value is not None and not isinstance(value, ast.Name | ast.Constant | ast.List):
                code = ast.unparse(value)
                if len("".join(code.split())) >= _SHORTEST_CODE:
                    yield code
