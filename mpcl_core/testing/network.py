"""Checks of every component of a network."""

from typing import Any

import torch
from torch import Tensor

from mpcl_core.interfaces.components import Encoder, Memory, NetworkComponent, Objective
from mpcl_core.testing.cases import QUERIES, Case, annotations
from mpcl_core.testing.common import leaves_alone
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import D, K, distributions, noise
from mpcl_core.testing.trees import floats, mapped, rows, tensors

CLOSE = 1e-5
"""How far results may be apart that are summed in another order."""


def shapes(case: Case) -> None:
    """For 1 row and for 4 the answer has the shape and dtype of the slot's own signature; other parts rely on it."""
    for n in (1, 4):
        component = case.build().eval()
        for name, answer in case.answer(component, case.given(n, 0)).items():
            annotation = annotations(case.slot)[name]
            letters = annotation.dim_str.split()
            known = {"b": n, "*h": n, "q": QUERIES, "d": D, "k": K}
            fits = len(letters) == answer.ndim and all(
                known.get(letter, size) == size for letter, size in zip(letters, answer.shape, strict=True)
            )
            given = ", ".join(f"{letter} = {known[letter]}" for letter in letters if letter in known)
            demand(fits, f"{name} has shape {tuple(answer.shape)}, not ({' '.join(letters)}) with {given}")
            demand(answer.is_floating_point(), f"{name} is of {answer.dtype}, not of floating-point numbers")
            if case.slot is Encoder:
                came, promised = answer.shape[1], getattr(component, "n_tokens", None)
                demand(came == promised, f"n_tokens is {promised}, but {came} tokens came")


def gradients(case: Case) -> None:
    """In training a finite gradient, not all zero, reaches every parameter; what none reaches is never learned."""
    component = case.build().train()
    answers = case.answer(component, case.given(4, 0))
    if not list(component.parameters()):
        return
    demand(any(answer.requires_grad for answer in answers.values()), "no answer depends on its parameters")
    torch.stack([(answer * noise(*answer.shape)).sum() for answer in answers.values()]).sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in component.named_parameters():
        if parameter.requires_grad:
            demand(parameter.grad is not None and parameter.grad.any(), f"no gradient reaches '{name}'")
            demand(parameter.grad.isfinite().all(), f"the gradient of '{name}' is not finite")


def rows_do_not_mix(case: Case) -> None:
    """In eval a row's answer is the same alone and among others; else a prediction depends on who is tested with it."""
    component = case.build().eval()
    if component.mixes_samples or isinstance(component, Objective):
        return
    given = case.given(4, 0)
    together = case.answer(component, given)
    for row in range(4):
        for name, alone in case.answer(component, rows(given, slice(row, row + 1))).items():
            message = f"{name} of row {row} differs between the row alone and among four"
            demand_equal(alone[0], together[name][row], message, CLOSE)


def deterministic(case: Case) -> None:
    """In eval two calls give the same, whatever the random state: a prediction is not drawn."""
    component, given = case.build().eval(), case.given(4, 0)
    first = case.answer(component, given)
    torch.manual_seed(1)
    for name, second in case.answer(component, given).items():
        demand_equal(first[name], second, f"{name} differs between two calls in eval")


def state_dict(case: Case) -> None:
    """Its ``state_dict``, loaded into a new one, gives the same answers; a run's weights are stored so."""
    first = case.build().eval()
    _learn(first)
    torch.manual_seed(1)
    second = case.build().eval()
    second.load_state_dict(first.state_dict())
    one, two = (case.answer(component, case.given(4, 0)) for component in (first, second))
    for name in one:
        demand_equal(one[name], two[name], f"{name} differs after its weights were stored and loaded")


@torch.no_grad()
def _learn(component: NetworkComponent) -> None:
    """What the engine tells a component while it trains."""
    component.observe(distributions(6), torch.ones(6))
    if isinstance(component, Memory):
        for name, value in component.updated(noise(6, D), distributions(6), torch.ones(6)).items():
            component.get_buffer(name).copy_(value)


def device_and_dtype(case: Case) -> None:
    """It goes where ``to`` puts it: float64 stays float64, nothing is left on the CPU (tried with a meta device)."""
    given = case.given(4, 0)
    doubled = case.build().eval().double()
    for name, answer in case.answer(doubled, floats(given, Tensor.double)).items():
        demand(answer.dtype == torch.float64, f"{name} is {answer.dtype} for float64 inputs and parameters")
    expected = case.answer(case.build().eval(), given)
    with torch.device("meta"):
        built = case.build().eval()
    for about, component in (("built on", built.to("meta")), ("moved to", case.build().eval().to("meta"))):
        for name, answer in case.answer(component, mapped(given, lambda _, tensor: tensor.to("meta"))).items():
            demand(answer.device.type == "meta", f"{about} another device, it leaves {name} on {answer.device}")
            shapes_agree = answer.shape == expected[name].shape
            demand(shapes_agree, f"{name} has shape {tuple(answer.shape)} when it is {about} the meta device")


def writes_nothing(case: Case) -> None:
    """``forward`` changes no parameter, buffer or input in place, which a stack of copies and autograd cannot bear.

    A component that says ``stackable = False`` may keep running statistics in training.
    """
    for training in (False, True):
        component, given = case.build().train(training), case.given(4, 0)
        running = training and not component.stackable
        held: dict[str, Any] = {} if running else {f"its '{name}'": value for name, value in _held(component).items()}
        held |= {f"its input {name or ''}".strip(): value for name, value in tensors(given).items()}
        before = {name: (value.detach().clone(), value._version) for name, value in held.items()}
        case.answer(component, given)
        after = held | {f"its '{name}'": value for name, value in _held(component).items()}
        for name, (value, version) in before.items():
            touched = after[name]._version != version or not torch.equal(value, after[name])
            demand(not touched, f"forward writes to {name} in {'training' if training else 'eval'}")


def _held(component: torch.nn.Module) -> dict[str, Tensor]:
    return {**dict(component.named_parameters()), **dict(component.named_buffers())}


UNSCALED = ("weights", "weight", "D", "prototypes")
"""What is bounded whatever the signals: shares, and what a component learns."""


def finite_at_extremes(case: Case) -> None:
    """For inputs all 0 and for inputs times 10 000 the answers and all gradients are finite; one NaN ends a run."""
    for scale in (0.0, 1e4):
        component = case.build().train()

        def scaled(name: str, tensor: Tensor, scale: float = scale) -> Tensor:
            if not tensor.is_floating_point() or name.rpartition(".")[2] in UNSCALED:
                return tensor
            return (tensor * scale).requires_grad_()

        given = mapped(case.given(4, 0), scaled)
        answers = case.answer(component, given)
        for name, answer in answers.items():
            demand(answer.isfinite().all(), f"{name} is not finite for inputs times {scale:g}")
        if any(answer.requires_grad for answer in answers.values()):
            torch.stack([answer.sum() for answer in answers.values()]).sum().backward()  # type: ignore[no-untyped-call]
        for name, tensor in {**tensors(given), **dict(component.named_parameters())}.items():
            if tensor.grad is not None:
                message = f"the gradient of {name or 'the input'} is not finite for inputs times {scale:g}"
                demand(tensor.grad.isfinite().all(), message)


def leaves_the_process_alone(case: Case) -> None:
    """Building and calling it changes no setting of torch or numpy and seeds nothing: other components would notice."""
    leaves_alone(lambda: case.answer(case.build(), case.given(4, 0)))


NETWORK = (
    shapes,
    gradients,
    rows_do_not_mix,
    deterministic,
    state_dict,
    device_and_dtype,
    writes_nothing,
    finite_at_extremes,
    leaves_the_process_alone,
)
