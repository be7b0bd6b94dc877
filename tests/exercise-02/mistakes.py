"""Wrong answers that students really give to exercise 02."""

import torch

from grader.mistakes import mistake


@mistake(of="add", loses="add")
def joined(a, b):
    """The two tensors are joined end to end, as + joins Python lists."""
    return torch.cat([a, b])


@mistake(of="add", loses="add_any")
def added_in_place(a, b):
    """The sum is written into the first argument, so the caller's tensor changes."""
    a += b
    return a


@mistake(of="multiply", loses="multiply")
def dot_product(a, b):
    """The products are summed into one number: that is the dot product."""
    return (a * b).sum()


@mistake(of="multiply", loses="multiply")
def all_pairs(a, b):
    """Every element of a meets every element of b: the shapes were broadcast against each other."""
    return a.unsqueeze(-1) * b


@mistake(of="multiply", loses="multiply_any")
def cut_from_the_graph(a, b):
    """The product has the right values, but no gradient reaches a and b."""
    return a.detach() * b.detach()


@mistake(of="matvec", loses="matvec")
def rows_not_summed(A, v):
    """Each row is multiplied by the vector, but the products of a row are not summed."""
    return A * v


@mistake(of="matvec", loses="matvec")
def summed_down_the_columns(A, v):
    """The products are summed down the columns; a matrix times a vector sums along each row."""
    return (A * v).sum(dim=0)


@mistake(of="matvec", loses="matvec")
def vector_first(A, v):
    """The vector stands on the left: v @ A needs as many elements in v as A has rows."""
    return v @ A


@mistake(of="matvec", loses="matvec_any")
def rebuilt_from_numbers(A, v):
    """The values are right, but torch.tensor() copies numbers and drops the way they came."""
    return torch.tensor([float(row @ v) for row in A], dtype=A.dtype, device=A.device)


@mistake(of="matvec", loses="matvec_any")
def in_single_precision(A, v):
    """The result is float32 whatever dtype came in."""
    return A.float() @ v.float()


@mistake(of="matvec", loses="matvec_any")
def one_row_to_a_number(A, v):
    """A matrix of one row gives a single number: squeeze() drops every axis of length one."""
    return (A @ v).squeeze()


@mistake(of="matmul", loses="matmul")
def order_swapped(A, B):
    """The matrices are multiplied in the other order: B @ A is not A @ B."""
    return B @ A


@mistake(of="matmul", loses="matmul")
def columns_stacked_as_rows(A, B):
    """The columns of the product are stacked as rows: the result is transposed."""
    return torch.stack([A @ column for column in B.T])


@mistake(of="matmul", loses="matmul")
def transposed_by_view(A, B):
    """The numbers of B are read in the wrong order: view and reshape do not swap axes."""
    return A @ B.T.reshape(B.shape)


@mistake(of="matmul", loses="matmul_any")
def one_number_at_a_time(A, B):
    """Each element is computed as a Python number, so no gradient reaches A and B."""
    rows = [[sum((row * column).tolist()) for column in B.T] for row in A]
    return torch.tensor(rows, dtype=A.dtype, device=A.device)
