"""Wrong answers that students really give to exercise 01."""

import torch

from grader.mistakes import mistake


@mistake(of="vector", loses="vector_of_whole_numbers")
def dtype_of_the_list(values):
    """Whole numbers give an int64 tensor: the dtype is taken from the list."""
    return torch.tensor(values)


@mistake(of="vector", loses="vector")
def one_row(values):
    """The vector is a matrix with one row: there is a pair of brackets too many."""
    return torch.tensor([values], dtype=torch.float32)


@mistake(of="vector", loses="vector")
def size_instead_of_values(values):
    """The tensor has the right size and holds zeros: the values are never put in."""
    return torch.zeros(len(values))


@mistake(of="vector", loses="vector")
def cut_to_whole_numbers(values):
    """The numbers have lost what stands behind the point."""
    return torch.tensor([int(value) for value in values], dtype=torch.float32)


@mistake(of="vector", loses="vector")
def in_double_precision(values):
    """The vector is float64; float32 is asked for."""
    return torch.tensor(values, dtype=torch.float64)


@mistake(of="matrix", loses="matrix")
def rows_end_to_end(rows):
    """The rows are put end to end in one long vector."""
    return torch.tensor([number for row in rows for number in row], dtype=torch.float32)


@mistake(of="matrix", loses="matrix")
def rows_as_columns(rows):
    """The rows of the list have become the columns of the matrix."""
    return torch.stack([torch.tensor(row, dtype=torch.float32) for row in rows], dim=1)


@mistake(of="matrix", loses="matrix")
def reshaped_to_transpose(rows):
    """The matrix has the transposed shape, with the numbers still in reading order."""
    return torch.tensor(rows, dtype=torch.float32).reshape(len(rows[0]), len(rows))


@mistake(of="matrix", loses="matrix_values")
def matrix_dtype_of_the_list(rows):
    """Whole numbers give an int64 tensor: the dtype is taken from the list."""
    return torch.tensor(rows)


@mistake(of="matrix", loses="matrix_values")
def single_row_flattened(rows):
    """A single row gives a vector: squeeze() drops every axis of length one."""
    return torch.tensor(rows, dtype=torch.float32).squeeze()


@mistake(of="shape", loses="shape")
def as_a_list(t):
    """The right numbers, as a list; a tuple is asked for."""
    return list(t.shape)


@mistake(of="shape", loses="shape")
def number_of_axes(t):
    """This is how many axes there are; how long each one is is asked for."""
    return t.dim()


@mistake(of="shape", loses="shape")
def columns_first(t):
    """The axes are in the reverse order: rows come before columns."""
    return tuple(reversed(t.shape))


@mistake(of="shape", loses="shape_of_any_tensor")
def always_two_axes(t):
    """Only the first two axes are looked at, so other tensors than matrices fail."""
    return (t.shape[0], t.shape[1])
