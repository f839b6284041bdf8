"""A network component in the settings that its slot may meet, with rows for each."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from torch import Tensor, nn

from mpcl_core.interfaces.components import Encoder, Fusion, Head, Memory, NetworkComponent, Objective, Retrieval
from mpcl_core.interfaces.data import Modality, Recall
from mpcl_core.testing import sample_data
from mpcl_core.testing.failure import ContractError, demand
from mpcl_core.testing.sample_data import GROUPS, MODALITIES, N_TOKENS, STREAMS, D, K, noise

QUERIES, STORED = 2, 6


@dataclass(frozen=True)
class Case:
    """A component under test.

    Args:
        about: the setting, for a message.
        slot: its slot's class.
        build: makes a new one.
        given: (rows, seed) -> what its ``forward`` is given.
    """

    about: str
    slot: type[NetworkComponent]
    build: Callable[[], Any]
    given: Callable[[int, int], tuple[Any, ...]]

    def answer(self, component: nn.Module, given: tuple[Any, ...]) -> dict[str, Tensor]:
        """What ``forward`` answers, by name.

        Raises:
            ContractError: it is no tensor, or not what the slot asks for.
        """
        answer = component(*given)
        if self.slot is Head:
            demand(
                isinstance(answer, tuple) and len(answer) == 2, f"forward answers {_kind(answer)}, not (logits, {{}})"
            )
            answer = answer[0]
        if self.slot is Memory:
            demand(isinstance(answer, Recall), f"forward answers {_kind(answer)}, not a Recall")
        parts = answer._asdict() if isinstance(answer, Recall) else {NAMES[self.slot]: answer}
        for name, part in parts.items():
            demand(isinstance(part, Tensor), f"{name} is {_kind(part)}, not a tensor")
        return parts


NAMES: Mapping[type[NetworkComponent], str] = {
    Encoder: "tokens",
    Fusion: "z",
    Retrieval: "what is retrieved",
    Objective: "the loss",
    Head: "logits",
}
"""What each slot's answer is called; a memory names its own."""


def annotations(slot: type[NetworkComponent]) -> dict[str, Any]:
    """Name of an answer -> its type in the slot's own signature."""
    answer = get_type_hints(slot.forward, include_extras=True)["return"]
    if slot is Memory:
        return get_type_hints(Recall, include_extras=True)
    return {NAMES[slot]: get_args(answer)[0] if slot is Head else answer}


def cases(cls: type[NetworkComponent], parameters: Mapping[str, Any]) -> Iterator[Case]:
    """The settings: an encoder for signals and for features, a head with valence sets and without, and so on.

    Raises:
        ContractError: an encoder refuses every modality.
    """
    slot = next(slot for slot in SUPPLIED if issubclass(cls, slot))
    refused = []
    settings = list(SUPPLIED[slot]())
    for about, supplied, given in settings:
        build = _builder(cls, {**supplied, **parameters})
        if slot is Encoder:
            try:
                build()
            except ValueError as error:  # an encoder may refuse a kind of modality
                refused.append(str(error))
                continue
        yield Case(about, slot, build, given)
    if len(refused) == len(settings):
        raise ContractError(f"it refuses every modality: {refused[0]}")


def _builder(cls: type[NetworkComponent], arguments: Mapping[str, Any]) -> Callable[[], Any]:
    return lambda: cls(**deepcopy(dict(arguments)))  # a nested component belongs to one copy


Given = Callable[[int, int], tuple[Any, ...]]
Settings = Iterator[tuple[str, dict[str, Any], Given]]


def _encoders() -> Settings:
    for modality in MODALITIES:
        about = f"for '{modality.name}' ({modality.n_chans} channels, {modality.n_times} samples)"
        yield about, {"modality": modality, "dim": D}, _signals(modality)


def _signals(modality: Modality) -> Given:
    return lambda n, seed: (sample_data.signal(modality, n, seed),)


def _fusions() -> Settings:
    supplied = {"modalities": MODALITIES, "n_tokens": N_TOKENS, "dim": D}
    yield "with all modalities", supplied, lambda n, seed: (sample_data.tokens(n, seed), sample_data.everywhere(n))
    yield "with gaps", supplied, lambda n, seed: (sample_data.tokens(n, seed), sample_data.now_and_then(n))


def _memories() -> Settings:
    yield "", {"n_outputs": K, "dim": D}, lambda n, seed: (noise(n, D, seed=seed),)


def _retrievals() -> Settings:
    def given(n: int, seed: int) -> tuple[Any, ...]:
        return noise(n, QUERIES, D, seed=seed), noise(n, STORED, D, seed=seed + 1)

    yield "without a mask", {"dim": D}, lambda n, seed: (*given(n, seed), None)
    yield "with a mask", {"dim": D}, lambda n, seed: (*given(n, seed), noise(n, STORED, seed=seed + 2) > 0)


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
"""Slot -> (about, what the engine supplies, what forward is given) of each setting."""


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
