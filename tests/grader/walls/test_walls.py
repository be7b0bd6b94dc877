"""Building and proving the walls, what each one is there for, and that torch lives behind them."""

import ast
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import ConfinementError
from grader.sandbox import walls

Behind = Callable[..., list[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]

# A container whose filter knows no Landlock: system calls 444 to 446 do not exist.
NO_LANDLOCK = """
import ctypes
landlock.version.cache_clear()
lines = [(0x20, 0, 0, 0), (0x35, 0, 2, 444), (0x25, 1, 0, 446), (6, 0, 0, 0x50026),
         (6, 0, 0, 0x7FFF0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in lines))
header = ctypes.create_string_buffer(struct.pack("@HP", len(lines), ctypes.addressof(code)))
kernel.set_flag(kernel.PR_SET_NO_NEW_PRIVS, 1)
kernel.prctl(kernel.PR_SET_SECCOMP, 2, ctypes.addressof(header))
"""


def test_the_walls_stand_in_their_order(behind: Behind) -> None:
    """Strict confinement builds every wall that the machine offers, and names it."""
    (line,) = behind("print(*standing)", mode="strict")

    names = [re.sub(r"-\d+$", "", name) for name in line.split()]
    order = [wall.name for wall in walls.available()]
    names = ["no-capabilities" if name == "only-reading" else name for name in names]
    assert [name for name in order if name in names] == names
    assert set(order) - set(names) <= {"user", "namespaces", "cgroup"}


def test_no_confinement_still_bounds_the_process(behind: Behind, canary: Path) -> None:
    """Mode "none" limits the process and leaves files and sockets open."""
    lines = behind(
        f"""
        print(*standing)
        print(open({str(canary)!r}).read())
        attempt("socket", socket.socket)
        attempt("dup", lambda: [os.dup(1) for _ in range(64)])
        """,
        mode="none",
    )

    assert lines == [
        "parent session descriptors signals environment rlimits",
        "CANARY",
        "socket possible",
        "dup EMFILE",
    ]


def test_without_the_filter_sockets_open(behind: Behind) -> None:
    """The test of sockets can fail: they open when seccomp is left out."""
    attack = "attempt('socket', socket.socket, socket.AF_UNIX, socket.SOCK_DGRAM)"

    assert behind(attack, without=("seccomp",)) == ["socket possible"]


def test_without_landlock_the_hidden_file_is_read(behind: Behind, canary: Path) -> None:
    """The test of reading can fail: the file opens when Landlock is left out."""
    attack = f"print(open({str(canary)!r}).read())"

    assert behind(attack, without=("landlock", "user")) == ["CANARY"]


def test_without_limits_memory_is_not_bounded(behind: Behind) -> None:
    """The test of memory can fail: what is beyond the allowance is there without limits."""
    lines = behind("print(len(bytearray(96 << 20)))", memory_bytes=64 << 20, without=("rlimits",))

    assert lines == [str(96 << 20)]


def test_a_wall_that_does_not_stand_is_not_proven() -> None:
    """Proof of walls that are not there is refused, with what was possible."""
    with pytest.raises(ConfinementError) as caught:
        walls.prove(("rlimits", "landlock-7"))

    assert str(caught.value) == (
        "opening the folder / was possible, though the walls landlock 7, rlimits stand. No code of "
        "the submission was run; this is a fault of the grader or of the kernel: please report it."
    )


def test_strict_confinement_names_what_is_missing(run: Run) -> None:
    """Where Landlock is missing, strict confinement ends with a sentence before anything runs."""
    ended = run("print('possible')", before=NO_LANDLOCK, mode="strict")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "this machine lacks landlock (this kernel has none, or it is switched off; 5.13 brought "
        "it). Use a Linux machine that has them, or confinement mode 'auto'.\n"
    )


def test_automatic_confinement_builds_what_there_is(behind: Behind) -> None:
    """Where Landlock is missing, the other walls stand and the report does not claim it."""
    lines = behind("print(walls.describe(standing))", before=NO_LANDLOCK)

    assert len(lines) == 1
    assert lines[0].startswith("seccomp, ")
    assert "landlock" not in lines[0]


def test_a_second_thread_is_refused(run: Run) -> None:
    """Walls would bind one thread of two, so they are not built."""
    before = (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    ended = run("print('possible')", before=before)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == (
        "the child has 2 threads before its walls stand, and walls bind only one. Whatever starts "
        "children must not start threads.\n"
    )


@pytest.mark.parametrize(
    ("standing", "phrase"),
    [
        (
            ("parent", "user", "only-reading", "rlimits", "landlock-7", "seccomp"),
            "landlock 7, seccomp, own user, rlimits",
        ),
        (
            ("session", "no-capabilities", "rlimits", "landlock-4", "seccomp"),
            "landlock 4, seccomp, no capabilities, rlimits",
        ),
        (
            ("cgroup", "namespaces", "no-capabilities", "rlimits", "landlock-7", "seccomp"),
            "landlock 7, seccomp, cgroup, namespaces, no capabilities, rlimits",
        ),
        (("session", "environment", "rlimits"), "not confined, rlimits"),
    ],
)
def test_the_confinement_is_one_phrase(standing: tuple[str, ...], phrase: str) -> None:
    """A report names the strong walls first, and says so when there are none."""
    assert walls.describe(standing) == phrase


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"mode": "paranoid"}, "confinement mode is 'paranoid'; write one of auto, strict, none."),
        (
            {"readable": ("/usr/lib", "//")},
            "'/' is listed as readable; list the folders that are needed.",
        ),
    ],
)
def test_a_plan_that_is_none_is_refused(plan: dict[str, object], message: str) -> None:
    """An unknown mode and a readable machine end with a sentence."""
    with pytest.raises(ConfinementError) as caught:
        walls.Plan(**plan)  # type: ignore[arg-type]

    assert str(caught.value) == message


def test_no_home_and_no_course_is_readable() -> None:
    """The interpreter's folders hold neither a home, nor the repository, nor the whole machine."""
    paths = walls.interpreter_paths()

    for secret in (os.path.expanduser("~"), os.getcwd(), str(Path(__file__).resolve()), "/etc"):
        assert not any((secret + "/").startswith(path.rstrip("/") + "/") for path in paths)
    assert any(os.__file__.startswith(path) for path in map(os.path.realpath, paths))


def test_probing_leaves_the_process_as_it_was() -> None:
    """Asking which walls there are puts up none of them."""
    names = [wall.name for wall in walls.available()]

    assert {"landlock", "seccomp", "user", "rlimits"} < set(names)
    os.listdir("/")


def test_torch_lives_behind_the_walls(behind: Behind, scratch: str) -> None:
    """Training, two threads, saving, late imports and asyncio work as anywhere."""
    lines = behind(
        """
        import asyncio, tempfile
        model = torch.nn.Linear(8, 4)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        x = torch.randn(16, 8)
        losses = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = model(x).square().mean()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print("trained", losses[-1] < losses[0])
        torch.set_num_threads(2)
        big = torch.randn(600, 600)
        print("threads", torch.isfinite(big @ big).all().item(), torch.linalg.svd(big)[1].shape[0])
        torch.save(model.state_dict(), "weights.pt")
        model.load_state_dict(torch.load("weights.pt"))
        import sympy, torch._dynamo
        print("compiled", torch.compile(lambda a: a + 1, backend="eager")(x).shape == x.shape)
        image = torch.nn.functional.conv2d(torch.randn(1, 3, 16, 16), torch.randn(4, 3, 3, 3))
        print("convolved", image.shape[1], torch.fft.fft(x).shape[1])
        """,
        before="import torch",
        scratch=scratch,
    )

    assert lines == ["trained True", "threads True 600", "compiled True", "convolved 4 8"]


def test_every_wall_names_a_test_that_exists() -> None:
    """Each test that the docstrings of the walls promise is in this folder."""
    sources = Path(walls.__file__).parent.glob("*.py")
    promised = {name for path in sources for name in re.findall(r"\btest_\w+", path.read_text())}
    here = {
        node.name
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }

    assert len(promised) > 10
    assert promised <= here
