"""Wrong answers that students really give to exercise 05."""

import torch
from torch import nn

from grader.mistakes import mistake


@mistake(of="feed_forward", loses="feed_forward")
def widths_swapped():
    """The layer goes from 3072 to 768 features: the widths are swapped."""
    return nn.Linear(3072, 768)


@mistake(of="feed_forward", loses="feed_forward")
def without_bias():
    """The layer has no bias."""
    return nn.Linear(768, 3072, bias=False)


@mistake(of="feed_forward", loses="feed_forward")
def in_double_precision():
    """The layer computes in float64; float32 is what a layer has if nobody asks for more."""
    return nn.Linear(768, 3072).double()


@mistake(of="feed_forward", loses="feed_forward")
def whole_part():
    """A whole feed-forward part comes back; its first layer is asked for."""
    return nn.Sequential(nn.Linear(768, 3072), nn.GELU(), nn.Linear(3072, 768))


@mistake(of="linear", loses="linear")
def not_transposed(x, weight, bias):
    """The weight is not transposed: it is stored as (out, in)."""
    return x @ weight + bias


@mistake(of="linear", loses="linear")
def transposed_by_reshape(x, weight, bias):
    """The numbers of the weight are read in the wrong order: reshape does not swap axes."""
    return x @ weight.reshape(weight.shape[1], weight.shape[0]) + bias


@mistake(of="linear", loses="linear")
def bias_forgotten(x, weight, bias):
    """The bias is not added."""
    return x @ weight.T


@mistake(of="linear", loses="linear")
def bias_subtracted(x, weight, bias):
    """The bias is subtracted."""
    return x @ weight.T - bias


@mistake(of="linear", loses="linear_batch")
def one_example_only(x, weight, bias):
    """One example works and a batch does not: the weight stands on the left of x."""
    return weight @ x + bias


@mistake(of="linear", loses="linear_batch")
def batch_flattened(x, weight, bias):
    """The axes in front of the features are flattened into one and not restored."""
    out = x.reshape(-1, x.shape[-1]) @ weight.T + bias
    return out if x.dim() > 1 else out[0]


@mistake(of="linear", loses="linear_batch")
def batch_of_one_dropped(x, weight, bias):
    """A batch of one example comes back without its batch axis: squeeze() drops it."""
    return (x @ weight.T + bias).squeeze()


@mistake(of="linear", loses="linear_gradients")
def weight_data(x, weight, bias):
    """The result has the right values, but no gradient reaches weight and bias."""
    return x @ weight.data.T + bias.data


@mistake(of="linear", loses="linear_arguments")
def arguments_tracked(x, weight, bias):
    """After the call weight and bias ask for gradients, which they did not before."""
    weight.requires_grad_()
    bias.requires_grad_()
    return x @ weight.T + bias


@mistake(of="parameter_count", loses="parameter_count")
def tensors_counted(module):
    """This is how many parameter tensors there are; their elements are asked for."""
    return len([p for p in module.parameters() if p.requires_grad])


@mistake(of="parameter_count", loses="parameter_count")
def rows_counted(module):
    """Only the first axis of each parameter is counted: len() does not count elements."""
    return sum(len(p) for p in module.parameters() if p.requires_grad)


@mistake(of="parameter_count", loses="parameter_count")
def counted_as_tensor(module):
    """The count is a tensor; a Python number is asked for."""
    return sum(torch.tensor(p.numel()) for p in module.parameters() if p.requires_grad)


@mistake(of="parameter_count", loses="frozen")
def frozen_counted(module):
    """Frozen parameters are counted as well."""
    return sum(p.numel() for p in module.parameters())


@mistake(of="parameter_count", loses=("frozen", "shared"))
def outer_module_only(module):
    """Only the parameters of the outermost module are counted, not those of the modules in it."""
    return sum(p.numel() for p in module.parameters(recurse=False) if p.requires_grad)


@mistake(of="parameter_count", loses="shared")
def shared_counted_twice(module):
    """A shared parameter is counted once for each layer that holds it."""
    return sum(
        p.numel()
        for inner in module.modules()
        for p in inner.parameters(recurse=False)
        if p.requires_grad
    )


@mistake(of="parameter_count", loses=("frozen", "shared"))
def state_counted(module):
    """Everything that would be saved is counted: buffers, frozen and shared tensors as well."""
    return sum(t.numel() for t in module.state_dict().values())
