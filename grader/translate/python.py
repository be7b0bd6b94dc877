"""What Python raises, and what torch raises where a tensor is used as a Python value."""

from grader.translate.row import Row

ROWS = (
    # Tensors as Python values
    Row("RuntimeError", r"Boolean value of Tensor with more than one value is ambiguous",
        "tensor_as_condition",
        "`if`, `and`, `or` and `not` need one True or False, and this tensor has many values. Use "
        ".any(), .all(), torch.where, or & and | element by element."),
    Row("RuntimeError", r"a Tensor with (\d+) elements cannot be converted to Scalar",
        "item_of_many",
        "item() and float() take a tensor of one number, and this one has {0}. Take its mean() or "
        "sum(), or one element."),
    Row("ValueError", r"only one element tensors can be converted to Python scalars",
        "number_of_many",
        "A tensor of several numbers is used as one: by float(), int(), math, or inside "
        "torch.tensor([...]), which takes numbers. torch.stack takes tensors."),
    Row("TypeError", r"only integer tensors of a single element can be converted to an index",
        "index_of_many",
        "A whole number is needed, as for range or a position, and a tensor came that is no single "
        "whole number."),
    Row("TypeError", r"len\(\) of a 0-d tensor", "length_of_a_number",
        "A tensor of one number has no length. Something was summed or averaged before."),
    Row("TypeError", r"(\w+)\(\): argument 'tensors' .* must be tuple of Tensors, not Tensor",
        "tensors_in_a_list",
        "torch.{0} takes its tensors in a list: torch.{0}([a, b])."),
    Row("TypeError", r"(\w+)\(\): argument '(\w+)' .*must be Tensor, not NoneType",
        "none_for_tensor",
        "None is handed to {0}, which takes a tensor: a function without return gives None."),
    Row("TypeError", r"(\w+)\(\): argument '(\w+)' .*must be Tensor, not "
        r"(?:torch\.return_types\.)(\w+)", "pair_for_tensor",
        "torch.{2} over an axis gives two tensors, the values and their positions: take .values or "
        ".indices."),
    Row("TypeError", r"(\w+)\(\): argument '(\w+)' .*must be Tensor, not (\w+)",
        "value_for_tensor",
        "A value of type {2} is handed to {0}, which takes a tensor: torch.tensor makes one of "
        "numbers and lists, the math module works on plain numbers."),
    Row("TypeError", r"argument 'size' .*must be tuple of ints,? ?but got (\w+)|"
        r"argument 'size' .*must be tuple of ints, not (\w+)", "size_of_no_whole_number",
        "A size has to be of whole numbers, in a tuple where a function asks for one. A division "
        "with / gives a float, one with // a whole number."),
    Row("RuntimeError", r"Could not infer dtype of NoneType", "none_in_tensor",
        "A tensor is made of None. A function without return gives None."),
    Row("ValueError", r"too many dimensions 'str'", "tensor_of_text",
        "A tensor holds numbers, and text came. Give each word a number first."),
    Row("ValueError", r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)", "ragged",
        "torch.tensor got lists of different lengths, {0} and {2}: the rows of a tensor are "
        "equally long."),
    Row("AttributeError", r"'torch\.return_types\.(\w+)' object has no attribute '(\w+)'",
        "pair_for_tensor",
        "torch.{0} over an axis gives two tensors, the values and their positions: take .values or "
        ".indices."),
    Row("TypeError", r"cannot assign '(.+)' as parameter '(\w+)' \(torch\.nn\.Parameter",
        "assigned_parameter",
        "{1} is a parameter of the module and can only be replaced by one: nn.Parameter(...), or "
        "copy the values into it under torch.no_grad()."),
    Row("TypeError", r"'Tensor' object is not callable", "tensor_called",
        "A tensor is called like a function. Round brackets stand where an index in square ones, "
        "or an operator, is meant."),
    # None
    Row("TypeError", r"unsupported operand type\(s\) for (\S+): '(\w+)' and 'NoneType'|"
        r"unsupported operand type\(s\) for (\S+): 'NoneType' and '(\w+)'", "none_in_arithmetic",
        "None is used in a calculation. A function without return gives None, and .grad is None "
        "before backward()."),
    Row("AttributeError", r"'NoneType' object has no attribute '(\w+)'", "attribute_of_none",
        "`.{0}` is asked of None. A function without return gives None, and .grad is None before "
        "backward()."),
    Row("TypeError", r"'NoneType' object is not (callable|subscriptable|iterable)", "none_used",
        "None is used as if it were a value: it is not {0}. A function without return gives None."),
    # Names and calls
    Row("NameError", r"name 'F' is not defined", "not_imported",
        "F is not known here: write `import torch.nn.functional as F` at the top of the file."),
    Row("NameError", r"name 'nn' is not defined", "not_imported",
        "nn is not known here: write `from torch import nn` at the top of the file."),
    Row("NameError", r"name 'np' is not defined", "not_imported",
        "np is not known here: write `import numpy as np` at the top of the file, or use torch."),
    Row("NameError", r"name '(torch|math|random|copy|time|numpy|itertools|functools|collections)' "
        r"is not defined", "not_imported",
        "{0} is not known here: write `import {0}` at the top of the file."),
    Row("UnboundLocalError", r"cannot access local variable '(\w+)'", "local_before_assignment",
        "`{0}` is read before it has a value: it is assigned somewhere in this function, so it is "
        "the function's own."),
    Row("NameError", r"name '(\w+)' is not defined", "not_defined",
        "`{0}` is not known here: it is spelt in another way, not imported, or defined in another "
        "function."),
    Row("TypeError", r"([\w.]+)\(\) takes 0 positional arguments but 1 was given", "no_self",
        "{0} takes no argument and gets one. A method's first argument is self: "
        "`def name(self):`."),
    Row("TypeError", r"([\w.]+)\(\) missing \d+ required (?:positional|keyword-only) "
        r"arguments?: (.+)", "missing_argument",
        "{0} is called without {1}."),
    Row("TypeError", r"([\w.]+)\(\) takes (?:from \d+ to )?(\d+) positional arguments? but (\d+) "
        r"(?:was|were) given", "too_many_arguments",
        "{0} takes {1} arguments and is called with {2}; of a method, self is one of them."),
    Row("TypeError", r"([\w.]+)\(\) got an unexpected keyword argument '(\w+)'", "unknown_argument",
        "{0} has no argument called {1}."),
    Row("AttributeError", r"module '([\w.]+)' has no attribute '(\w+)'", "not_in_module",
        "There is no {1} in {0}: it is spelt in another way, or it lies in another module."),
    Row("AttributeError", r"'(list|tuple|float|int|bool|str|dict)' object has no attribute '(\w+)'",
        "attribute_of_plain_value",
        "`.{1}` is asked of a value of type {0}, which is no tensor: torch.tensor makes one; "
        "item(), float() and Python's own functions take it out of one."),
    Row("AttributeError", r"'(\w+)' object has no attribute '(\w+)'", "no_attribute",
        "An object of type {0} has no `{1}`: it is spelt in another way, or was not set in "
        "__init__."),
    Row("TypeError", r"'(\w+)' object is not callable", "not_callable",
        "A value of type {0} is called like a function: round brackets follow it."),
    Row("TypeError", r"'(\w+)' object is not subscriptable", "not_subscriptable",
        "Square brackets follow a value of type {0}, which has no elements. A function is called "
        "with round ones."),
    Row("TypeError", r"'(\w+)' object is not iterable", "not_iterable",
        "A loop, or a function that goes through its argument, gets a value of type {0}, which has "
        "no elements. A count needs range()."),
    Row("TypeError", r"'(\w+)' object cannot be interpreted as an integer", "not_whole",
        "A whole number is needed, and a {0} came. A division with // gives a whole number."),
    Row("RecursionError", r"maximum recursion depth exceeded", "recursion",
        "A function calls itself without end: it lacks a case in which it stops, or calls itself "
        "where another function is meant."),
    # Lists and numbers
    Row("TypeError", r"unsupported operand type\(s\) for \S+: 'list' and '\w+'|"
        r"unsupported operand type\(s\) for \S+: '\w+' and 'list'|"
        r"can't multiply sequence by non-int", "arithmetic_with_a_list",
        "A Python list is used in a calculation, element by element only tensors do that: "
        "torch.tensor makes one."),
    Row("ValueError", r"too many values to unpack|not enough values to unpack", "unpack",
        "There are more or fewer values on the right of = than names on the left. Print what "
        "comes, or its shape."),
    Row("IndexError", r"list index out of range", "list_index",
        "A position is asked for that the list does not have: they are counted from 0 to its "
        "length less 1."),
    Row("TypeError", r"list indices must be integers or slices, not (\w+)", "list_index_type",
        "A list is indexed by a {0}; it takes one whole number or a slice. Several at once, [0, "
        "1], are for tensors."),
    Row("KeyError", r"^(.+)$", "key", "The dict has no key {0}."),
    Row("ZeroDivisionError", r"", "zero_division",
        "A Python number is divided by zero: often a length or a count that is zero."),
    Row("ModuleNotFoundError", r"No module named '([\w.]+)'", "no_module",
        "There is no module {0} here: it is spelt in another way, or not installed where this is "
        "graded."),
    Row("ImportError", r"cannot import name '(\w+)' from '([\w.]+)'", "no_name_in_module",
        "There is no {0} in {1}: it is spelt in another way, or it lies in another module."),
)  # fmt: skip
