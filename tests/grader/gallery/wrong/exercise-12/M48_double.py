"""M48: everything is made float64, as NumPy has it.

Named: signature:double_precision
"""


def predict(counts, weight):
    wide = counts.double()
    return (wide - wide.mean(0)) @ weight.double()
