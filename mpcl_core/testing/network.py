"""Check the components of a network, of any slot."""

from typing import Any

import torch
from torch import Tensor

from mpcl_core.interfaces.components import Encoder, Memory, NetworkComponent, Objective
from mpcl_core.testing.cases import QUERIES, Case, annotations
from mpcl_core.testing.common import demand_process_state_unchanged
from mpcl_core.testing.failure import demand, demand_equal
from mpcl_core.testing.sample_data import D, K, distributions, noise
from mpcl_core.testing.trees import collect_tensors, map_floats, map_tensors, select_windows

CLOSE = 1e-5
"""Tolerance for results whose sums are computed in a different order."""


def shapes(case: Case) -> None:
    """Require outputs of the shape and dtype in the slot's signature, for 1 window and for 4."""
    for n in (1, 4):
        component = case.build().eval()
        for name, output in case.call(component, case.make_inputs(n, 0)).items():
            annotation = annotations(case.slot)[name]
            letters = annotation.dim_str.split()
            known = {"b": n, "*h": n, "q": QUERIES, "d": D, "k": K}
            fits = len(letters) == output.ndim and all(
                known.get(letter, size) == size for letter, size in zip(letters, output.shape, strict=True)
            )
            sizes = ", ".join(f"{letter} = {known[letter]}" for letter in letters if letter in known)
            demand(fits, f"{name} has shape {tuple(output.shape)}, not ({' '.join(letters)}) with {sizes}")
            demand(output.is_floating_point(), f"{name} has dtype {output.dtype}, not a floating-point dtype")
            if case.slot is Encoder:
                found, declared = output.shape[1], getattr(component, "n_tokens", None)
                demand(found == declared, f"n_tokens is {declared}, but forward returns {found} tokens")


def gradients(case: Case) -> None:
    """Require a finite gradient that is not all zero for every parameter in training.

    A parameter that no gradient reaches is never learned.
    """
    component = case.build().train()
    outputs = case.call(component, case.make_inputs(4, 0))
    if not list(component.parameters()):
        return
    demand(any(output.requires_grad for output in outputs.values()), "no output depends on the parameters")
    torch.stack([(output * noise(*output.shape)).sum() for output in outputs.values()]).sum().backward()  # type: ignore[no-untyped-call]
    for name, parameter in component.named_parameters():
        if parameter.requires_grad:
            demand(parameter.grad is not None and parameter.grad.any(), f"no gradient reaches '{name}'")
            demand(parameter.grad.isfinite().all(), f"the gradient of '{name}' is not finite")


def windows_do_not_mix(case: Case) -> None:
    """Require the same output in eval mode for a window alone and in a batch.

    Otherwise a prediction would depend on the other tested windows. A component with ``mixes_samples`` set is exempt.
    """
    component = case.build().eval()
    if component.mixes_samples or isinstance(component, Objective):
        return
    inputs = case.make_inputs(4, 0)
    batched = case.call(component, inputs)
    for window in range(4):
        for name, single in case.call(component, select_windows(inputs, slice(window, window + 1))).items():
            message = f"{name} of window {window} differs between the window alone and in a batch of four"
            demand_equal(single[0], batched[name][window], message, CLOSE)


def deterministic(case: Case) -> None:
    """Require equal outputs of two calls in eval mode, with different states of the random generators."""
    component, inputs = case.build().eval(), case.make_inputs(4, 0)
    first = case.call(component, inputs)
    torch.manual_seed(1)
    for name, second in case.call(component, inputs).items():
        demand_equal(first[name], second, f"{name} differs between two calls in eval mode")


def state_dict(case: Case) -> None:
    """Require equal outputs after ``state_dict`` is loaded into a new component.

    Saved models are loaded in this manner.
    """
    saved = case.build().eval()
    _train(saved)
    torch.manual_seed(1)
    loaded = case.build().eval()
    loaded.load_state_dict(saved.state_dict())
    first, second = (case.call(component, case.make_inputs(4, 0)) for component in (saved, loaded))
    for name in first:
        demand_equal(first[name], second[name], f"{name} differs after saving and loading the weights")


@torch.no_grad()
def _train(component: NetworkComponent) -> None:
    """Call what the engine calls on a component during training."""
    component.observe(distributions(6), torch.ones(6))
    if isinstance(component, Memory):
        for name, value in component.updated(noise(6, D), distributions(6), torch.ones(6)).items():
            component.get_buffer(name).copy_(value)


def device_and_dtype(case: Case) -> None:
    """Require outputs of the dtype and on the device that ``to`` sets.

    The check uses float64 and a meta device.
    """
    inputs = case.make_inputs(4, 0)
    doubled = case.build().eval().double()
    for name, output in case.call(doubled, map_floats(inputs, Tensor.double)).items():
        demand(output.dtype == torch.float64, f"{name} has dtype {output.dtype} for float64 inputs and parameters")
    expected = case.call(case.build().eval(), inputs)
    with torch.device("meta"):
        built = case.build().eval()
    for about, component in (("built on", built.to("meta")), ("moved to", case.build().eval().to("meta"))):
        for name, output in case.call(component, map_tensors(inputs, lambda _, tensor: tensor.to("meta"))).items():
            demand(output.device.type == "meta", f"{about} another device, it returns {name} on {output.device}")
            shapes_agree = output.shape == expected[name].shape
            demand(shapes_agree, f"{about} the meta device, it returns {name} of shape {tuple(output.shape)}")


def no_in_place_changes(case: Case) -> None:
    """Require that ``forward`` changes no parameter, buffer or input in place.

    Stacked copies and autograd do not support that. A component with ``stackable = False`` may update running
    statistics in training.
    """
    for training in (False, True):
        component, inputs = case.build().train(training), case.make_inputs(4, 0)
        may_update = training and not component.stackable
        state = {} if may_update else _state(component)
        watched: dict[str, Any] = {f"'{name}'": value for name, value in state.items()}
        watched |= {f"its input {name or ''}".strip(): value for name, value in collect_tensors(inputs).items()}
        before = {name: (value.detach().clone(), value._version) for name, value in watched.items()}
        case.call(component, inputs)
        after = watched | {f"'{name}'": value for name, value in _state(component).items()}
        for name, (value, version) in before.items():
            changed = after[name]._version != version or not torch.equal(value, after[name])
            demand(not changed, f"forward changes {name} in place in {'training' if training else 'eval mode'}")


def _state(component: torch.nn.Module) -> dict[str, Tensor]:
    return {**dict(component.named_parameters()), **dict(component.named_buffers())}


UNSCALED = ("weights", "weight", "D", "prototypes")
"""Inputs that are not scaled, since their range does not depend on the signals: shares and prototypes."""


def finite_at_extremes(case: Case) -> None:
    """Require finite outputs and gradients for inputs that are all 0 and for inputs times 10 000."""
    for scale in (0.0, 1e4):
        component = case.build().train()

        def scaled(name: str, tensor: Tensor, scale: float = scale) -> Tensor:
            if not tensor.is_floating_point() or name.rpartition(".")[2] in UNSCALED:
                return tensor
            return (tensor * scale).requires_grad_()

        inputs = map_tensors(case.make_inputs(4, 0), scaled)
        outputs = case.call(component, inputs)
        for name, output in outputs.items():
            demand(output.isfinite().all(), f"{name} is not finite for inputs times {scale:g}")
        if any(output.requires_grad for output in outputs.values()):
            torch.stack([output.sum() for output in outputs.values()]).sum().backward()  # type: ignore[no-untyped-call]
        for name, tensor in {**collect_tensors(inputs), **dict(component.named_parameters())}.items():
            if tensor.grad is not None:
                message = f"the gradient of {name or 'the input'} is not finite for inputs times {scale:g}"
                demand(tensor.grad.isfinite().all(), message)


def process_state_unchanged(case: Case) -> None:
    """Require that using the component changes no setting of torch or numpy and seeds nothing.

    Such changes would affect other components.
    """
    demand_process_state_unchanged(lambda: case.call(case.build(), case.make_inputs(4, 0)))


NETWORK = (
    shapes,
    gradients,
    windows_do_not_mix,
    deterministic,
    state_dict,
    device_and_dtype,
    no_in_place_changes,
    finite_at_extremes,
    process_state_unchanged,
)
