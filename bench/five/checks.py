"""Twelve checks of the five functions, plain asserts, the same for every grader."""

import torch


def some(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(7))


def check_vector_shape(student):
    assert student.make_vector().shape == (3,)


def check_vector_value(student):
    found = student.make_vector()
    assert found.dtype == torch.float32
    assert torch.allclose(found, torch.tensor([1.0, 2.0, 3.0]))


def check_matvec_shape(student):
    assert student.matvec(some(5, 3), some(3)).shape == (5,)


def check_matvec_value(student):
    A, v = some(5, 3), some(3)
    assert torch.allclose(student.matvec(A, v), A @ v, atol=1e-6)


def check_matvec_gradient(student):
    A, v = some(5, 3), some(3).requires_grad_()
    student.matvec(A, v).sum().backward()
    assert torch.allclose(v.grad, A.sum(dim=0), atol=1e-5)


def check_loss_scalar(student):
    assert student.loss_fn(some(4), some(9, 4), some(9)).shape == ()


def check_loss_value(student):
    w, X, y = some(4), some(9, 4), some(9)
    assert torch.allclose(student.loss_fn(w, X, y), ((X @ w - y) ** 2).mean())


def check_loss_zero(student):
    w, X = some(4), some(9, 4)
    assert student.loss_fn(w, X, X @ w) == 0


def check_loss_gradient(student):
    w, X, y = some(4).requires_grad_(), some(9, 4), some(9)
    student.loss_fn(w, X, y).backward()
    wanted = 2 / 9 * (X.T @ (X @ w.detach() - y))
    assert torch.allclose(w.grad, wanted, atol=1e-5)


def check_train_converges(student):
    X = some(64, 4)
    assert torch.allclose(student.train(X, X @ some(4)), some(4), atol=0.01)


def check_ff_shape(student):
    assert student.build_ff().weight.shape == (3072, 768)


def check_ff_value(student):
    layer, x = student.build_ff(), some(4, 768)
    assert torch.allclose(layer(x), x @ layer.weight.T + layer.bias, atol=1e-4)
