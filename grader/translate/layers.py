"""What layers, losses, modules and optimizers raise."""

from grader.translate.row import Row

_SIZES = "This loss compares element by element, and the shapes differ: {1} and {0}."

ROWS = (    # Losses, layers, modules
    Row("IndexError", r"index out of range in self", "embedding_index",
        "A number is looked up that the embedding does not have: its rows are counted from 0 to "
        "its size less 1."),
    Row("IndexError", r"Target (-?\d+) is out of bounds", "target_out_of_bounds",
        "There is no class {0}: with C columns of scores the classes are 0 to C - 1."),
    Row("RuntimeError", r"0D or 1D target tensor expected, multi-target not supported",
        "target_shape",
        "The targets have an axis too many: with scores (N, C) they are class numbers of shape "
        "(N,). squeeze(1) or flatten() takes an axis of length 1 away."),
    Row("ValueError|RuntimeError", r"Expected input batch_size \((\d+)\) to match target "
        r"batch_size \((\d+)\)", "target_batch",
        "There are {0} rows of scores and {1} targets; each row needs one target."),
    Row("RuntimeError", r"Expected target size (\[.*?\]), got (\[.*?\])", "target_axes",
        "Scores with more than two axes have the classes in axis 1, (N, C, T): these want targets "
        "of shape {0}, and {1} came. Move the axis of the classes, or flatten to (N * T, C)."),
    Row("ValueError", r"Using a target size \(torch\.Size\((.*?)\)\) that is different to the "
        r"input size \(torch\.Size\((.*?)\)\)", "target_size", _SIZES),
    Row("ValueError", r"Target size \(torch\.Size\((.*?)\)\) must be the same as input size "
        r"\(torch\.Size\((.*?)\)\)", "target_size", _SIZES),
    Row("RuntimeError", r"Expected floating point type for target with class probabilities, got "
        r"(\w+)", "target_one_hot",
        "The targets have the shape of the scores, and are of dtype {0}: whole numbers are taken "
        "for classes, of shape (N,). For a one-hot matrix use argmax(1)."),
    Row("RuntimeError", r"one_hot is only applicable to index tensor", "one_hot_dtype",
        "one_hot takes whole numbers. Use .long()."),
    Row("RuntimeError", r"Class values must be smaller than num_classes", "one_hot_classes",
        "A class number is as large as num_classes or larger; classes are counted from 0."),
    Row("RuntimeError", r"all elements of input should be between 0 and 1", "bce_of_scores",
        "This loss takes probabilities, from 0 to 1, and scores came. Use "
        "binary_cross_entropy_with_logits, or a sigmoid before it."),
    Row("ValueError", r"Expected more than 1 value per channel when training", "batch_norm_of_one",
        "Batch norm cannot train on a single example: there is no spread to divide by. Drop the "
        "last short batch, or call eval()."),
    Row("AttributeError", r"cannot assign (\w+) before Module\.__init__\(\) call", "super_init",
        "super().__init__() has to be the first line of the module's __init__: before it, "
        "the module cannot keep layers and parameters."),
    Row("AttributeError|TypeError", r"'\w+' object has no attribute "
        r"'_(?:parameters|modules|buffers|\w+_hooks)'",
        "super_init",
        "super().__init__() has to be the first line of the module's __init__."),
    Row("ValueError", r"optimizer got an empty parameter list", "no_parameters",
        "The optimizer got no parameters: layers in a plain list or dict are not found (use "
        "nn.ModuleList), nor are tensors that are no nn.Parameter; and an iterator that was used "
        "before is empty."),
    Row("ValueError", r"can't optimize a non-leaf Tensor", "optimizer_of_result",
        "An optimizer moves tensors that were not computed. Make the parameter last: "
        "nn.Parameter(t.to(device)), not nn.Parameter(t).to(device)."),
    Row("TypeError", r"params argument given to the optimizer should be an iterable",
        "optimizer_of_tensor",
        "An optimizer takes a list of parameters: model.parameters(), or [w] for a single one."),
    Row("RuntimeError", r"Given groups=\d+, weight of size (\[.*?\]), expected input(?:\[.*?\])? "
        r"(?:\[.*?\] )?to have (\d+) channels, but got (\d+) channels", "conv_channels",
        "This convolution takes {1} channels, and {2} came. The channels are axis 1 of a batch: "
        "(N, C, H, W)."),
    Row("RuntimeError", r"Kernel size can't be greater than actual input size", "kernel_too_large",
        "The kernel is larger than the image that reaches it. Too many poolings or strides come "
        "before, or padding is missing."),
    Row("RuntimeError", r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d", "conv_axes",
        "A 2-d convolution takes (N, C, H, W) or (C, H, W). unsqueeze adds a missing axis."),
    Row("RuntimeError", r"Given input size: \((.*?)\)\. Calculated output size: \((.*?)\)\. Output "
        r"size is too small", "pool_too_large",
        "The pooling window is larger than the image that reaches it, {0}. Too many poolings or "
        "strides come before."),
    Row("RuntimeError", r"Given normalized_shape=(\[.*?\]), expected input with shape (\[.*?\])",
        "layer_norm_shape",
        "Layer norm over {0} needs a last axis of that length, and this input has another."),
    Row("RuntimeError", r"Error\(s\) in loading state_dict for (\w+)", "state_dict",
        "The saved parameters are not those of this {0}: below it says which names or shapes "
        "differ. Build the model as it was when it was saved."),
    Row("NotImplementedError", r"Module \[ModuleList\] is missing", "module_list_called",
        "A ModuleList keeps layers and does not run them: go through it with a loop, or use "
        "nn.Sequential."),
    Row("NotImplementedError", r'Module \[(\w+)\] is missing the required "forward" function',
        "no_forward",
        "{0} has no forward: write `def forward(self, x):`, spelt so and indented within the "
        "class."),
    Row("RuntimeError", r"input\.size\(-1\) must be equal to input_size\. Expected (\d+), got "
        r"(\d+)", "recurrent_width",
        "This recurrent layer takes {0} features in the last axis, and {1} came."),
)  # fmt: skip
