"""Attempts to make pages of, and the browser to look at them with.

PAGES          an attempt by name: full marks, half right with every picture, a stub, ungraded ...
browser        a headless Chromium for all tests; they are skipped where there is none
shown(...)     a page of an attempt, open in it
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader import scoring
from grader.errors import Chain, Curves, Evidence, Flow, HeatMap, Picture
from grader.records import (
    Attempt,
    Check,
    Diagnosis,
    Environment,
    Outcome,
    Verdict,
    Visibility,
)
from grader.reports import page
from grader.reports.attempt import from_json

from .browser import Browser, Tab, find

GOLDEN = Path(__file__).parents[1] / "golden"

ENVIRONMENT = Environment(
    "3.11.7", "2.13.0", "cpu", 1, 20, "0.1.0", "5" * 64, "landlock 5, seccomp"
)

CURVES = Curves(
    tuple(range(0, 200, 7)),
    tuple(30 / (1 + step / 60) + 8 for step in range(0, 200, 7)),
    tuple(30 * 0.97**step + 0.02 for step in range(0, 200, 7)),
)
MASK = HeatMap(
    (2, 6, 6), 12, 6, tuple(tuple(int(c > r % 6) * 3 for c in range(6)) for r in range(12))
)
CAUSAL = HeatMap(
    (8, 8), 8, 8,
    tuple(tuple((1 + (r + c) % 4) if c > r else 0 for c in range(8)) for r in range(8)),
)  # fmt: skip
FLOW = Flow(
    "gradient",
    ("embedding.weight", "layers.0.weight", "layers.0.bias", "layers.1.weight", "head.weight"),
    (None, 0.00021, 0.0004, 0.031, 1.27),
    (0.8, 0.21, 0.14, 0.31, 1.27),
)
CHAIN = Chain(("mul", "sub", "pow", "item", "tensor"), 3, ("argument 1 (w)",))
TRACE = (
    "TypeError: descend() missing 1 required positional argument: 'learning_rate'\n"
    "gradients.py:31 in fit\n"
    "        theta = descend(theta, gradient(A, y, theta))\n"
    "                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
    "gradients.py:54 in main\n"
    "    fit(A, y)\n"
)


def check(
    title: str,
    outcome: Outcome = Outcome.PASSED,
    message: str = "",
    *,
    diagnosis: str = "",
    picture: Picture | None = None,
    points: str = "1",
    needs: str | None = None,
) -> Verdict:
    """Build a verdict."""
    return Verdict(
        Check(title.partition(" ")[0], title, Fraction(points), Visibility.VISIBLE, needs),
        outcome,
        message,
        Diagnosis("a_mistake", diagnosis) if diagnosis else None,
        0.25,
        Evidence("values", "the result", picture=picture) if picture else None,
    )


def given(verdict: Verdict, call: str, got: str, wanted: str) -> Verdict:
    """Add what went in, what came out and what is right."""
    return replace(verdict, evidence=Evidence("values", "the result", got, wanted, given=call))


def attempt(*verdicts: Verdict, title: str = "Attention", path: str = "handed-in/ada") -> Attempt:
    """Build an attempt from its verdicts."""
    return Attempt(
        "exercise-03", title, path, "d" * 64, verdicts, scoring.score(verdicts), ENVIRONMENT, 1.234
    )


HALF = attempt(
    check("The weights of each query sum to one.", points="2"),
    check("The loss falls as far as it should.", Outcome.FAILED,
          "The loss of step 7 is 34.8: off by 10 (allowed 0.0003).", picture=CURVES,
          diagnosis="The learning rate is never used: the steps are too short."),
    check("No query sees what comes after it.", Outcome.FAILED,
          "The result is off by up to 0.31 (allowed 1e-05) in 28 of 64 values, first at [0, 1].",
          picture=CAUSAL, points="2.5", diagnosis="The mask is missing."),
    check("Gradients reach every layer.", Outcome.FAILED,
          "No gradient reaches the parameter embedding.weight.", picture=FLOW, points="2"),
    check("Gradients flow from the loss to w.", Outcome.FAILED,
          "The result is not connected to its arguments, so no gradient can reach them. "
          "Compute it with tensor operations, without item(), detach() or torch.tensor().",
          picture=CHAIN),
    check("A fit needs fewer than 200 steps.", Outcome.RAISED, TRACE),
    given(check("The loss is a mean.", Outcome.FAILED,
                "The result is off by up to 2 (allowed 0.0001) in 1 of 3 values, first at [1].",
                diagnosis="The loss is a sum; a mean is asked for."),
          "loss(w=tensor([2., 1., 0.5]), x=3.0)", "[1, 4, 9]", "[1, 2, 9]"),
    check("It also works on a batch.", points="0.5"),
    check("One step goes downhill.", Outcome.SKIPPED, needs="gradient"),
)  # fmt: skip
FULL = attempt(*(check(f"Check number {n} holds.", points="2") for n in range(5)))
STUB = attempt(
    *(check(title, Outcome.RAISED, "attention is not written yet: it raises NotImplementedError.")
      for title in ("The weights sum to one.", "The result is right.", "Gradients flow.")),
    check("It is fast.", Outcome.SKIPPED, needs="result"),
)  # fmt: skip
EVIL = (
    "</p><script>document.title='owned'</script><img src=http://evil.test/x onerror=alert(1)>"
    "<style>*{display:none}</style><a href=javascript:alert(1)>x</a>&lt;b&gt;&#x3c;i>"
    "]]><!-- --!> \x1b[2J \u202eabc \x00 \ud800 \ufffe <svg onload=alert(1)> {{7*7}} "
)
HOSTILE = replace(
    attempt(
        check(EVIL, Outcome.FAILED, f"{EVIL}\n    {EVIL}\n    ^^^^^\n{EVIL}\n{EVIL}\n{EVIL}",
              diagnosis=EVIL, picture=Chain((EVIL[:80], "item"), 1, (EVIL,))),
        check("x" * 300, Outcome.FAILED, "9" * 1900,
              picture=Flow("gradient", (EVIL[:80], "y" * 80), (1.0, None))),
        check(EVIL, Outcome.SKIPPED, needs=EVIL),
        title=EVIL, path=f"/{EVIL}",
    ),
    exercise=EVIL,
    environment=replace(ENVIRONMENT, confinement="none"),
)  # fmt: skip
MANY = attempt(
    *(check(f"Check number {n} holds for every input.",
            Outcome.PASSED if n % 3 else Outcome.FAILED, "" if n % 3 else f"It is {n}.",
            picture=None if n % 3 else MASK)
      for n in range(2000)),
)  # fmt: skip


def golden(name: str) -> Attempt:
    """Read one of the attempts that every report is tried with."""
    return from_json((GOLDEN / "attempts" / f"{name}.json").read_text("utf-8"))


# An attempt, and what is said with it.
PAGES: dict[str, tuple[Attempt, dict[str, object]]] = {
    "half": (HALF, {"notes": ("ignored: notes.txt",), "withheld": Fraction(6), "hidden": 4,
                    "hints": {"No": "grade hint exercise-03 No"}}),
    "full": (FULL, {}),
    "stub": (STUB, {}),
    "every-outcome": (golden("every-outcome"), {}),
    "does-not-load": (golden("does-not-load"), {}),
    "hostile-golden": (golden("hostile"), {"notes": ("ignored: \x1b[1mevil\x1b[0m.txt",)}),
    "hostile": (HOSTILE, {"notes": (EVIL,)}),
    "nothing": (attempt(), {}),
}  # fmt: skip


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One Chromium for all tests."""
    program = find()
    if program is None:
        pytest.skip("there is no Chromium here, so no page is looked at in a browser")
    with Browser.started(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def shown(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Open the page of an attempt: `shown(HALF, 320, notes=(...), is_dark=True)`."""
    tabs: list[Tab] = []

    def show(
        attempt: Attempt, width: int, *, is_dark: bool = False, media: str = "", **said: object
    ) -> Tab:
        path = tmp_path / "report.html"
        path.write_text(page.render(attempt, **said), encoding="utf-8")
        tabs.append(browser.show(path, width, is_dark=is_dark, media=media))
        return tabs[-1]

    yield show
    for tab in tabs:
        tab.close()
