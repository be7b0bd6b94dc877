"""The witness: what it sees of a call, and that the call goes on as if it were not there."""

import subprocess
import sys
from collections.abc import Callable

import pytest
import torch
from torch import nn

from grader.sandbox.child.witness import Witness, watched
from grader.sandbox.host import Ended, Sandbox
from grader.sandbox.proxy import Student
from grader.sandbox.wire.seen import Forward, Seen

Sandboxed = Callable[..., Sandbox]
Submitted = Callable[..., Student]
Began = Callable[..., Student]


def saw(function: Callable[..., object], *args: object) -> Seen:
    """Watch a call, and give what was seen."""
    return watched(function, args, {})[1]


class Net(nn.Module):
    """A model that calls its parts in both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Skip one call."""
        return self.two.forward(self.one(x))


def test_functions_are_counted_from_outside() -> None:
    """What the code calls is counted, not what torch calls in its turn."""
    x = torch.ones(2, 3)

    seen = saw(lambda: nn.functional.cross_entropy(x @ x.T, torch.tensor([0, 1])))

    assert seen.functions == {"T": 1, "matmul": 1, "tensor": 1, "cross_entropy": 1}
    assert seen.calls > 4


def test_forward_passes() -> None:
    """Passes are counted by class, skipped calls apart, and the outermost with their modes."""
    model = Net()

    def use(x: torch.Tensor) -> None:
        model.train()(x)
        with torch.no_grad():
            model.eval()(x)

    seen = saw(use, torch.ones(2, 3))

    assert seen.modules == {"Net": 2, "Linear": 4}
    assert seen.skipped == {"Linear": 2}
    assert seen.forwards == (Forward(True, True), Forward(False, False))


def test_a_pass_that_raises_is_over() -> None:
    """After an error within a module the next pass is an outermost one again."""
    model = Net()

    def use(x: torch.Tensor) -> None:
        for size in (2, 3):
            try:
                model(x[:, :size])
            except RuntimeError:
                continue

    assert len(saw(use, torch.ones(2, 3)).forwards) == 2


def test_recorded_results() -> None:
    """Results that remember how they were computed are counted; older ones that pass by are not."""
    x = torch.ones(3, requires_grad=True)
    y = x * 2

    assert saw(lambda: (y.detach() * 3, y.requires_grad_())).recorded == 0
    assert saw(lambda: 1 + (x * 2).exp()).recorded == 3
    with torch.no_grad():
        assert saw(lambda: x * 2).recorded == 0


def test_memory_is_what_is_made() -> None:
    """A view takes no memory, a result in place takes none, a broadcast takes all of its size."""
    x, y = torch.ones(100, 1), torch.ones(100)

    assert saw(lambda: x.T.reshape(-1)[2:]).allocated == 0
    assert saw(lambda: y.add_(1)).allocated == 0
    assert saw(lambda: x - y).allocated == 100 * 100 * 4
    assert saw(lambda: x.T.expand(50, 100)).operations == 0


def test_a_backward_pass_is_seen() -> None:
    """Operations of a backward pass are counted too."""
    x = torch.ones(4, 4, requires_grad=True)

    there = saw(lambda: 1 + (x @ x).sum()).operations
    both = saw(lambda: (x @ x).sum().backward()).operations

    assert both >= there + 2 * 4 * 4 * 4


def test_random_numbers() -> None:
    """Drawing and seeding are told apart; a generator of one's own is no concern."""
    assert not saw(lambda: torch.rand(2, generator=torch.Generator().manual_seed(3))).is_drawn
    assert saw(lambda: torch.rand(2)).is_drawn
    assert saw(lambda: torch.rand(2)).seeded == 0
    assert saw(lambda: torch.manual_seed(3)).seeded == 1


def test_names_are_bounded() -> None:
    """A thousand names are counted, and each is cut."""

    def use() -> None:
        for number in range(1200):
            type(f"N{number}" + "x" * 300, (nn.Identity,), {})()(1)

    seen = saw(use)

    assert len(seen.modules) == 1000
    assert max(map(len, seen.modules)) <= 200


@pytest.mark.parametrize(
    "work",
    [
        torch.func.grad(lambda a: a.square().sum()),
        torch.func.vmap(torch.sin),
        lambda x: nn.functional.scaled_dot_product_attention(x[None], x[None], x[None]),
        lambda x: torch.autograd.functional.jacobian(torch.tanh, x[0]),
        lambda x: nn.MultiheadAttention(4, 2)(x, x, x)[0].detach(),
    ],
    ids=["grad", "vmap", "attention", "jacobian", "multihead"],
)
def test_a_watched_call_answers_as_any_other(work: Callable[..., torch.Tensor]) -> None:
    """What torch can do it can do under a witness."""
    x = torch.randn(3, 4, generator=torch.Generator().manual_seed(1))
    torch.manual_seed(2)
    plain = work(x)
    torch.manual_seed(2)

    result, seen = watched(work, (x,), {})

    assert torch.allclose(result, plain)
    assert seen.calls


def test_an_error_leaves_nothing_behind() -> None:
    """After a call that raised, no mode and no profiler is active."""
    before = sys.getprofile()

    with pytest.raises(ZeroDivisionError), Witness():
        1 / 0  # noqa: B018

    assert sys.getprofile() is before
    assert torch._C._len_torch_function_stack() == 0
    assert torch._C._len_torch_dispatch_stack() == 0


def test_nothing_is_imported() -> None:
    """Watching brings in no module that torch has not."""
    code = (
        "import sys, torch; from torch import nn; from grader.sandbox.child import witness;"
        "m = nn.Linear(3, 2); before = set(sys.modules);"
        "witness.watched(lambda x: torch.softmax(m(x), 0).sum().backward(), (torch.ones(4, 3),),"
        " {}); print(sorted(set(sys.modules) - before))"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"


def test_a_child_imports_nothing_to_watch(sandboxed: Sandboxed, began: Began) -> None:
    """The zygote has all that a witness needs."""
    sandbox = sandboxed("import torch\ndef f(x): return torch.softmax(x, 0)")
    began(sandbox).f.watched(torch.ones(3))
    began(sandbox, 1)

    assert sandbox.late_imports == []
    assert sandbox.children == 1


@pytest.mark.parametrize(
    "report",
    ["[]", "[[], [], [], [], -1, 0, 0, 0, 0, False, [], 0.0]", "'quiet'"],
)
def test_a_forged_report_is_forbidden(report: str, submitted: Submitted) -> None:
    """A report that the student's code wrote, and wrote badly, is meddling with the protocol."""
    student = submitted(
        "from grader.sandbox.wire import seen\n"
        f"def f(x):\n    seen.write = lambda report: {report}\n    return x\n"
    )

    with pytest.raises(Exception, match="broke the protocol") as caught:
        student.f.watched(torch.ones(3))

    assert caught.value.outcome == "forbidden"


def test_a_missing_report_is_forbidden(submitted: Submitted) -> None:
    """An answer to a watched call that brings no report is none."""
    student = submitted(
        "from grader.sandbox.child import service\n"
        "def f(x):\n"
        "    service.Service._call = lambda self, sequence, *_: (['ok', sequence, [], 1, []], [])\n"
        "    return x\n"
    )
    student.f(1)

    with pytest.raises(Exception, match="broke the protocol: no answer"):
        student.f.watched(1)


def test_a_mode_that_is_taken_away_raises(submitted: Submitted) -> None:
    """Code that ends the witness's own mode is told by torch, and the next call is watched."""
    student = submitted(
        "import torch\ndef f(): torch._C._pop_torch_function_stack()\ndef g(x): return x.exp()\n"
    )

    with pytest.raises(RuntimeError, match="trying to pop from empty mode stack"):
        student.f.watched()

    assert student.g.watched(torch.ones(2))[1].functions == {"exp": 1}


def test_limits_hold_while_watched(sandboxed: Sandboxed, began: Began) -> None:
    """A watched call that does not end is stopped."""
    student = began(sandboxed("def f():\n    while True: pass", time_s=0.3))

    with pytest.raises(Ended, match=r"^stopped after 0\.3 s of computing"):
        student.f.watched()
