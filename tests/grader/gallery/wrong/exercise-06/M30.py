"""M30: view(-1) takes the batch along.

Named: batch_flattened
"""


def pixels(images):
    return images.reshape(-1)
