"""Checks of a source. Each builds its own, because a source may keep what it has read."""

import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, WindowSet, check_distributions
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.common import leaves_alone
from mpcl_core.testing.failure import ContractError, demand
from mpcl_core.testing.immutability import digest
from mpcl_core.testing.other_process import answer_elsewhere


def known_before_loading(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Modalities, labels and valence, asked before loading, are those that come; the network is built from them."""
    source = cls(**parameters)
    modalities, labels, valence = source.modalities, source.labels, source.valence
    demand(modalities, "it has no modalities")
    loaded = source.load()
    if isinstance(loaded, WindowSet):
        for name, said, came in (
            ("modalities", modalities, loaded.modalities),
            ("labels", labels, loaded.labels),
            ("valence", valence, loaded.valence),
        ):
            demand(said == came, f"its {name} are {said}, but {came} came")
    else:
        for recording in loaded:
            _compare(recording, {modality.name: modality for modality in modalities}, labels)
    after = source.modalities, source.labels, source.valence
    demand(
        after == (modalities, labels, valence),
        f"loading changed what it says: {(modalities, labels, valence)} became {after}",
    )


def _compare(recording: Recording, known: Mapping[str, Modality], labels: tuple[str, ...]) -> None:
    who = f"trial '{recording.trial}' of subject '{recording.subject}'"
    demand(
        len(recording.D) == len(labels), f"{who} rates {len(recording.D)} emotions, but there are {len(labels)} labels"
    )
    unknown = sorted(recording.signals.keys() - known.keys())
    demand(not unknown, f"{who} holds {', '.join(unknown)}, which the source does not say it has")
    for name, signal in recording.signals.items():
        said, came = (known[name].n_chans, known[name].sfreq), (len(signal.values), signal.sfreq)
        demand(said == came, f"{who}: '{name}' was said to have {said} (channels, Hz), but {came} came")


def on_the_simplex(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Every distribution is finite, not negative, and sums to 1; every array of windows is of the declared shape."""
    loaded = cls(**parameters).load()
    try:
        if isinstance(loaded, WindowSet):
            loaded.validate()
        else:
            check_distributions(np.stack([recording.D for recording in loaded]), "D")
    except DataError as error:
        raise ContractError(str(error)) from None


def trials_unique(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """A trial's name is unique within its subject; protocols keep a trial on one side by its name."""
    loaded = cls(**parameters).load()
    seen: dict[tuple[object, ...], tuple[object, ...]] = {}
    for key, about in _windows(loaded) if isinstance(loaded, WindowSet) else _recordings(loaded):
        first = seen.setdefault(key, about)
        demand(first == about, f"trial '{key[1]}' of subject '{key[0]}' stands for two: {first} and {about}")


def _recordings(loaded: Iterator[Recording]) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    for number, one in enumerate(loaded):
        if one.trial:
            yield (one.subject, one.trial), (one.session, one.stimulus, f"recording {number}")


def _windows(loaded: WindowSet) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    columns = [getattr(loaded, name).tolist() for name in ("subject", "trial", "session", "stimulus")]
    for subject, trial, session, stimulus in zip(*columns, strict=True):
        if trial:
            yield (subject, trial), (session, stimulus)


def loads_alike(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Two loads are equal, of one source and of two, whatever the random state; the cache and a run's hash need it."""
    source = cls(**parameters)
    first = digest(source.load())
    np.random.seed(1)  # noqa: NPY002
    demand(digest(source.load()) == first, "a second load brings something else")
    demand(digest(cls(**parameters).load()) == first, "another source with the same parameters brings something else")


def hash_independent(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """What it brings does not depend on Python's hash seed, which differs between processes and orders every set."""
    elsewhere = answer_elsewhere(cls, parameters, f"{__name__}:loaded")
    demand(
        elsewhere == loaded(cls(**parameters)),
        "two processes with other seeds of Python's hashing load something else; sort what is a set",
    )


def loaded(source: Source) -> str:
    """A digest of what a source brings."""
    return digest(source.load())


def picklable(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """It can be sent to another process: its pickle says and brings the same."""
    source = cls(**parameters)
    try:
        copy = pickle.loads(pickle.dumps(source))
    except Exception as error:
        raise ContractError(f"it cannot be pickled: {error}") from error
    said, says = ((one.modalities, one.labels, one.valence) for one in (source, copy))
    demand(said == says, f"its copy says {says} instead of {said}")
    demand(digest(source.load()) == digest(copy.load()), "its copy brings something else")


def leaves_the_process_alone(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Loading changes no setting of torch or numpy and seeds nothing: other components would notice."""
    leaves_alone(lambda: loaded(cls(**parameters)))


SOURCE = (
    known_before_loading,
    on_the_simplex,
    trials_unique,
    loads_alike,
    hash_independent,
    picklable,
    leaves_the_process_alone,
)
