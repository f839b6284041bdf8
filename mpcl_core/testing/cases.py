"""Build network components in the settings of their slot, with inputs for each setting."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from torch import Tensor, nn

from mpcl_core.interfaces.components import Encoder, Fusion, Head, Memory, NetworkComponent, Objective, Retrieval
from mpcl_core.interfaces.data import Modality, Recall
from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.spec.block import Block
from mpcl_core.testing import sample_data
from mpcl_core.testing.failure import ContractError, demand
from mpcl_core.testing.sample_data import GROUPS, MODALITIES, N_TOKENS, STREAMS, D, K, noise

QUERIES, STORED = 2, 6

SUPPLIED_SAMPLE = {
    "modality": MODALITIES[0],
    "modalities": MODALITIES,
    "n_tokens": N_TOKENS,
    "streams": STREAMS,
    "n_outputs": K,
    "dim": D,
    "valence": GROUPS,
}
"""Sample values of what the engine supplies, for components inside of components."""


@dataclass(frozen=True)
class Case:
    """Hold a component in one setting.

    Args:
        about: the setting, for messages.
        slot: base class of its slot.
        build: builds a new component.
        make_inputs: (number of windows, seed) -> arguments of ``forward``.
    """

    about: str
    slot: type[NetworkComponent]
    build: Callable[[], Any]
    make_inputs: Callable[[int, int], tuple[Any, ...]]

    def call(self, component: nn.Module, inputs: tuple[Any, ...]) -> dict[str, Tensor]:
        """Call ``forward`` and name its outputs.

        Args:
            component: a component that ``build`` returned.
            inputs: arguments of ``forward``.

        Returns:
            Name of each output -> tensor.

        Raises:
            ContractError: an output is no tensor, or not of the type that the slot requires.
        """
        output = component(*inputs)
        if self.slot is Head:
            is_pair = isinstance(output, tuple) and len(output) == 2
            demand(is_pair, f"forward returns {_describe_type(output)}, not (logits, {{}})")
            output = output[0]
        if self.slot is Memory:
            demand(isinstance(output, Recall), f"forward returns {_describe_type(output)}, not a Recall")
        parts = _parts(output) if isinstance(output, Recall) else {NAMES[self.slot]: output}
        for name, part in parts.items():
            demand(isinstance(part, Tensor), f"{name} is {_describe_type(part)}, not a tensor")
        return parts


def _parts(recall: Recall) -> dict[str, Any]:
    return {name: part for name, part in recall._asdict().items() if name != "cosines" or part is not None}


NAMES: Mapping[type[NetworkComponent], str] = {
    Encoder: "tokens",
    Fusion: "z",
    Retrieval: "the retrieved pattern",
    Objective: "the loss",
    Head: "logits",
}
"""Name of each slot's output; the outputs of a memory have names of their own."""


def annotations(slot: type[NetworkComponent]) -> dict[str, Any]:
    """Return the types of a slot's outputs, from the signature of its ``forward``.

    Args:
        slot: base class of the slot.

    Returns:
        Name of each output -> type with its shape.
    """
    output = get_type_hints(slot.forward, include_extras=True)["return"]
    if slot is Memory:
        hints = get_type_hints(Recall, include_extras=True)
        return hints | {"cosines": get_args(hints["cosines"])[0]}
    return {NAMES[slot]: get_args(output)[0] if slot is Head else output}


def build_cases(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> Iterator[Case]:
    """Build a component in each setting of its slot.

    An encoder is built for signals and for features, a head with and without valence sets, and so on.

    Args:
        cls: the component class.
        parameters: the parameters that a recipe would set; a nested component is an instance, or a block that is built
            in each setting.

    Yields:
        The settings; those of modalities that an encoder rejects are left out.

    Raises:
        ContractError: an encoder rejects every modality.
    """
    slot = next(slot for slot in SUPPLIED if issubclass(cls, slot))
    rejections = []
    settings = list(SUPPLIED[slot]())
    for about, supplied, make_inputs in settings:
        build = _builder(cls, supplied, parameters)
        if slot is Encoder:
            try:
                build()
            except (ValueError, RecipeError) as error:  # an encoder may reject a kind of modality
                rejections.append(str(error))
                continue
        yield Case(about, slot, build, make_inputs)
    if len(rejections) == len(settings):
        raise ContractError(f"it rejects every modality: {rejections[0]}")


def _builder(
    cls: type[NetworkComponent], supplied: Mapping[str, Any], parameters: Mapping[str, Any]
) -> Callable[[], Any]:
    def build() -> Any:  # each component has nested components of its own
        nested = {
            name: value.build(**{**SUPPLIED_SAMPLE, **supplied})
            for name, value in parameters.items()
            if isinstance(value, Block)
        }
        return cls(**deepcopy(dict(supplied)), **deepcopy({**parameters, **nested}))

    return build


MakeInputs = Callable[[int, int], tuple[Any, ...]]
Settings = Iterator[tuple[str, dict[str, Any], MakeInputs]]


def _encoders() -> Settings:
    for modality in MODALITIES:
        about = f"for '{modality.name}' ({modality.n_chans} channels, {modality.n_times} samples)"
        yield about, {"modality": modality, "dim": D}, _signals(modality)


def _signals(modality: Modality) -> MakeInputs:
    return lambda n, seed: (sample_data.signal(modality, n, seed),)


def _fusions() -> Settings:
    supplied = {"modalities": MODALITIES, "n_tokens": N_TOKENS, "dim": D}
    yield "with all modalities", supplied, lambda n, seed: (sample_data.tokens(n, seed), sample_data.all_present(n))
    yield "with absent modalities", supplied, lambda n, seed: (sample_data.tokens(n, seed), sample_data.some_absent(n))


def _memories() -> Settings:
    yield "", {"n_outputs": K, "dim": D}, lambda n, seed: (noise(n, D, seed=seed),)


def _retrievals() -> Settings:
    def make_inputs(n: int, seed: int) -> tuple[Any, ...]:
        return noise(n, QUERIES, D, seed=seed), noise(n, STORED, D, seed=seed + 1)

    yield "without a mask", {"dim": D}, lambda n, seed: (*make_inputs(n, seed), None)
    yield "with a mask", {"dim": D}, lambda n, seed: (*make_inputs(n, seed), noise(n, STORED, seed=seed + 2) > 0)


def _objectives() -> Settings:
    yield "", {"n_outputs": K, "dim": D}, lambda n, seed: (sample_data.state(n, seed), sample_data.batch(n, seed))


def _heads() -> Settings:
    supplied = {"streams": STREAMS, "n_outputs": K, "dim": D}
    yield "with valence sets", {**supplied, "valence": GROUPS}, lambda n, seed: (sample_data.streams(n, seed),)
    yield "without valence sets", {**supplied, "valence": None}, lambda n, seed: (sample_data.streams(n, seed),)


SUPPLIED: Mapping[type[NetworkComponent], Callable[[], Settings]] = {
    Encoder: _encoders,
    Fusion: _fusions,
    Memory: _memories,
    Retrieval: _retrievals,
    Objective: _objectives,
    Head: _heads,
}
"""Slot -> (description, arguments that the engine supplies, inputs of forward) of each setting."""


def _describe_type(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
