"""Check a source. Each check builds a new one, since a source may cache what it has read."""

import pickle
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, WindowSet, check_distributions
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.common import demand_process_state_unchanged
from mpcl_core.testing.failure import ContractError, demand
from mpcl_core.testing.immutability import digest
from mpcl_core.testing.other_process import call_in_process


def metadata_known_before_loading(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require the same modalities, labels and valence before and after loading.

    The network is built from those before loading.
    """
    source = cls(**parameters)
    modalities, labels, valence = source.modalities, source.labels, source.valence
    demand(modalities, "it has no modalities")
    if valence:
        valence.indices(labels)
    loaded = source.load()
    if isinstance(loaded, WindowSet):
        for name, declared, found in (
            ("modalities", modalities, loaded.modalities),
            ("labels", labels, loaded.labels),
            ("valence", valence, loaded.valence),
        ):
            demand(declared == found, f"its {name} are {declared}, but load() returns {found}")
    else:
        for recording in loaded:
            _compare(recording, {modality.name: modality for modality in modalities}, labels)
    after = source.modalities, source.labels, source.valence
    demand(
        after == (modalities, labels, valence),
        f"loading changes modalities, labels or valence: {(modalities, labels, valence)} became {after}",
    )


def _compare(recording: Recording, known: Mapping[str, Modality], labels: tuple[str, ...]) -> None:
    name = f"trial '{recording.trial}' of subject '{recording.subject}'"
    demand(
        len(recording.D) == len(labels), f"{name} rates {len(recording.D)} emotions, but there are {len(labels)} labels"
    )
    unknown = sorted(recording.signals.keys() - known.keys())
    demand(not unknown, f"{name} contains {', '.join(unknown)}, which is not in the source's modalities")
    for modality, signal in recording.signals.items():
        declared, found = (known[modality].n_chans, known[modality].sfreq), (len(signal.values), signal.sfreq)
        demand(declared == found, f"{name}: '{modality}' is declared with {declared} (channels, Hz), but has {found}")


def distributions_on_simplex(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require distributions that are finite, not negative and sum to 1.

    The arrays of windows must have the declared shapes.
    """
    loaded = cls(**parameters).load()
    try:
        if isinstance(loaded, WindowSet):
            loaded.validate()
        else:
            check_distributions(np.stack([recording.D for recording in loaded]), "D")
    except DataError as error:
        raise ContractError(str(error)) from None


def trials_unique(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require trial names that are unique within their subject.

    Protocols keep the windows of a trial on one side by its name.
    """
    loaded = cls(**parameters).load()
    known: dict[tuple[object, ...], tuple[object, ...]] = {}
    for key, about in _windows(loaded) if isinstance(loaded, WindowSet) else _recordings(loaded):
        first = known.setdefault(key, about)
        demand(first == about, f"subject '{key[0]}' has two trials named '{key[1]}': {first} and {about}")


def _recordings(loaded: Iterator[Recording]) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    for number, recording in enumerate(loaded):
        if recording.trial:
            about = recording.session, recording.stimulus, f"recording {number}"
            yield (recording.subject, recording.trial), about


def _windows(loaded: WindowSet) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    columns = [getattr(loaded, name).tolist() for name in ("subject", "trial", "session", "stimulus")]
    for subject, trial, session, stimulus in zip(*columns, strict=True):
        if trial:
            yield (subject, trial), (session, stimulus)


def repeatable(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require equal data of a second load and of a second source with the same parameters.

    The state of the random generators must not matter. The cache and the data hash of a run rely on it.
    """
    source = cls(**parameters)
    first = digest(source.load())
    np.random.seed(1)  # noqa: NPY002
    demand(digest(source.load()) == first, "a second load returns other data")
    demand(digest(cls(**parameters).load()) == first, "a second source with the same parameters loads other data")


def hash_independent(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require data that do not depend on Python's hash seed.

    The seed differs between processes and changes the order of sets.
    """
    in_other_process = call_in_process(cls, parameters, f"{__name__}:digest_data")
    demand(
        in_other_process == digest_data(cls(**parameters)),
        "another hash seed of Python gives other data; sort the elements of sets",
    )


def digest_data(source: Source) -> str:
    """Compute a digest of everything that a source loads.

    Args:
        source: the source.

    Returns:
        The digest.
    """
    return digest(source.load())


def picklable(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require that a pickled copy of the source has the same metadata and loads the same data.

    Sources are sent to other processes.
    """
    source = cls(**parameters)
    try:
        copy = pickle.loads(pickle.dumps(source))
    except Exception as error:
        raise ContractError(f"it cannot be pickled: {error}") from error
    expected, found = ((each.modalities, each.labels, each.valence) for each in (source, copy))
    demand(expected == found, f"its copy has modalities, labels and valence {found} instead of {expected}")
    demand(digest(source.load()) == digest(copy.load()), "its copy loads other data")


def process_state_unchanged(cls: type[Source], parameters: Mapping[str, Any]) -> None:
    """Require that loading changes no setting of torch or numpy and seeds nothing.

    Such changes would affect other components.
    """
    demand_process_state_unchanged(lambda: digest_data(cls(**parameters)))


SOURCE = (
    metadata_known_before_loading,
    distributions_on_simplex,
    trials_unique,
    repeatable,
    hash_independent,
    picklable,
    process_state_unchanged,
)
