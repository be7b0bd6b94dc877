"""Real children for every test that needs one: one zygote for the whole run, a fork for each.

    sandboxed(source, time_s=0.5)     a Sandbox over a submission; `begin(seed)` starts a check
    submitted(source)                 a Student in the first check of such a sandbox
    beside(source, reference)         likewise, a Student who knows the reference's functions
    both(source, scenario)            what a scenario with a student gives locally, and remotely

A source is the text of `answer.py`, or a dict of file names and texts. What was started is ended
after the test.
"""

import gc
import signal
import textwrap
import types
from collections.abc import Callable, Iterator

import pytest

from grader.sandbox.child import warm

# As the judge does, before anything else imports torch: without it the first step of an optimizer
# takes a second. The tests that make garbage want the collector back.
warm.import_torch()
gc.enable()

# A shell that starts these tests in the background has SIGINT ignored, and every process below
# would inherit that: those that are asked to stop would not hear it.
signal.signal(signal.SIGINT, signal.default_int_handler)

import torch  # noqa: E402

from grader.records import Limits, Source, Submission  # noqa: E402
from grader.sandbox.host import Sandbox, Terms  # noqa: E402
from grader.sandbox.launch import Launcher, Zygote  # noqa: E402
from grader.sandbox.proxy import Student  # noqa: E402

Files = str | dict[str, str]


def submission(source: Files) -> Submission:
    """Make a submission of one file, or of several by name."""
    files = {"answer.py": source} if isinstance(source, str) else source
    sources = tuple(Source(name, textwrap.dedent(text)) for name, text in files.items())
    return Submission("handed-in", sources, "digest")


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One zygote for all tests: importing torch is most of what it costs."""
    launched = Zygote.launch()
    yield launched
    launched.close()


@pytest.fixture
def sandboxed(zygote: Zygote) -> Iterator[Callable[..., Sandbox]]:
    """Put a submission behind the wall, with limits by name; `on` takes another launcher."""
    made: list[Sandbox] = []

    def make(
        source: Files, *, on: Launcher = zygote, confine: str = "auto", **limits: float
    ) -> Sandbox:
        terms = Terms(Limits(**limits), confine)  # type: ignore[arg-type]
        made.append(Sandbox(on, submission(source), terms))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()


@pytest.fixture
def began() -> Callable[..., Student]:
    """Start a check of a sandbox, as the session does."""

    def begin(sandbox: Sandbox, seed: int = 0) -> Student:
        return Student(sandbox.exchange, sandbox.begin(seed), ["answer.py"], {})

    return begin


@pytest.fixture
def submitted(
    sandboxed: Callable[..., Sandbox], began: Callable[..., Student]
) -> Callable[..., Student]:
    """Give the student of a new submission, in its first check."""

    def submit(source: Files, **settings: object) -> Student:
        return began(sandboxed(source, **settings))

    return submit


@pytest.fixture
def beside(sandboxed: Callable[..., Sandbox]) -> Callable[[str, str], Student]:
    """Give the student of a new submission, whose functions know those of a reference."""

    def submit(source: str, reference: str) -> Student:
        module = types.ModuleType("reference")
        code = compile(textwrap.dedent(reference), "reference.py", "exec", dont_inherit=True)
        exec(code, vars(module))
        sandbox = sandboxed(source)
        return Student(sandbox.exchange, sandbox.begin(0), ["answer.py"], vars(module))

    return submit


@pytest.fixture
def both(submitted: Callable[..., Student]) -> Callable[..., tuple[object, object]]:
    """Run a scenario, what a check does with `student`, on both sides of the wall.

    What it gives locally and remotely is to be equal, bit for bit.
    """

    def run(source: str, scenario: Callable[[object], object]) -> tuple[object, object]:
        local = types.ModuleType("local")
        exec(compile(source, "local.py", "exec", dont_inherit=True), vars(local))
        return plain(scenario(local)), plain(scenario(submitted(source)))

    return run


def plain(value: object) -> object:
    """Write tensors as what they are, so that == compares them bit for bit, with their types."""
    if isinstance(value, torch.Tensor):
        shown = value.detach().resolve_conj().contiguous()
        raw = "meta" if value.is_meta else shown.reshape(-1).view(torch.uint8).tolist()
        return (type(value), value.dtype, tuple(value.shape), value.requires_grad, raw)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return (type(value), [plain(item) for item in value])
    return (type(value), repr(value))
