"""A notebook becomes the code of its cells, within bounds, or is refused in one sentence."""

import json
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook
from grader.errors import SubmissionError
from grader.notebook import Code, gather, read

HERE = Path(__file__)


def written(*sources: object, **more: object) -> str:
    """Write a notebook of code cells; a pair is another kind of cell, a dict is a cell."""
    cells = []
    for number, source in enumerate(sources):
        kind, text = source if isinstance(source, tuple) else ("code", source)
        cell = {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": text}
        cells.append(cell | source if isinstance(source, dict) else cell)
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    return json.dumps(whole | more)


def refusal(text: str) -> str:
    """Read a notebook that must be refused, and return the sentence."""
    with pytest.raises(SubmissionError) as caught:
        read(text, "my.ipynb")
    return str(caught.value)


def cells_of(code: Code) -> dict[int, str]:
    """Cut the text of a notebook into its cells again, by their numbers."""
    lines = code.text.split("\n")
    ends = [*(line for _, line in code.cells[1:]), len(lines) + 2][: len(code.cells)]
    return {
        number: "\n".join(lines[line - 1 : end - 3])
        for (number, line), end in zip(code.cells, ends, strict=True)
    }


def test_code_cells_become_one_text() -> None:
    """Code cells follow each other as functions in a file; the map says where each begins."""
    code = read(
        written("import torch", ("markdown", "# One"), "def f():\n    return 1"), "my.ipynb"
    )

    assert code.text == "import torch\n\n\ndef f():\n    return 1\n"
    assert code.cells == ((1, 1), (2, 4))
    assert code.notes == ()


def test_cells_are_counted_as_code_cells_are_seen() -> None:
    """Markdown and raw cells do not count; code cells without code count and are left out."""
    code = read(written(("raw", "x"), "a = 1", "", "# words", ("markdown", "y"), "b = 2"), "x")

    assert code.cells == ((1, 1), (4, 4))


def test_a_source_may_be_a_list_of_lines() -> None:
    """Jupyter stores a cell as a list of lines; line ends of any system are one."""
    assert read(written(["a = 1\r\n", "b = 2\r", "c = 3"]), "x").text == "a = 1\nb = 2\nc = 3\n"


def test_outputs_and_metadata_are_not_believed() -> None:
    """What is stored beside the code, of whatever form, changes nothing."""
    plain = written("x = 1")
    odd = {"source": "x = 1", "outputs": [{"data": {"text/plain": "10 / 10"}}], "metadata": [7],
           "execution_count": "many"}  # fmt: skip

    assert read(written(odd, metadata={"kernelspec": 3, "otter": {}}), "x") == read(plain, "x")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text("ab =\n\t#'\"()[]\\:;é\x0c\u2028", max_size=40), max_size=6))
def test_the_map_leads_back_to_every_cell(sources: list[str]) -> None:
    """Whatever the cells hold, the map finds each line of each cell again."""
    found = cells_of(gather(list(enumerate(sources, 1)), "x"))

    assert found == {
        number: source
        for number, source in enumerate(sources, 1)
        if any(line.strip() and not line.lstrip().startswith("#") for line in source.split("\n"))
    }


# Commands to Jupyter


@pytest.mark.parametrize(
    "line",
    [
        "!touch gone", "%timeit f(1)", "%cd ..", "%run other.py", "names = !ls", "x = %time f()",
        "torch.ones?", "?torch.ones", "%%bash", "%%time", "%", "!", "a, b = !ls",
    ],
)  # fmt: skip
def test_commands_to_jupyter_are_refused(line: str) -> None:
    """Magics, shell escapes and help are refused with cell and line, and what to do."""
    assert refusal(written("a = 1", f"\n{line}\nb = 2")) == (
        f"my.ipynb: cell 2, line 2 (`{line}`) is for Jupyter, no Python, and never run here; "
        "delete the line, or put # before it"
    )


def test_all_commands_are_told_at_once() -> None:
    """Who has to repair five lines hears of three and of how many more there are."""
    assert refusal(written("!a\n!b\nx = 1\n  !c\n!d", "%e")) == (
        "my.ipynb: cell 1, line 1 (`!a`), cell 1, line 2 (`!b`), cell 1, line 4 (`!c`) and 2 more "
        "are for Jupyter, no Python, and never run here; delete these lines, or put # before them"
    )


def test_harmless_commands_are_left_out_and_told() -> None:
    """What only changes the screen is no reason to refuse; every other line keeps its number."""
    code = read(written("%matplotlib inline\nimport torch\nif torch:\n    %config x = 1"), "x")

    assert code.text == (
        "pass  # %matplotlib inline\nimport torch\nif torch:\n    pass  # %config x = 1\n"
    )
    assert code.notes == (
        "for Jupyter alone, and left out: cell 1, line 1 (`%matplotlib inline`), cell 1, line 4 "
        "(`%config x = 1`)",
    )


def test_the_graders_own_commands_are_no_news() -> None:
    """The last cell of every exercise's notebook is left out without a word."""
    code = read(written("x = 1", "%load_ext grader\n%grade exercise-03"), "x")

    assert code == Code("x = 1\n", ((1, 1),))


@pytest.mark.parametrize(
    "source",
    [
        'x = """\n%matplotlib inline\n!ls\n"""',
        "x = (7\n% 2)",
        "x = 7 \\\n% 2",
        "# what is it?\nx = 1  # ?",
        "x = '?'",
        "f'{1!r}'",
        "x %= 3\nx != 3",
        "x = {'a': 1, # %\n!: 2}",
        "d = dict(a=1,\n   b=%s)",
    ],
)
def test_what_only_looks_like_a_command_is_none(source: str) -> None:
    """Inside a text, between brackets and after a backslash a line begins no statement."""
    assert gather([(1, source)], "x").text == f"{source}\n"


def test_the_standard_library_holds_no_commands() -> None:
    """No line of real Python is taken for a command."""
    paths = sorted(Path(json.__file__).parents[1].glob("*.py"))
    found = {
        path.name: list(notebook._commands(path.read_text(encoding="utf-8", errors="replace"), 1))
        for path in [*paths, HERE]
    }

    assert len(found) > 100
    assert {name: commands for name, commands in found.items() if commands} == {}


def test_a_command_may_go_on_over_lines() -> None:
    """The lines that continue a command go with it."""
    code = gather([(3, "!pip \\\n  install x\ny = 1")], "x", refuses=False)

    assert code.text == "pass  # !pip \n#   install x\ny = 1\n"
    assert code.notes == (
        "for Jupyter alone, and left out: cell 3, line 1 (`!pip \\ install x`)",
    )  # fmt: skip


def test_what_was_run_is_not_refused() -> None:
    """Of cells that were run, commands and whole cells of other languages are left out and told."""
    code = gather([(2, "x = 1\n!ls"), (5, "%%bash\nrm -r x"), (7, "y = 2")], "x", refuses=False)

    assert code.cells == ((2, 1), (7, 5))
    assert "rm" not in code.text
    assert code.notes == (
        "for Jupyter alone, and left out: cell 2, line 2 (`!ls`), cell 5, line 1 (`%%bash`)",
    )


# Hostile and broken notebooks


def test_hidden_cells_are_told() -> None:
    """A cell that Jupyter is told to hide is graded as any other, and that is said."""
    hiding = [
        {"jupyter": {"source_hidden": True}},
        {"tags": [1, "remove-cell"]},
        {"hide_input": True},
        {"jupyter": 1, "tags": "hide", "hide_input": "yes"},
    ]
    sources = [{"source": f"x{n} = 1", "metadata": each} for n, each in enumerate(hiding)]

    assert read(written(*sources), "x").notes == (
        "hidden in Jupyter, and graded as any other: cell 1, cell 2, cell 3",
    )


def test_equal_ids_are_told() -> None:
    r"""Two cells with one id, as copies have them, are both read."""
    code = read(written({"source": "a = 1", "id": "x\n"}, {"source": "b = 2", "id": "x\n"}), "y")

    assert code.text == "a = 1\n\n\nb = 2\n"
    assert code.notes == ("cells with the same id, which does not matter here: 'x\\n'",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty; save the notebook in Jupyter"),
        (
            '{"cells": [\n<<<<<<< HEAD',
            "it is no notebook: line 2, column 1 is no JSON (Expecting value); open it in Jupyter "
            "and save it again",
        ),
        (
            '{"nbformat": 4, "cells": [], "x": NaN}',
            "it is no notebook: NaN is no JSON; open it in Jupyter and save it again",
        ),
        (
            '{"nbformat": 4, "cells": [], "cells": []}',
            "it is no notebook: an object has the key 'cells' twice; open it in Jupyter and save "
            "it again",
        ),
        (
            '{"nbformat": 4, "cells": [], "x": ' + "9" * 5000 + "}",
            "it is no notebook: it has a number of 5,000 digits; open it in Jupyter and save it "
            "again",
        ),
        (
            '{"nbformat": 4, "cells": ' + "[" * 10_000 + "]" * 10_000 + "}",
            "it is nested too deeply for a notebook; open it in Jupyter, clear its outputs and "
            "save it",
        ),
        (
            "[" * 600_000,
            "it holds more than 500,000 objects and lists; clear its outputs in Jupyter, save it, "
            "and hand it in again",
        ),
        ("[]", "it is JSON, but no notebook; hand in the file that Jupyter saves"),
        ('{"cells": []}', "it is JSON, but no notebook; hand in the file that Jupyter saves"),
        (
            written(nbformat=3, worksheets=[]),
            "it is in the old format 3, and format 4 is read; open it in Jupyter and save it, "
            "which brings it to format 4",
        ),
        (
            written(nbformat=5),
            "it is in format 5, and format 4 is read; save it in format 4, or hand in the Python "
            "file",
        ),
        *(
            (
                written(nbformat=version),
                "its nbformat is no whole number from 1 on; open it in Jupyter and save it again",
            )
            for version in ("4", 4.0, None, True, [[4]], 0, -3)
        ),
        (
            written(cells={}),
            "it has no list of cells; open it in Jupyter and save it again",
        ),
        *(
            (
                written(cells=[{"cell_type": "raw"}, cell]),
                "what stands at place 2 of its cells is no cell; open it in Jupyter and save it "
                "again",
            )
            for cell in (1, [], None, {}, {"cell_type": 3})
        ),
        *(
            (
                written("x = 1", {"source": source}),
                "the source of cell 2 is no text; open the notebook in Jupyter and save it again",
            )
            for source in (None, 1, {"a": 1}, ["x", 1], [["x"]])
        ),
        (
            written(*["x = 1"] * 1000),
            "it has 1,000 cells, and at most 500 are read; keep the cells of the exercise",
        ),
        (
            written("# nothing", ("markdown", "x = 1"), ""),
            "none of its code cells holds code; is it saved in Jupyter?",
        ),
        (
            written("x = 1\ny = '\ud800'"),
            "cell 1, line 2 holds half a character (a surrogate), which Python code cannot; write "
            "the line again",
        ),
        (
            written("x = 1", "\n\ny = '\0'"),
            "cell 2, line 3 holds the character NUL, which Python code cannot; write the line "
            "again",
        ),
        (
            written("#" * (1 << 20), "x = 1"),
            "its code cells hold more than 1,048,576 characters; keep the cells of the exercise, "
            "without data",
        ),
    ],
    ids=lambda text: ascii(text[:24]),
)  # fmt: skip
def test_what_is_no_sound_notebook_is_refused(text: str, told: str) -> None:
    """Each defect has its own sentence with what to do, and never an exception of another kind."""
    assert refusal(text) == f"my.ipynb: {told}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["nbformat", "cells", "cell_type", "source", "id", "metadata", "tags"])
ODD = st.dictionaries(KEYS, JSON, max_size=5)


@settings(max_examples=200, deadline=None)
@given(st.builds(lambda cells, more: written(*cells, **more), st.lists(ODD, max_size=4), ODD))
def test_any_json_is_read_or_refused(text: str) -> None:
    """Whatever stands where something else is expected, there is a result or a sentence."""
    with suppress(SubmissionError):
        assert read(text, "x").text.encode()


@settings(max_examples=200, deadline=None)
@given(st.text("%!?=ab \\\n\"'#([)]{}é", max_size=60))
def test_any_cell_is_read_or_refused(source: str) -> None:
    """Whatever a cell holds: what is read of it has as many lines as the cell."""
    code = gather([(1, source)], "x", refuses=False)

    assert not code.cells or code.text.count("\n") == source.count("\n") + 1


@pytest.mark.parametrize(
    "unit", ["!x\\\n", "%a\n", "x?\n", '"""a"b', "'", "\\", "(", "a=b=", "\t\n", "pass  # \n"]
)
def test_time_grows_with_length_alone(unit: str) -> None:
    """A quarter of a megabyte that is made to be searched again and again is read in seconds."""
    source = (unit * (1 << 18))[: 1 << 18]
    started = time.process_time()
    gather([(1, source)], "x", refuses=False)

    assert time.process_time() - started < 3


def test_what_jupyter_writes_is_read() -> None:
    """A notebook written by nbformat, with an output, is read."""
    v4 = nbformat.v4
    output = v4.new_output("stream", text="1\n")
    cell = v4.new_code_cell("x = 1\nprint(x)", outputs=[output], execution_count=3)
    text = nbformat.writes(v4.new_notebook(cells=[v4.new_markdown_cell("# x"), cell]))

    assert read(text, "x") == Code("x = 1\nprint(x)\n", ((1, 1),))
