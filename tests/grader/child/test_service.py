"""Requests as the host writes them and answers as the child gives them, over a real channel."""

from collections.abc import Callable

import pytest

from grader.sandbox import wire
from grader.sandbox.host import Ended, Sandbox

Sandboxed = Callable[..., Sandbox]
Ask = Callable[..., list[wire.Node]]

# A call's fields after its number: released graphs, mode, target, things, arguments.
NOTHING: tuple[wire.Node, ...] = ([["d"]], ["u", ["u"], ["@", 0]])


@pytest.fixture
def ask(sandboxed: Sandboxed) -> Callable[[str], Ask]:
    """Load a source, and give what sends requests to it by hand."""

    def load(source: str) -> Ask:
        sandbox = sandboxed(source, time_s=5)
        sandbox.begin(0)
        return lambda *body: sandbox.exchange(list(body), []).body

    return load


def call(name: str, number: int = 1) -> list[wire.Node]:
    """Write the request that calls a function without arguments."""
    return ["call", number, [], [True, "float32"], ["name", name], *NOTHING]


def test_an_answer_repeats_the_number_of_its_request(ask: Callable[[str], Ask]) -> None:
    """Each answer names the request that it answers."""
    send = ask("def f(): return 5")

    assert send(*call("f", 17)) == ["ok", 17, [], 5, []]
    assert send(*call("f", 3)) == ["ok", 3, [], 5, []]


def test_a_raised_exception_is_its_fields(ask: Callable[[str], Ask]) -> None:
    """An exception is its type and bases, its text, its kind and the student's frames."""
    send = ask("class Odd(KeyError): pass\n\ndef f():\n    raise Odd('x' * 9000)")

    status, number, bases, text, kind, frames = send(*call("f"))

    assert (status, number, kind) == ("raised", 1, "")
    assert bases == ["Odd", "KeyError", "LookupError", "Exception", "BaseException"]
    assert len(str(text)) == 4000
    assert frames == [["answer.py", 4, "f", "    raise Odd('x' * 9000)", 4, 25]]


def test_calls_of_others_are_counted(ask: Callable[[str], Ask]) -> None:
    """Between and after the student's frames stands how often others were called, and whose."""
    source = """
        import json
        from torch import nn
        class Net(nn.Module):
            def forward(self, x): return json.loads(x)
        def f(): return Net()("{")
    """
    frames = ask(source)(*call("f"))[-1]

    assert isinstance(frames, list)
    assert [frame[0] for frame in frames] == ["answer.py", "torch", "answer.py", "Python"]
    assert [frame[1] for frame in frames if len(frame) == 2] == [2, 3]


def test_of_a_deep_recursion_six_frames_are_told(ask: Callable[[str], Ask]) -> None:
    """Of a thousand frames the innermost six cross."""
    frames = ask("def f(): f()")(*call("f"))[-1]

    assert isinstance(frames, list)
    assert len(frames) == 6


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("raise MemoryError", "memory"),
        ("__import__('torch').ones(1 << 50)", "memory"),
        ("open('/etc/passwd')", "forbidden"),
        ("__import__('socket').socket()", "forbidden"),
        ("__import__('os').fork()", "forbidden"),
        ("__import__('subprocess').run(['true'])", "forbidden"),
        ("open('/absent')", ""),
    ],
)
def test_the_kind_of_an_exception_is_told(act: str, kind: str, ask: Callable[[str], Ask]) -> None:
    """Memory and walls are told apart from what the student's code does wrong by itself."""
    answer = ask(f"def f(): {act}")(*call("f"))

    assert (answer[0], answer[4]) == ("raised", kind)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (call("absent"), "the submission has no ['name', 'absent']"),
        (["get", 1, ["name", "absent"]], "the submission has no ['name', 'absent']"),
        (["call", 1, [], [True, "float32"], ["name", "f"], [], 5], "comes without its arguments"),
    ],
)  # fmt: skip
def test_a_request_that_breaks_the_protocol_is_answered_so(
    request_: list[wire.Node], said: str, ask: Callable[[str], Ask]
) -> None:
    """What the host may not ask is refused in words, and ends the child."""
    send = ask("def f(): return 1")

    with pytest.raises(Ended, match=r"^the submission's process broke the protocol: ") as caught:
        send(*request_)

    assert said in str(caught.value)


def test_an_unknown_operation_is_an_answer_too(ask: Callable[[str], Ask]) -> None:
    """An operation that does not exist is answered, and the loop goes on."""
    send = ask("def f(): return 1")

    assert send("dance", 1)[:2] == ["raised", 1]
    assert send(*call("f", 2)) == ["ok", 2, [], 1, []]


def test_things_of_one_check_are_unknown_in_the_next(sandboxed: Sandboxed) -> None:
    """A handle that a check was given means nothing in the next one."""
    sandbox = sandboxed("def f(): return lambda: 1")
    sandbox.begin(0)
    given = sandbox.exchange(call("f"), []).body
    there = sandbox.exchange(["call", 2, [], [True, "float32"], ["thing", 1], *NOTHING], []).body
    sandbox.begin(1)

    gone = sandbox.exchange(["get", 1, ["thing", 1], "__name__"], []).body

    assert given[2] == [["f", 1, "<lambda>"]]
    assert there == ["ok", 2, [], 1, []]
    assert gone[:2] == ["raised", 1]


def test_the_names_of_a_submission_are_told_with_whether_they_can_be_called(
    sandboxed: Sandboxed,
) -> None:
    """A check begins with the names that the files define, dunders left out."""
    names = sandboxed({"a.py": "import math\nX = 1", "b.py": "def f(): pass\nclass C: pass"}).begin(
        0
    )

    assert names == {"math": False, "X": False, "f": True, "C": True}


def test_late_imports_are_told(sandboxed: Sandboxed) -> None:
    """Modules that the submission brought in are named, so that they can be imported earlier."""
    sandbox = sandboxed("import xml.dom.minidom")
    sandbox.begin(0)

    assert "xml.dom.minidom" in sandbox.late_imports
    assert "torch" not in sandbox.late_imports
    assert "answer" not in sandbox.late_imports


def test_a_request_of_any_size_is_read(sandboxed: Sandboxed) -> None:
    """Sources and arguments larger than any pipe's buffer arrive whole."""
    sandbox = sandboxed(f"TEXT = '{'x' * 3_000_000}'\ndef f(): return len(TEXT)")
    sandbox.begin(0)

    assert sandbox.exchange(call("f"), []).body == ["ok", 1, [], 3_000_000, []]
