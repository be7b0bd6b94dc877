"""What torch raises about shapes, gradients, dtypes and devices."""

from grader.translate.row import Row

_DTYPES = (
    "Tensors of two dtypes are combined, {0} and {1}. .float() makes float32, .long() whole "
    "numbers, x.to(y.dtype) the dtype of y."
)

ROWS = (
    # Shapes
    Row("RuntimeError", r"mat1 and mat2 shapes cannot be multiplied \((\w+) and (\w+)\)",
        "shapes_of_product",
        "Matrices of {0} and {1} cannot be multiplied: the columns of the first have to be as many "
        "as the rows of the second. Look at both shapes; one may need .T, or a layer another "
        "width."),
    Row("RuntimeError", r"size mismatch, got input \((\d+)\), mat \((\w+)\), vec \((\d+)\)",
        "shapes_of_matvec",
        "A matrix of {1} cannot be multiplied by a vector of {2}: it needs as many elements as the "
        "matrix has columns."),
    Row("RuntimeError", r"inconsistent tensor size, expected tensor \[(\d+)\] and src \[(\d+)\]",
        "shapes_of_dot",
        "The dot product needs two vectors of one length; these have {0} and {1} elements."),
    Row("RuntimeError", r"1D tensors expected, but got (\d+)D and (\d+)D", "dot_of_matrices",
        "torch.dot takes two vectors; these tensors have {0} and {1} axes. @ multiplies matrices."),
    Row("RuntimeError", r"batch1 must be a 3D tensor|batch2 must be a 3D tensor", "bmm_axes",
        "torch.bmm takes tensors of three axes, the batch first. @ takes any number."),
    Row("RuntimeError", r"Expected size for first two dimensions of batch2 tensor to be",
        "shapes_of_batches",
        "Two batches of matrices do not fit: they need the same batch, and as many columns in the "
        "first as rows in the second. One may need transpose(-2, -1)."),
    Row("RuntimeError", r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) "
        r"at non-singleton dimension (\d+)", "broadcast",
        "Two tensors meet whose axis {2} is {0} long in one and {1} in the other. Only equal "
        "lengths go together, or a length of 1, counted from the last axis."),
    Row("RuntimeError", r"The expanded size of the tensor .* must match the existing size",
        "expand",
        "A tensor is written or stretched into a shape that it does not fit: only an axis of "
        "length 1 can be stretched."),
    Row("RuntimeError", r"shape '(.*)' is invalid for input of size (\d+)", "reshape",
        "{1} elements do not fill the shape {0}: the product of a shape has to be the number of "
        "elements. One axis can be written as -1."),
    Row("RuntimeError", r"view size is not compatible with input tensor's size and stride", "view",
        "view() reads the memory as it lies, and after transpose, permute or .T it lies otherwise. "
        "Use reshape(), or contiguous() before view()."),
    Row("RuntimeError", r"stack expects each tensor to be equal size, but got (\[.*?\]) at entry "
        r"(\d+) and (\[.*?\]) at entry (\d+)", "stack",
        "torch.stack puts tensors of one shape side by side; number {1} has shape {0} and number "
        "{3} has {2}."),
    Row("RuntimeError", r"(stack|cat\w*)(?:\(\):)? expects? a non-empty", "stack_of_nothing",
        "torch.{0} got an empty list: the loop that fills it has not run."),
    Row("RuntimeError", r"Sizes of tensors must match except in dimension (\d+)", "cat",
        "torch.cat joins tensors along axis {0}; all their other axes have to be equally long."),
    Row("RuntimeError", r"Tensors must have same number of dimensions: got (\d+) and (\d+)",
        "cat_axes",
        "torch.cat joins tensors with equally many axes; these have {0} and {1}. unsqueeze adds an "
        "axis, torch.stack makes a new one."),
    Row("RuntimeError", r"zero-dimensional tensor \(at position \d+\) cannot be concatenated",
        "cat_numbers",
        "torch.cat joins tensors that have an axis; for tensors of one number use torch.stack."),
    Row("IndexError", r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], "
        r"but got (-?\d+)\)", "axis_out_of_range",
        "There is no axis {2}: this tensor's axes are counted from {0} to {1}. It has fewer axes "
        "than expected."),
    Row("IndexError", r"too many indices for tensor of dimension (\d+)", "too_many_indices",
        "A tensor with {0} axes is indexed by more. Print its shape."),
    Row("IndexError|RuntimeError", r"index (-?\d+) is out of bounds for dimension (\d+) with "
        r"size (\d+)",
        "index_out_of_bounds",
        "Position {0} is asked for along axis {1}, which has {2}: they are counted from 0."),
    Row("IndexError", r"invalid index of a 0-dim tensor", "index_of_a_number",
        "A tensor of one number has no positions to choose from; item() gives the number."),
    Row("IndexError", r"shape mismatch: indexing tensors could not be broadcast", "index_tensors",
        "The tensors in one pair of square brackets are of different lengths: they pick element by "
        "element, so they need one shape."),
    Row("IndexError", r"The shape of the mask (\[.*?\]) at index (\d+) does not match",
        "mask_shape",
        "A mask of shape {0} picks from a tensor of another shape; they have to agree."),
    Row("RuntimeError", r"shape mismatch: value tensor of shape (\[.*?\]) cannot be broadcast to "
        r"indexing result of shape (\[.*?\])", "assigned_shape",
        "A tensor of shape {0} is written into a place of shape {1}."),
    Row("RuntimeError", r"permute.*: number of dimensions in the tensor input does not match",
        "permute_axes",
        "permute takes every axis of the tensor once, in their new order."),
    Row("RuntimeError", r"A must be batches of square matrices, but they are (\d+) by (\d+)",
        "not_square",
        "Only a square matrix can be inverted or solved for; this one is {0} by {1}."),
    Row("RuntimeError", r"both arguments to matmul need to be at least 1D", "product_of_numbers",
        "@ multiplies vectors and matrices, and one side is a single number. Use *."),
    Row("TypeError", r"iteration over a 0-d tensor", "loop_over_a_number",
        "A loop runs over a tensor of one number. It has no axis: something was summed or "
        "averaged before."),
    Row("RuntimeError", r"einsum\(\): ", "einsum",
        "The letters of einsum do not fit the tensors: one letter for each axis, and the same "
        "letter for axes of the same length."),
    # Gradients
    Row("RuntimeError", r"element 0 of tensors does not require grad and does not have a grad_fn",
        "no_history",
        "backward() starts from a tensor that does not know how it was computed. item(), detach(), "
        "torch.tensor() or no_grad() has cut it off, or no parameter went into it."),
    Row("RuntimeError", r"Trying to backward through the graph a second time", "backward_twice",
        "backward() goes through the same computation twice, and it is forgotten after the first "
        "time. Compute the loss anew in each step; detach() what is carried over."),
    Row("RuntimeError", r"grad can be implicitly created only for scalar outputs",
        "loss_not_scalar",
        "backward() starts from one number, and this tensor has more. Take its mean() or sum()."),
    Row("RuntimeError", r"a view of a leaf Variable that requires grad is being used",
        "leaf_view_in_place",
        "A part of a parameter is changed in place while autograd records. Update it inside "
        "`with torch.no_grad():`, or work on a clone()."),
    Row("RuntimeError", r"a leaf Variable that requires grad is being used in an in-place",
        "leaf_in_place",
        "A parameter is changed in place while autograd records. Update it inside "
        "`with torch.no_grad():`."),
    Row("RuntimeError", r"one of the variables needed for gradient computation has been modified "
        r"by an inplace operation", "modified_in_place",
        "A value that backward() needs was overwritten: by +=, by an index on the left of =, by a "
        "function whose name ends in _, or by an optimizer's step before backward()."),
    Row("RuntimeError", r"differentiated Tensor.* appears to not have been used in the graph",
        "not_in_the_graph",
        "A gradient is asked for a tensor that did not go into the result: it was copied, "
        "detached, or made anew on the way."),
    Row("RuntimeError", r"One of the differentiated Tensors does not require grad", "not_tracked",
        "A gradient is asked for a tensor that is not tracked: it needs requires_grad=True before "
        "it is used."),
    Row("RuntimeError", r"Can't call numpy\(\) on Tensor that requires grad", "numpy_of_tracked",
        "numpy() cannot carry a gradient. Use detach() before it, and only where no gradient has "
        "to go through."),
    Row("RuntimeError", r"[Oo]nly Tensors of floating point", "tracked_whole_numbers",
        "Only floating tensors can have gradients, and this one holds whole numbers. Write 1.0 for "
        "1, or use dtype=torch.float32."),
    Row("RuntimeError", r"Inference tensors cannot be saved for backward|"
        r"Inplace update to inference tensor outside InferenceMode", "inference_tensor",
        "A tensor made under torch.inference_mode() is used in training. Use torch.no_grad() "
        "there, or make the tensor outside."),
    Row("RuntimeError", r"you can only change requires_grad flags of leaf variables",
        "requires_grad_of_result",
        "requires_grad can be switched off only for tensors that were not computed. Use detach()."),
    Row("RuntimeError", r"Only Tensors created explicitly by the user .* support the deepcopy",
        "deepcopy_of_result",
        "A computed tensor cannot be deep-copied. Use detach().clone()."),
    Row("RuntimeError", r"output with shape (\[.*?\]) doesn't match the broadcast shape (\[.*?\])",
        "in_place_grows",
        "A tensor of shape {0} is changed in place and would become {1}. Without the underscore, "
        "or with a = a + b, a new one is made."),
    Row("RuntimeError", r"unsupported operation: (?:more than one element|some elements) of .*"
        r"refers? to a single memory location", "shared_memory",
        "A tensor is written whose numbers share their memory: with each other, as after expand(), "
        "or with what is read meanwhile. clone() makes a copy of its own."),
    Row("RuntimeError", r"attempting to assign a gradient of size '(.*?)' to a tensor of size "
        r"'(.*?)'",
        "gradient_shape",
        "A gradient has the shape of its tensor: {1}, and not {0}."),
    # Dtypes and devices
    Row("RuntimeError", r"expected target dtype to be Long or Byte, but got (\w+)", "target_dtype",
        "This loss takes the numbers of classes, and targets of dtype {0} came. Use .long()."),
    Row("RuntimeError", r"expected m1 and m2 to have the same dtype, but got: (.+) != (.+)",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"mat1 and mat2 must have the same dtype, but got (\w+) and (\w+)",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"expected both vectors to have same dtype, but found (\w+) and (\w+)",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"addmv input tensors must have the same dtype, but got (\w+), (\w+)",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"Input type \((\w+)\) and bias type \((\w+)\) should be the same",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"to have the same dtype, but got query\.dtype: (\w+) key\.dtype: (\w+)",
        "dtypes_differ", _DTYPES),
    Row("RuntimeError", r"mean\(\): could not infer output dtype. .* Got: (\w+)", "mean_of_whole",
        "mean() needs floating numbers, and these are of dtype {0}. Use .float() before it."),
    Row("RuntimeError", r"result type (\w+) can't be cast to the desired output type (\w+)",
        "in_place_cast",
        "A {0} cannot be put into a tensor of {1} in place. Make the tensor floating first, or a "
        "new one."),
    Row("RuntimeError|NotImplementedError", r"\"\w+\" not implemented for '(\w+)'",
        "no_kernel",
        "This operation does not exist for tensors of {0}; most want floating numbers. Use "
        ".float(), or check where the dtype comes from."),
    Row("IndexError", r"tensors used as indices must be long", "index_dtype",
        "An index has to be of whole numbers, or True and False. Use .long()."),
    Row("RuntimeError", r"only supports boolean masks, but got mask with dtype (\w+)|"
        r"expected condition to be a boolean tensor, but got a tensor with dtype (\w+)",
        "mask_dtype",
        "A mask is of True and False. A comparison, as m == 0 or m > 0, or .bool() makes one."),
    Row("RuntimeError", r"Expected tensor for argument #1 'indices' to have one of the following",
        "embedding_dtype",
        "An embedding is looked up by whole numbers, and floating ones came. Use .long()."),
    Row("RuntimeError", r"Tensor on device ([\w:]+) is not on the expected device ([\w:]+)",
        "devices_differ",
        "Tensors on two devices are combined, {0} and {1}. Make new tensors with device=x.device."),
    Row("RuntimeError|AssertionError|AcceleratorError", r"Torch not compiled with CUDA enabled|"
        r"Found no NVIDIA driver|No CUDA GPUs are available|Cannot access accelerator device",
        "no_gpu",
        "There is no GPU here, and one is asked for by name. Use device=x.device, or "
        "torch.cuda.is_available() to decide."),
    Row("TypeError", r"can't convert (\w+) device type tensor to numpy", "numpy_of_device",
        "A tensor on {0} has to be moved with .cpu() before numpy()."),
    Row("RuntimeError", r"Numpy is not available", "no_numpy",
        "NumPy is not installed here. The exercise can be solved with torch alone."),
    Row("NotImplementedError|RuntimeError", r"Cannot copy out of meta tensor|"
        r"cannot be called on meta tensors", "meta_tensor",
        "A tensor on the meta device has a shape and no numbers, so none can be taken out of it."),
)  # fmt: skip
