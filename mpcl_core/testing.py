"""The contract that every component keeps, as checks with names.

``failures(cls)`` runs the checks of a component's slot and answers, for each that fails, what was seen. A plugin's
author runs them on a component of their own; the project's tests run them over the whole catalog.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, stack_module_state

from mpcl_core.interfaces.components import (
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    Fusion,
    Head,
    Memory,
    NetworkComponent,
    Objective,
    Protocol,
    Retrieval,
)
from mpcl_core.interfaces.data import (
    Batch,
    Modality,
    Recall,
    State,
    StreamInfo,
    StreamState,
    WindowSet,
)
from mpcl_core.interfaces.maths import normalise

K, D = 5, 8
N_TOKENS = (3, 4, 5)
MODALITIES = (
    Modality("eeg", 4, 64, 32.0),
    Modality("gsr", 1, 16, 8.0),
    Modality("face", 2, 6, None),
)


@dataclass(frozen=True)
class Subject:
    """A component under test.

    Args:
        build: makes a new one.
        call: sends made-up rows through it: (component, number of rows) -> named outputs, rows first.
    """

    build: Callable[[], NetworkComponent]
    call: Callable[[nn.Module, int], dict[str, Tensor]]


def failures(cls: type[Component], **parameters: object) -> dict[str, str]:
    """Check name -> what went wrong, for the checks that fail.

    Args:
        cls: a component class of any slot.
        parameters: what a recipe would give it; without any, its defaults.
    """
    found = {}
    for name, check in checks(cls).items():
        try:
            with torch.random.fork_rng():
                torch.manual_seed(0)
                check(cls, parameters)
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


Check = Callable[[type[Any], Mapping[str, Any]], None]


def checks(cls: type[Component]) -> dict[str, Check]:
    """The checks of the slot that a class is in, by name."""
    if issubclass(cls, NetworkComponent):
        return NETWORK_CHECKS | (FUSION_CHECKS if issubclass(cls, Fusion) else {})
    for slot, found in EXPERIMENT_CHECKS.items():
        if issubclass(cls, slot):
            return found
    return {}


def _subjects(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> Iterator[Subject]:
    """The component in every setting its slot may meet: an encoder, say, for signals and for features."""
    if issubclass(cls, Encoder):
        built = 0
        for modality in MODALITIES:
            try:
                cls(modality=modality, dim=D, **parameters)
            except ValueError:
                continue  # an encoder may refuse a kind of modality
            built += 1
            yield Subject(
                lambda modality=modality: cls(modality=modality, dim=D, **parameters),  # type: ignore[misc]
                lambda encoder, n, modality=modality: {"tokens": encoder(_signal(modality, n))},  # type: ignore[misc]
            )
        if not built:
            raise AssertionError("it refuses every modality")
    else:
        yield Subject(lambda: cls(**_supplied(cls), **parameters), _CALLS[_slot(cls)])


def _slot(cls: type[Component]) -> type[Component]:
    return next(slot for slot in _CALLS if issubclass(cls, slot))


def _supplied(cls: type[NetworkComponent]) -> dict[str, Any]:
    streams = (StreamInfo("physiological", True), StreamInfo("behavioural", True))
    valence = ((0, 1, 2), (3, 4))
    by_slot: dict[type[Component], dict[str, Any]] = {
        Fusion: {"modalities": MODALITIES, "n_tokens": N_TOKENS, "dim": D},
        Memory: {"n_outputs": K, "dim": D},
        Retrieval: {"dim": D},
        Objective: {"n_outputs": K, "dim": D},
        Head: {"streams": streams, "n_outputs": K, "dim": D, "valence": valence},
    }
    return by_slot[_slot(cls)]


def _noise(*shape: int, seed: int = 0) -> Tensor:
    drawn = np.random.default_rng(seed).normal(size=shape)  # not torch's: vmap would draw anew for each copy
    return torch.as_tensor(drawn, dtype=torch.float32)


def _signal(modality: Modality, n: int) -> Tensor:
    return _noise(n, modality.n_chans, modality.n_times or 1)


def _tokens(n: int) -> dict[str, Tensor]:
    return {m.name: _noise(n, N_TOKENS[i], D, seed=i) for i, m in enumerate(MODALITIES)}


def _present(n: int) -> dict[str, Tensor]:
    return {m.name: torch.ones(n, dtype=torch.bool) for m in MODALITIES}


def _streams(n: int) -> dict[str, StreamState]:
    made = {}
    for seed, name in enumerate(("physiological", "behavioural")):
        z = _noise(n, D, seed=seed)
        prototypes = normalise(_noise(K, 1, D, seed=seed + 7))
        weights = torch.einsum("bd,kmd->bkm", z, prototypes).flatten(1).softmax(-1).view(n, K, 1)
        enriched = z + torch.einsum("bkm,kmd->bd", weights, prototypes)
        there = torch.ones(n, dtype=torch.bool)
        made[name] = StreamState({"a": _noise(n, 3, D)}, z, there, weights, enriched, prototypes)
    return made


def _batch(n: int) -> Batch:
    return Batch({}, {}, _noise(n, K).softmax(-1), torch.ones(n))


def _call_memory(memory: nn.Module, n: int) -> dict[str, Tensor]:
    recall: Recall = memory(_noise(n, D))
    return {"enriched": recall.enriched, "weights": recall.weights}


def _call_objective(objective: nn.Module, n: int) -> dict[str, Tensor]:
    state = State(_streams(n), _noise(n, K))
    return {"loss": objective(state, _batch(n))}


_CALLS: dict[type[Component], Callable[[nn.Module, int], dict[str, Tensor]]] = {
    Fusion: lambda fusion, n: {"z": fusion(_tokens(n), _present(n))},
    Memory: _call_memory,
    Retrieval: lambda retrieval, n: {"found": retrieval(_noise(n, 2, D), _noise(n, 6, D, seed=1), None)},
    Objective: _call_objective,
    Head: lambda head, n: {"logits": head(_streams(n))[0]},
    Encoder: lambda encoder, n: {},
}

_SHAPES: dict[str, Callable[[int], tuple[int | None, ...]]] = {
    "tokens": lambda n: (n, None, D),
    "z": lambda n: (n, D),
    "enriched": lambda n: (n, D),
    "weights": lambda n: (n, K, None),
    "found": lambda n: (n, 2, D),
    "loss": lambda n: (),
    "logits": lambda n: (n, K),
}


def _shapes(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    for subject in _subjects(cls, parameters):
        component = subject.build().eval()
        for n in (1, 4):
            for name, output in subject.call(component, n).items():
                expected = _SHAPES[name](n)
                fits = len(expected) == output.ndim and all(
                    want in (None, got) for want, got in zip(expected, output.shape, strict=True)
                )
                if name == "tokens" and output.shape[1] != component.n_tokens:
                    raise AssertionError(f"n_tokens is {component.n_tokens}, but {output.shape[1]} came")
                if not fits:
                    raise AssertionError(f"{name} has shape {tuple(output.shape)} for {n} rows, not {expected}")


def _gradients(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    for subject in _subjects(cls, parameters):
        component = subject.build().train()
        outputs = subject.call(component, 4)
        if not any(output.requires_grad for output in outputs.values()):
            if list(component.parameters()):
                raise AssertionError("no output depends on its parameters")
            continue
        sum((output * _noise(*output.shape)).sum() for output in outputs.values()).backward()  # type: ignore[union-attr]
        for name, parameter in component.named_parameters():
            if parameter.grad is None or not parameter.grad.any():
                raise AssertionError(f"no gradient reaches '{name}'")
            if not parameter.grad.isfinite().all():
                raise AssertionError(f"the gradient of '{name}' is not finite")


def _rows_apart(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    if cls.mixes_samples or issubclass(cls, Objective):
        return
    for subject in _subjects(cls, parameters):
        component = subject.build().eval()
        alone, together = subject.call(component, 1), subject.call(component, 4)
        for name in alone:
            again = subject.call(component, 4)[name]
            if not torch.equal(together[name], again):
                raise AssertionError(f"{name} differs between two calls in eval mode")
        whole = _per_row(subject, component)
        for name, rows in whole.items():
            if not torch.allclose(rows, together[name], atol=1e-5):
                raise AssertionError(f"{name} of a row depends on the other rows of its batch")


def _per_row(subject: Subject, component: nn.Module) -> dict[str, Tensor]:
    """Each row of a batch of four on its own: the tensors that the calls make are cut by a hook on the way in."""
    parts: list[dict[str, Tensor]] = []
    for row in range(4):
        handle = component.register_forward_pre_hook(lambda _, args, row=row: tuple(_cut(arg, row) for arg in args))
        parts.append(subject.call(component, 4))
        handle.remove()
    return {name: torch.cat([part[name] for part in parts]) for name in parts[0]}


def _cut(value: Any, row: int) -> Any:
    if isinstance(value, Tensor):
        return value[row : row + 1]
    if isinstance(value, Mapping):
        return {name: _cut(part, row) for name, part in value.items()}
    if isinstance(value, StreamState):
        parts = {name: _cut(part, row) for name, part in vars(value).items()}
        return StreamState(**{**parts, "prototypes": value.prototypes})
    return value


def _state_dict(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    for subject in _subjects(cls, parameters):
        first, second = subject.build().eval(), subject.build().eval()
        second.load_state_dict(first.state_dict())
        one, two = subject.call(first, 4), subject.call(second, 4)
        for name in one:
            if not torch.equal(one[name], two[name]):
                raise AssertionError(f"{name} differs after its weights were stored and loaded")


def _stack(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    if not cls.stackable:
        return
    for subject in _subjects(cls, parameters):
        copies = [subject.build().eval() for _ in range(3)]
        weights, buffers = stack_module_state(list[nn.Module](copies))
        if not weights and not buffers:
            continue

        def call(
            state: dict[str, Tensor], subject: Subject = subject, base: nn.Module = copies[0]
        ) -> dict[str, Tensor]:
            return subject.call(_Called(base, state), 4)

        stacked = torch.func.vmap(call, randomness="different")({**weights, **buffers})
        for index, copy in enumerate(copies):
            for name, output in subject.call(copy, 4).items():
                if not torch.allclose(stacked[name][index], output, atol=1e-5):
                    raise AssertionError(f"{name} differs between copies that are stacked and one by one")


class _Called(nn.Module):
    """A module that answers with other weights."""

    def __init__(self, module: nn.Module, state: dict[str, Tensor]) -> None:
        super().__init__()
        self._held, self._state = [module], state

    def forward(self, *args: Any) -> Any:
        return functional_call(self._held[0], self._state, args)


def _extremes(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> None:
    for subject in _subjects(cls, parameters):
        component = subject.build()
        for scale in (0.0, 1e4):
            handle = component.register_forward_pre_hook(
                lambda _, args, scale=scale: tuple(_scaled(arg, scale) for arg in args)
            )
            outputs = subject.call(component, 4)
            handle.remove()
            for name, output in outputs.items():
                if not output.isfinite().all():
                    raise AssertionError(f"{name} is not finite for inputs times {scale:g}")


def _scaled(value: Any, scale: float) -> Any:
    if isinstance(value, Tensor):
        return value * scale if value.is_floating_point() else value
    if isinstance(value, Mapping):
        return {name: _scaled(part, scale) for name, part in value.items()}
    if isinstance(value, StreamState):
        return StreamState(
            value.tokens, value.z * scale, value.present, value.weights, value.enriched, value.prototypes
        )
    return value


def _absent(cls: type[Fusion], parameters: Mapping[str, Any]) -> None:
    fusion = cls(modalities=MODALITIES, n_tokens=N_TOKENS, dim=D, **parameters).eval()
    for name in _tokens(1):
        present = _present(4) | {name: torch.zeros(4, dtype=torch.bool)}
        tokens = _tokens(4)
        tokens[name].requires_grad_()
        z = fusion(tokens, present)
        other = fusion({**tokens, name: tokens[name].detach() * 100 + 5}, present)
        if not torch.equal(z, other):
            raise AssertionError(f"'{name}' is absent, but its tokens change z")
        (gradient,) = torch.autograd.grad(z.square().sum(), tokens[name], allow_unused=True)
        if gradient is not None and (gradient.any() or not gradient.isfinite().all()):
            raise AssertionError(f"'{name}' is absent, but a gradient reaches its tokens")
    nothing = {name: torch.zeros(4, dtype=torch.bool) for name in _tokens(1)}
    if not fusion(_tokens(4), nothing).isfinite().all():
        raise AssertionError("z is not finite where every modality is absent")


def study(subjects: int = 6, trials: int = 8, windows: int = 5) -> WindowSet:
    """A made-up study of random features for checks: three modalities, one of them missing now and then."""
    rng = np.random.default_rng(0)
    n = subjects * trials * windows
    subject = np.repeat([f"S{i:02d}" for i in range(subjects)], trials * windows)
    trial = np.tile(np.repeat([f"t{i}" for i in range(trials)], windows), subjects)
    D_trial = rng.dirichlet(np.ones(K), subjects * trials)
    X = {m.name: rng.normal(size=(n, m.n_chans, m.n_times or 1)).astype(np.float32) for m in MODALITIES}
    present = {m.name: np.ones(n, dtype=bool) for m in MODALITIES}
    present["gsr"] = rng.random(n) < 0.8
    made = WindowSet(
        MODALITIES,
        X,
        present,
        np.repeat(D_trial, windows, axis=0),
        tuple(f"e{i}" for i in range(K)),
        subject=subject,
        trial=trial,
        stimulus=trial,
        condition=np.where(np.char.endswith(trial, "0") | np.char.endswith(trial, "2"), "a", "b"),
        window=np.tile(np.arange(windows), subjects * trials),
        split=np.where(np.arange(n) % 5 == 0, "test", "train"),
    )
    return made.with_signals(X).validate()


def _folds(cls: type[Protocol], parameters: Mapping[str, Any]) -> None:
    windows = study()
    folds = list(cls(**parameters).split(windows))
    if not folds or len({fold.label for fold in folds}) != len(folds):
        raise AssertionError("it gives no fold, or two with one label")
    for fold in folds:
        rows = np.concatenate([fold.train, fold.validation, fold.test])
        if len(set(rows.tolist())) != len(rows):
            raise AssertionError(f"fold '{fold.label}': a row stands on two sides")
        if min(len(fold.train), len(fold.validation), len(fold.test)) == 0:
            raise AssertionError(f"fold '{fold.label}': a side is empty")
    for one, two in zip(folds, cls(**parameters).split(windows), strict=True):
        if not (np.array_equal(one.train, two.train) and np.array_equal(one.test, two.test)):
            raise AssertionError(f"fold '{one.label}' differs between two calls")


def _labels_unseen(cls: type[FittedTransform], parameters: Mapping[str, Any]) -> None:
    windows = study()
    test = windows.take(np.arange(0, len(windows), 3))
    transform = cls(**parameters).fit(windows.take(np.arange(1, len(windows), 3)))
    before = transform.transform(test)
    changed = test.take(np.arange(len(test)))
    changed.D = changed.D[::-1].copy()
    after = transform.transform(changed)
    for name in before.X:
        if not np.array_equal(before.X[name], after.X[name]):
            raise AssertionError(f"'{name}' of test rows depends on their labels")
    declared = transform.outputs(windows.modalities)
    if declared != before.modalities:
        raise AssertionError("outputs() says something else than transform() does")
    before.validate()


def _distributions(cls: type[Estimator], parameters: Mapping[str, Any]) -> None:
    windows = study()
    estimator = cls(**parameters).fit(windows.take(np.arange(0, len(windows), 2)))
    test = windows.take(np.arange(1, len(windows), 2))
    D_pred = estimator.predict(test)
    if D_pred.shape != test.D.shape or not np.allclose(D_pred.sum(1), 1) or (D_pred < 0).any():
        raise AssertionError("it does not predict distributions")
    if not np.allclose(estimator.predict(test.take(np.arange(3))), D_pred[:3]):
        raise AssertionError("a prediction depends on the other rows")


NETWORK_CHECKS: dict[str, Check] = {
    "shapes": _shapes,
    "gradients": _gradients,
    "rows_do_not_mix": _rows_apart,
    "state_dict": _state_dict,
    "stackable": _stack,
    "finite_at_extremes": _extremes,
}
FUSION_CHECKS: dict[str, Check] = {"absent_has_no_influence": _absent}
EXPERIMENT_CHECKS: dict[type[Component], dict[str, Check]] = {
    Protocol: {"folds": _folds},
    FittedTransform: {"test_labels_unseen": _labels_unseen},
    Estimator: {"distributions": _distributions},
}
