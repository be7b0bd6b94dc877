"""M27: the weight is made to fit with view.

Named: transposed_by_reshape
"""


def linear(x, weight, bias):
    out_features, in_features = weight.shape
    return x.matmul(weight.contiguous().view(in_features, out_features)) + bias
