"""PyTorch's and Python's errors, raised for real, in a beginner's words."""

import importlib.util
import warnings

import pytest
import torch
from torch import nn

from grader.records import Diagnosis
from grader.translate import ROWS, explain

# What is run to raise each error, by the id of its translation; several where torch words one error
# in several ways.
RAISING = (
    ("shapes_of_product", "torch.ones(3, 4) @ torch.ones(5, 6)"),
    ("shapes_of_product", "nn.Linear(4, 2)(torch.ones(3, 5))"),
    ("shapes_of_matvec", "torch.ones(3, 4) @ torch.ones(5)"),
    ("shapes_of_dot", "torch.ones(3) @ torch.ones(4)"),
    ("dot_of_matrices", "torch.dot(torch.ones(3, 3), torch.ones(3, 3))"),
    ("bmm_axes", "torch.bmm(torch.ones(3, 3), torch.ones(3, 3))"),
    ("shapes_of_batches", "torch.ones(2, 3, 4) @ torch.ones(2, 5, 6)"),
    (
        "shapes_of_batches",
        (
            "nn.functional.scaled_dot_product_attention(torch.ones(2,3,4), "
            "torch.ones(2,3,5), torch.ones(2,3,5))"
        ),
    ),
    ("broadcast", "torch.ones(3) + torch.ones(4)"),
    ("broadcast", "torch.ones(5)[:3].copy_(torch.ones(4))"),
    ("expand", "torch.ones(3).expand(4)"),
    ("expand", "x = torch.ones(3, 2); x[0] = torch.ones(5)"),
    ("reshape", "torch.ones(6).reshape(4, 2)"),
    ("reshape", "torch.ones(6).view(-1, 4)"),
    ("view", "torch.ones(3, 4).T.view(12)"),
    ("stack", "torch.stack([torch.ones(3), torch.ones(4)])"),
    ("stack_of_nothing", "torch.stack([])"),
    ("cat", "torch.cat([torch.ones(3, 2), torch.ones(4, 5)])"),
    ("cat_axes", "torch.cat([torch.ones(3, 2), torch.ones(4)])"),
    ("cat_numbers", "torch.cat([torch.tensor(1.0), torch.tensor(2.0)])"),
    ("axis_out_of_range", "torch.ones(3).sum(dim=1)"),
    ("axis_out_of_range", "torch.ones(3).squeeze(2)"),
    ("axis_out_of_range", "torch.ones(3).transpose(0, 1)"),
    ("axis_out_of_range", "torch.ones(3).unsqueeze(5)"),
    ("too_many_indices", "torch.ones(3)[0, 1]"),
    ("index_out_of_bounds", "torch.ones(3)[5]"),
    ("index_out_of_bounds", "torch.ones(3, 2).gather(1, torch.tensor([[5]]))"),
    ("index_of_a_number", "torch.tensor(1.0)[0]"),
    ("index_tensors", "torch.ones(5, 5)[torch.arange(3), torch.arange(4)]"),
    ("mask_shape", "torch.ones(3)[torch.ones(4, dtype=torch.bool)]"),
    ("assigned_shape", "x = torch.ones(3); x[[0, 1]] = torch.ones(3)"),
    ("permute_axes", "torch.ones(3, 3, 3).permute(0, 1)"),
    ("not_square", "torch.linalg.inv(torch.zeros(2, 3))"),
    ("product_of_numbers", "torch.tensor(2.0) @ torch.ones(3)"),
    ("loop_over_a_number", "[x for x in torch.tensor(1.0)]"),
    ("einsum", "torch.einsum('ij,jk->ik', torch.ones(2, 3), torch.ones(4, 5))"),
    ("einsum", "torch.einsum('ijk,jk->ik', torch.ones(2, 3), torch.ones(4, 5))"),
    ("no_history", "torch.ones(3).sum().backward()"),
    (
        "backward_twice",
        ("x = torch.ones(3, requires_grad=True); y = (x * x).sum(); y.backward(); y.backward()"),
    ),
    ("loss_not_scalar", "(torch.ones(3, requires_grad=True) * 2).backward()"),
    ("leaf_view_in_place", "w = torch.ones(3, requires_grad=True); w[0] = 1"),
    ("leaf_in_place", "w = torch.ones(3, requires_grad=True); w -= 1"),
    (
        "modified_in_place",
        ("x = torch.ones(3, requires_grad=True); y = x.exp(); y += 1; y.sum().backward()"),
    ),
    (
        "not_in_the_graph",
        (
            "a = torch.ones(3, requires_grad=True); b = torch.ones(3, requires_grad=True); "
            "torch.autograd.grad(a.sum(), b)"
        ),
    ),
    (
        "not_tracked",
        (
            "a = torch.ones(3, requires_grad=True); b = torch.ones(3); "
            "torch.autograd.grad(a.sum(), b)"
        ),
    ),
    ("numpy_of_tracked", "torch.ones(3, requires_grad=True).numpy()"),
    ("tracked_whole_numbers", "torch.tensor([1, 2], requires_grad=True)"),
    ("tracked_whole_numbers", "torch.tensor([1, 2]).requires_grad_()"),
    (
        "inference_tensor",
        (
            "with torch.inference_mode():\n"
            "    x = torch.ones(3)\n"
            "y = (x * torch.ones(3, requires_grad=True)).sum()\n"
        ),
    ),
    ("inference_tensor", ("with torch.inference_mode():\n    x = torch.ones(3)\nx += 1\n")),
    ("requires_grad_of_result", "(torch.ones(3, requires_grad=True) * 2).requires_grad_(False)"),
    ("deepcopy_of_result", "import copy; copy.deepcopy(torch.ones(3, requires_grad=True) * 2)"),
    ("in_place_grows", "x = torch.ones(3); x += torch.ones(2, 3)"),
    ("shared_memory", "x = torch.ones(3).expand(4, 3); x += 1"),
    ("shared_memory", "x = torch.ones(4); x[1:] += x[:-1]"),
    ("gradient_shape", "w = torch.ones(3, requires_grad=True); w.grad = torch.ones(4)"),
    (
        "target_dtype",
        ("nn.functional.cross_entropy(torch.ones(3, 2), torch.ones(3, dtype=torch.int32))"),
    ),
    ("target_dtype", "nn.functional.nll_loss(torch.ones(3, 2), torch.ones(3))"),
    ("dtypes_differ", "torch.ones(3, 3) @ torch.ones(3, 3, dtype=torch.float64)"),
    ("dtypes_differ", "nn.Linear(3, 2)(torch.ones(4, 3, dtype=torch.float64))"),
    ("dtypes_differ", "nn.Linear(3, 2)(torch.ones(4, 3, dtype=torch.int64))"),
    ("dtypes_differ", "torch.dot(torch.ones(3), torch.ones(3, dtype=torch.float64))"),
    ("dtypes_differ", "nn.Conv2d(1, 1, 3)(torch.ones(1, 1, 5, 5, dtype=torch.float64))"),
    ("dtypes_differ", "torch.ones(3, 3) @ torch.ones(3, dtype=torch.float64)"),
    (
        "dtypes_differ",
        (
            "nn.functional.scaled_dot_product_attention(torch.ones(1,2,3), "
            "torch.ones(1,2,3,dtype=torch.float64), torch.ones(1,2,3))"
        ),
    ),
    ("mean_of_whole", "torch.tensor([1, 2]).mean()"),
    ("in_place_cast", "x = torch.tensor([1, 2]); x /= 2"),
    ("in_place_cast", "x = torch.tensor([1, 2]); x += 0.5"),
    ("no_kernel", "torch.tensor([1, 2]).softmax(0)"),
    (
        "no_kernel",
        (
            "nn.functional.cross_entropy(torch.ones(3, 2, dtype=torch.int64), torch.zeros(3, "
            "dtype=torch.int64))"
        ),
    ),
    ("index_dtype", "torch.ones(3)[torch.tensor([0.0, 1.0])]"),
    ("mask_dtype", "torch.ones(3).masked_fill(torch.ones(3), 0)"),
    ("mask_dtype", "torch.where(torch.ones(3), torch.ones(3), torch.zeros(3))"),
    ("embedding_dtype", "nn.Embedding(3, 2)(torch.tensor([0.0, 1.0]))"),
    ("devices_differ", "torch.ones(3, device='meta') + torch.ones(3)"),
    ("devices_differ", "nn.Linear(3, 2, device='meta')(torch.ones(4, 3))"),
    ("no_gpu", "torch.ones(3).cuda()"),
    ("no_gpu", "torch.ones(3, device='cuda')"),
    ("numpy_of_device", "torch.ones(3, device='meta').numpy()"),
    ("meta_tensor", "torch.ones(3, device='meta').to('cpu')"),
    ("meta_tensor", "torch.ones((), device='meta').item()"),
    ("embedding_index", "nn.Embedding(3, 2)(torch.tensor([3]))"),
    (
        "target_out_of_bounds",
        "nn.functional.cross_entropy(torch.ones(3, 2), torch.tensor([0, 1, 2]))",
    ),
    (
        "target_shape",
        ("nn.functional.cross_entropy(torch.ones(3, 2), torch.zeros(3, 1, dtype=torch.int64))"),
    ),
    (
        "target_shape",
        ("nn.functional.nll_loss(torch.ones(3, 2), torch.zeros(3, 1, dtype=torch.int64))"),
    ),
    (
        "target_batch",
        ("nn.functional.cross_entropy(torch.ones(3, 2), torch.zeros(4, dtype=torch.int64))"),
    ),
    (
        "target_axes",
        "nn.functional.cross_entropy(torch.ones(3, 7, 5), torch.zeros(3, 7, dtype=torch.int64))",
    ),
    (
        "target_size",
        ("nn.functional.binary_cross_entropy(torch.full((3,), 0.5), torch.ones(3, 1))"),
    ),
    (
        "target_size",
        ("nn.functional.binary_cross_entropy_with_logits(torch.ones(3), torch.ones(3, 1))"),
    ),
    (
        "target_one_hot",
        ("nn.functional.cross_entropy(torch.ones(3, 2), torch.zeros(3, 2, dtype=torch.int64))"),
    ),
    ("one_hot_dtype", "nn.functional.one_hot(torch.tensor([1.0]))"),
    ("one_hot_classes", "nn.functional.one_hot(torch.tensor([5]), 3)"),
    ("bce_of_scores", "nn.functional.binary_cross_entropy(torch.tensor([2.0]), torch.ones(1))"),
    ("batch_norm_of_one", "nn.BatchNorm1d(3)(torch.ones(1, 3))"),
    (
        "super_init",
        (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        self.layer = nn.Linear(2, 2)\n"
            "Net()\n"
        ),
    ),
    (
        "super_init",
        (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        self.w = nn.Parameter(torch.ones(2))\n"
            "Net()\n"
        ),
    ),
    ("super_init", "class N(nn.Module):\n def __init__(self): self.n = 3\nlist(N().parameters())"),
    (
        "super_init",
        (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        self.n = 3\n"
            "    def forward(self, x):\n"
            "        return x\n"
            "Net()(1)\n"
        ),
    ),
    (
        "super_init",
        (
            "class Net(nn.Module):\n"
            "    def __init__(self):\n"
            "        self.register_buffer('b', torch.ones(1))\n"
            "Net()\n"
        ),
    ),
    ("no_parameters", "torch.optim.SGD([], lr=0.1)"),
    ("optimizer_of_result", "torch.optim.SGD([torch.ones(3, requires_grad=True) * 2], lr=0.1)"),
    ("optimizer_of_tensor", "torch.optim.SGD(torch.ones(3, requires_grad=True), lr=0.1)"),
    ("conv_channels", "nn.Conv2d(3, 8, 3)(torch.ones(1, 1, 9, 9))"),
    ("kernel_too_large", "nn.Conv2d(1, 1, 5)(torch.ones(1, 1, 3, 3))"),
    ("conv_axes", "nn.Conv2d(1, 1, 3)(torch.ones(9, 9))"),
    ("pool_too_large", "nn.functional.max_pool2d(torch.ones(1, 1, 1, 1), 2)"),
    ("layer_norm_shape", "nn.LayerNorm(4)(torch.ones(2, 3))"),
    ("state_dict", "nn.Linear(2, 2).load_state_dict(nn.Linear(3, 2).state_dict())"),
    ("state_dict", "nn.Linear(2, 2).load_state_dict({'w': torch.ones(2, 2)})"),
    ("module_list_called", "nn.ModuleList([nn.Linear(2, 2)])(torch.ones(2))"),
    (
        "no_forward",
        (
            "class Net(nn.Module):\n"
            "    def foward(self, x):\n"
            "        return x\n"
            "Net()(torch.ones(2))\n"
        ),
    ),
    ("recurrent_width", "nn.LSTM(3, 4)(torch.ones(5, 2, 6))"),
    ("tensor_as_condition", ("x = torch.ones(3)\nif x > 0: pass\n")),
    ("item_of_many", "torch.ones(3).item()"),
    ("number_of_many", "float(torch.ones(3))"),
    ("number_of_many", "int(torch.ones(3))"),
    ("number_of_many", "import math; math.sqrt(torch.ones(3))"),
    ("number_of_many", "torch.tensor([torch.ones(2), torch.ones(2)])"),
    ("index_of_many", "range(torch.ones(3))"),
    ("length_of_a_number", "len(torch.tensor(1.0))"),
    ("tensors_in_a_list", "torch.stack(torch.ones(3), torch.ones(3))"),
    ("tensors_in_a_list", "torch.cat(torch.ones(3))"),
    ("none_for_tensor", "nn.functional.relu(None)"),
    ("pair_for_tensor", "torch.ones(2, 2).max(0).exp()"),
    ("pair_for_tensor", "torch.exp(torch.max(torch.ones(2,2), 0))"),
    ("value_for_tensor", "torch.exp([1.0, 2.0])"),
    ("value_for_tensor", "torch.exp(1.0)"),
    ("value_for_tensor", "torch.sqrt(2)"),
    ("value_for_tensor", "nn.Linear(2, 2)([1.0, 2.0])"),
    ("value_for_tensor", "torch.matmul([[1.0]], torch.ones(1, 1))"),
    ("value_for_tensor", "torch.sum([1.0])"),
    ("value_for_tensor", "torch.mean(3.0)"),
    ("size_of_no_whole_number", "torch.zeros(3.0)"),
    ("size_of_no_whole_number", "torch.zeros(2, 3.5)"),
    ("size_of_no_whole_number", "nn.Linear(2.0, 3)"),
    ("size_of_no_whole_number", "torch.randint(0, 5)"),
    ("none_in_tensor", "torch.tensor([None])"),
    ("tensor_of_text", "torch.tensor(['a'])"),
    ("ragged", "torch.tensor([[1, 2], [3]])"),
    ("assigned_parameter", "m = nn.Linear(2, 2); m.weight = torch.ones(2, 2)"),
    ("tensor_called", "torch.ones(3)(0)"),
    ("none_in_arithmetic", "None + 1"),
    ("none_in_arithmetic", "torch.ones(3) * None"),
    ("none_in_arithmetic", "1 - None"),
    ("none_in_arithmetic", "w = torch.ones(3, requires_grad=True); w = w - 0.1 * w.grad"),
    ("attribute_of_none", "None.shape"),
    ("attribute_of_none", "nn.functional.mse_loss(torch.ones(3), None)"),
    ("attribute_of_none", "w = torch.ones(3, requires_grad=True); w.grad.zero_()"),
    ("none_used", "None(0)"),
    ("none_used", "None[0]"),
    ("none_used", "for x in None: pass"),
    ("not_imported", "numpy.zeros(3)"),
    ("not_imported", "F.relu(1)"),
    ("not_imported", "np.zeros(3)"),
    ("not_imported", "del nn; nn.ReLU()"),
    ("local_before_assignment", ("def f():\n    x += 1\nf()\n")),
    ("not_defined", "softmx(1)"),
    ("no_self", ("class A:\n    def f(): pass\nA().f()\n")),
    ("missing_argument", ("def f(a, b): pass\nf(1)\n")),
    ("missing_argument", "nn.Linear(2)"),
    ("too_many_arguments", ("def f(a): pass\nf(1, 2)\n")),
    ("too_many_arguments", "torch.ones(3, 3, 3).T.mT.transpose(0, 1, 2)"),
    ("too_many_arguments", "torch.optim.SGD([torch.ones(2, requires_grad=True)]).step(1, 2)"),
    ("unknown_argument", ("def f(a): pass\nf(b=1)\n")),
    ("not_in_module", "torch.softmx(1)"),
    ("not_in_module", "nn.relu(1)"),
    ("attribute_of_plain_value", "[1].shape"),
    ("attribute_of_plain_value", "(1.0).backward()"),
    ("no_attribute", "torch.ones(3).sized"),
    ("no_attribute", "nn.Linear(2, 2).wieght"),
    ("not_callable", "(1.0)(0)"),
    ("not_subscriptable", "(1.0)[0]"),
    ("not_subscriptable", "f = lambda: 0; f[0]"),
    ("not_iterable", "for x in 3: pass"),
    ("not_whole", "range(3.0)"),
    ("recursion", ("def f(): f()\nf()\n")),
    ("arithmetic_with_a_list", "[1] - [2]"),
    ("arithmetic_with_a_list", "[1, 2] * 2.0"),
    ("unpack", "a, b = (1, 2, 3)"),
    ("unpack", "a, b = (1,)"),
    ("unpack", "a, b = torch.ones(3)"),
    ("list_index", "[1, 2][5]"),
    ("list_index_type", "[1, 2][1.0]"),
    ("list_index_type", "[1, 2][0, 1]"),
    ("key", "{}['lr']"),
    ("zero_division", "1 / 0"),
    ("no_module", "import numpyy"),
    ("no_name_in_module", "from torch import softmx"),
)

NEEDS_NUMPY = {"numpy_of_tracked", "numpy_of_device"}


def raised(code):
    """Run code and return what it raises."""
    with warnings.catch_warnings():
        # Python warns of what it sees cannot be called, and torch of sizes that differ.
        warnings.simplefilter("ignore")
        try:
            exec(code, {"torch": torch, "nn": nn})
        except Exception as error:
            return error
    raise AssertionError(f"nothing is raised by {code}")


@pytest.mark.parametrize(("name", "code"), RAISING)
def test_error_is_translated(name, code):
    """Each error that torch or Python really raises is known, under its own name."""
    has_numpy = importlib.util.find_spec("numpy") is not None
    if name in NEEDS_NUMPY and not has_numpy:
        pytest.skip("without NumPy torch says only that")
    error = raised(code)
    found = explain(type(error).__name__, str(error))

    assert found is not None
    assert found.mistake == f"torch:{name}"
    assert "{" not in found.text
    assert found.text.endswith(".")


def test_every_row_is_raised():
    """No row stands in the table that no test raises; there are more than forty."""
    assert {row.id for row in ROWS} - {name for name, _ in RAISING} <= {"no_numpy"}
    assert len(ROWS) > 40


@pytest.mark.skipif(importlib.util.find_spec("numpy") is not None, reason="NumPy is installed")
def test_missing_numpy_is_translated():
    """Where NumPy is not installed, that is said."""
    error = raised("torch.ones(3).numpy()")

    assert explain(type(error).__name__, str(error)).mistake == "torch:no_numpy"


def test_numbers_of_the_message_stand_in_the_sentence():
    """The shapes that torch names are named in the sentence."""
    error = raised("torch.ones(3, 4) @ torch.ones(5, 6)")

    assert explain("RuntimeError", str(error)) == Diagnosis(
        "torch:shapes_of_product",
        "Matrices of 3x4 and 5x6 cannot be multiplied: the columns of the first have to be as many "
        "as the rows of the second. Look at both shapes; one may need .T, or a layer another "
        "width.",
    )


def test_unknown_errors_are_left_alone():
    """A student's own error, or one that the table does not know, is not explained."""
    assert explain("ValueError", "x must be positive") is None
    assert explain("MyError", "index out of range in self") is None
    assert explain("", "") is None


def test_type_decides_as_well_as_the_words():
    """The words of one error in an exception of another type are not taken for it."""
    assert explain("ValueError", "grad can be implicitly created only for scalar outputs") is None


def test_quotes_are_bounded():
    """A name of any length that a message quotes is cut."""
    found = explain("NameError", f"name '{'x' * 1900}' is not defined")

    assert len(found.text) < 250


def test_braces_in_a_message_are_quoted_as_they_are():
    """What a student wrote cannot fill in a sentence's places."""
    found = explain("KeyError", "'{0}{1}'")

    assert found.text == "The dict has no key '{0}{1}'."
