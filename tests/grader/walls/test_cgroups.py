"""Groups that bound a child's memory and tasks: found, made, obeyed, and gone afterwards."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.records import Limits, Outcome, Source, Submission
from grader.sandbox.host import Ended, Sandbox, Terms
from grader.sandbox.launch import Zygote
from grader.sandbox.proxy import Student
from grader.sandbox.walls import cgroups
from grader.sandbox.walls.cgroups import Group, Home

Behind = Callable[..., list[str]]
Run = Callable[..., subprocess.CompletedProcess[str]]
Stranger = tuple[int, str]

REPOSITORY = Path(__file__).parents[3]
needs_groups = pytest.mark.skipif(
    cgroups.home().missing is not None, reason=f"no groups: {cgroups.home().missing}"
)
MIB = 1 << 20


@pytest.fixture
def group() -> Iterator[Group]:
    """A group for one child, removed after the test."""
    made = cgroups.make()
    assert made is not None
    yield made
    cgroups.remove(made)


def inside(group: Group) -> str:
    """Write the code that puts a child into a group that this process has made."""
    return f"plan['group'] = cgroups.Group({group.folders!r}, ())"


def left_by(process: int) -> list[Path]:
    """List the groups that a process has made."""
    places = dict.fromkeys(cgroups.home().folders)
    return [found for place in places for found in Path(place).glob(f"grader-{process}-*")]


@needs_groups
def test_memory_of_a_group_is_bounded(run: Run, group: Group) -> None:
    """Memory beyond the plan ends the child where no limit on addresses stands, and it is named."""
    ended = run(
        "bytearray(32 << 20); print('within', flush=True); bytearray(600 << 20); print('possible')",
        before=inside(group),
        without=("rlimits",),
        memory_bytes=64 * MIB,
    )

    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, "within\n")
    assert cgroups.is_exhausted(group)


@needs_groups
def test_a_killed_child_is_not_out_of_memory(run: Run, group: Group) -> None:
    """A child that ends by a signal with memory to spare has not exhausted its group."""
    ended = run("os.kill(os.getpid(), 15)", before=inside(group), memory_bytes=64 * MIB)

    assert ended.returncode == -signal.SIGTERM
    assert not cgroups.is_exhausted(group)


@needs_groups
def test_tasks_of_a_group_are_bounded(behind: Behind, group: Group) -> None:
    """Threads are counted even for a root that the kernel's own limit does not count."""
    lines = behind(
        """
        import threading
        stop, started = threading.Event(), []
        try:
            while len(started) < 100:
                thread = threading.Thread(target=stop.wait)
                thread.start()
                started.append(thread)
        except RuntimeError:
            print(len(started))
        stop.set()
        """,
        before=inside(group),
        without=("rlimits", "user"),
        tasks=12,
    )

    assert lines == ["11"]


@needs_groups
def test_a_group_cannot_be_left(behind: Behind, group: Group) -> None:
    """A child can neither leave its group, nor raise its limits, nor make another."""
    memory = Path(group.folders[0])
    (limit,) = [*memory.glob("memory.max"), *memory.glob("memory.limit_in_bytes")]
    attack = f"""
        attempt("leave", os.open, {str(memory.parent / "cgroup.procs")!r}, os.O_WRONLY)
        attempt("raise", os.open, {str(limit)!r}, os.O_WRONLY)
        attempt("make", os.mkdir, {str(memory / "inner")!r})
    """
    lines = behind(attack, before=inside(group))

    assert lines == ["leave EACCES", "raise EACCES", "make EACCES"]


@needs_groups
def test_a_child_says_that_it_is_in_its_group(behind: Behind, group: Group) -> None:
    """The wall stands where a group was given, and only there."""
    attack = "print('cgroup' in standing, 'cgroup' in walls.describe(standing))"

    assert behind(attack, before=inside(group)) == ["True True"]
    assert behind(attack) == ["False False"]


@needs_groups
def test_files_in_memory_are_bounded(zygote: Zygote, began: Callable[..., Student]) -> None:
    """Files in memory, which a GPU's child may make and no address space shows, are charged."""
    bomb = """
        import os
        def fill():
            page = bytes(1 << 20)
            for _ in range(50):
                file = os.memfd_create("bomb")
                for _ in range(15):
                    os.write(file, page)
            return 1.0
    """
    source = Source("answer.py", "\n".join(line[8:] for line in bomb.splitlines()))
    terms = Terms(Limits(memory_bytes=64 * MIB), is_gpu=True)
    sandbox = Sandbox(zygote, Submission("handed-in", (source,), "digest"), terms)
    student = began(sandbox)
    with pytest.raises(Ended) as caught:
        student.fill()
    sandbox.close()

    assert caught.value.outcome is Outcome.OUT_OF_MEMORY
    assert caught.value.text == (
        "used more than 64 MiB; is a graph kept alive, or a tensor broadcast to a size that was "
        "not meant?"
    )


@needs_groups
def test_a_group_goes_with_its_child() -> None:
    """A zygote removes the group of a child that has ended, and at its own end those of all."""
    zygote = Zygote.launch()
    process = zygote._process
    assert process is not None
    source = Source("answer.py", "def f(): return 1")
    sandboxes = [
        Sandbox(zygote, Submission("handed-in", (source,), "digest"), Terms(Limits()))
        for _ in range(2)
    ]
    for sandbox in sandboxes:
        sandbox.begin(0)
    two = len({path.name for path in left_by(process.pid)})
    sandboxes[0].close()
    one = len({path.name for path in left_by(process.pid)})
    zygote.close()

    assert (two, one, left_by(process.pid)) == (2, 1, [])
    sandboxes[1].close()


@needs_groups
def test_groups_of_a_killed_grader_are_removed_by_the_next() -> None:
    """What a grader that was killed has left goes at the next start; a living one's stays."""
    words = [
        sys.executable, "-c",
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from grader.sandbox.walls import cgroups\n"
        "cgroups.make(); print(flush=True); sys.stdin.read()",
        str(REPOSITORY),
    ]  # fmt: skip
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(words, **pipes) as killed, subprocess.Popen(words, **pipes) as living:
        assert killed.stdout is not None
        assert living.stdout is not None
        killed.stdout.readline()
        living.stdout.readline()
        killed.kill()
        killed.wait()
        before = [len(left_by(process.pid)) for process in (killed, living)]
        cgroups.home.cache_clear()
        cgroups.home()
        after = [len(left_by(process.pid)) for process in (killed, living)]
        living.kill()
    cgroups.home.cache_clear()
    cgroups.home()

    count = len(cgroups.home().folders)
    assert before == [count, count]
    assert after == [0, count]
    assert left_by(living.pid) == []


@needs_groups
def test_graders_that_start_at_once_all_have_groups() -> None:
    """Who tidies up takes no group from somebody who is just making one."""
    words = [
        sys.executable, "-c",
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from grader.sandbox.walls import cgroups\n"
        "for _ in range(150):\n"
        "    cgroups.home.cache_clear()\n"
        "    print(cgroups.home().missing)\n",
        str(REPOSITORY),
    ]  # fmt: skip
    starting = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [line for process in starting for line in process.communicate()[0].splitlines()]

    assert set(said) == {"None"}
    assert len(said) == 450


@needs_groups
def test_a_user_without_the_right_has_none(behind: Behind, stranger: Stranger) -> None:
    """Where the folder of the own group is closed, the wall is missing and the others stand."""
    (line,) = behind("print(cgroups.home().missing, 'seccomp' in standing)", stranger=stranger)

    place = cgroups.home().folders[0]
    assert line == f"refused in {place}: Permission denied True"


# Where groups could be made, read from lists as the kernel writes them.

V1 = """\
31 30 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
32 30 0:27 / /sys/fs/cgroup/pids rw,relatime shared:9 - cgroup cgroup rw,pids
33 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
CONTAINER = """\
31 30 0:26 /docker/ab\\040c /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
32 30 0:27 /docker/ab\\040c /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids
"""


@pytest.mark.parametrize(
    ("groups", "mounts", "home"),
    [
        ("4:memory:/job\n8:pids:/\n0::/\n", V1,
         Home(("/sys/fs/cgroup/memory/job", "/sys/fs/cgroup/pids"))),
        ("4:memory:/docker/ab c\n8:pids:/docker/ab c/d:e\n", CONTAINER,
         Home(("/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids/d:e"))),
        ("4:memory:/elsewhere\n8:pids:/docker/ab c\n", CONTAINER,
         Home(missing="no hierarchy with memory and pids is mounted")),
        ("4:cpu,memory:/a\n8:pids:/\n", "",
         Home(missing="no hierarchy with memory and pids is mounted")),
    ],
)  # fmt: skip
def test_the_own_groups_are_found(groups: str, mounts: str, home: Home) -> None:
    """Folders are told from the two lists, as seen through the mounts of a container."""
    assert cgroups._candidate(groups, mounts) == home


@pytest.mark.parametrize(
    ("handed_on", "bound", "home"),
    [
        (("memory pids", ""), "max", "slice"),
        (("cpu memory pids", "memory pids"), "max", "slice/scope"),
        (("memory", ""), "max", None),
        (("memory pids", ""), "4294967296", None),
    ],
)
def test_in_version_2_the_neighbourhood_is_the_place(
    tmp_path: Path, handed_on: tuple[str, str], bound: str, home: str | None
) -> None:
    """Groups go beside the own one, if memory and pids are handed on and no bound is left."""
    scope = tmp_path / "slice" / "scope"
    scope.mkdir(parents=True)
    (scope.parent / "cgroup.subtree_control").write_text(handed_on[0] + "\n")
    (scope / "cgroup.subtree_control").write_text(handed_on[1] + "\n")
    (scope / "memory.max").write_text(bound + "\n")
    found = cgroups._candidate("0::/slice/scope\n", f"30 1 0:2 / {tmp_path} rw - cgroup2 c rw\n")

    missing = "memory and pids are not handed on to groups of the grader"
    assert found == (Home((f"{tmp_path}/{home}",)) if home else Home(missing=missing))
