"""M82: a convolution by the book, index by index.

Named: kernel_flipped
"""

import torch


def convolve(image, kernel):
    h, w = kernel.shape
    out = torch.zeros(image.shape[0] - h + 1, image.shape[1] - w + 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for a in range(h):
                for b in range(w):
                    out[i, j] += image[i + h - 1 - a, j + w - 1 - b] * kernel[a, b]
    return out
