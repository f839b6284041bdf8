"""Define protocols and sources that each fail exactly one check of the contract."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Protocol, Source
from mpcl_core.interfaces.data import Fold, Modality, Recording, Signal, Valence, WindowSet

Indices = np.ndarray


class Subjects(Protocol):
    """Test each subject in turn and validate on the next; keep the contract."""

    name = "subjects"

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        names = sorted(set(windows.subject.tolist()))
        for at, name in enumerate(names):
            test = np.flatnonzero(windows.subject == name)
            rest = np.flatnonzero(windows.subject != name)
            held_out = self.held_out(windows, rest, names[(at + 1) % len(names)])
            yield Fold(rest[~held_out], rest[held_out], self.tested(test, rest[held_out]), self.label(name))

    def held_out(self, windows: WindowSet, rest: Indices, following: str) -> Indices:
        return windows.subject[rest] == following

    def tested(self, test: Indices, validation: Indices) -> Indices:
        return test

    def label(self, name: str) -> str:
        return name


class Overlapping(Subjects):
    """Test also the validation windows."""

    def tested(self, test: Indices, validation: Indices) -> Indices:
        return np.concatenate([test, validation])


class Nameless(Subjects):
    """Give every fold the same label."""

    def label(self, name: str) -> str:
        return "fold"


class Moody(Subjects):
    """Return other folds on a second call."""

    calls = 0

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        self.calls += 1
        return super().split(windows)

    def held_out(self, windows: WindowSet, rest: Indices, following: str) -> Indices:
        return windows.trial[rest] == f"t{self.calls}"


class Positional(Subjects):
    """Validate on the subject of the first window."""

    def held_out(self, windows: WindowSet, rest: Indices, following: str) -> Indices:
        return windows.subject[rest] == windows.subject[rest[0]]


class Unsorted(Subjects):
    """Validate on the first elements of a set of names."""

    def held_out(self, windows: WindowSet, rest: Indices, following: str) -> Indices:
        pairs = zip(windows.subject[rest].tolist(), windows.trial[rest].tolist(), strict=True)
        names = [f"{subject}/{trial}" for subject, trial in pairs]
        first = set(list({name for name in sorted(names)})[:10])  # noqa: C416
        return np.array([name in first for name in names])


class Informed(Subjects):
    """Validate on the windows with much joy."""

    def held_out(self, windows: WindowSet, rest: Indices, following: str) -> Indices:
        return windows.D[rest, 0] > np.median(windows.D[rest, 0])


class Wiping(Subjects):
    """Change the windows."""

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        windows.split[:] = ""
        return super().split(windows)


class SeedingProtocol(Subjects):
    """Seed numpy."""

    def label(self, name: str) -> str:
        np.random.seed(0)  # noqa: NPY002
        return name


class Table(Source):
    """Load twelve windows of two subjects; keep the contract."""

    name = "table"
    modalities = (Modality("face", 1, 3),)  # type: ignore[assignment]
    labels = ("joy", "fear")  # type: ignore[assignment]

    def load(self) -> Any:
        D = np.linspace(0, 1, 12)[:, None] * [1, -1] + [0, 1]
        X = np.arange(36, dtype=np.float32).reshape(12, 1, 3)
        subject, trial = np.repeat(["A", "B"], 6), np.tile(np.repeat(["1", "2"], 3), 2)
        present = np.ones(12, dtype=bool)
        return WindowSet(self.modalities, {"face": X}, {"face": present}, D, self.labels, subject=subject, trial=trial)


class Surprising(Table):
    """Load valence sets that it does not declare."""

    def load(self) -> Any:
        return replace(super().load(), valence=Valence(("joy",), ("fear",)))


class Percent(Table):
    """Load distributions that sum to 100."""

    def load(self) -> Any:
        loaded = super().load()
        return replace(loaded, D=100 * loaded.D)


class Repeated(Table):
    """Load two recordings of the same name."""

    modalities = (Modality("ppg", 1, None, 4.0),)  # type: ignore[assignment]

    def load(self) -> Any:
        for _ in range(2):
            signals = {"ppg": Signal(np.zeros((1, 8), np.float32), 4.0)}
            yield Recording(signals, np.array([0.5, 0.5]), "A", "1")


class Tiring(Table):
    """Load other data the second time."""

    loads = 0

    def load(self) -> Any:
        self.loads += 1
        loaded = super().load()
        return replace(loaded, D=np.roll(loaded.D, self.loads, axis=0))


class Hashed(Table):
    """Load windows in the order of a set of names."""

    def load(self) -> Any:
        order = [int(name.removeprefix("row")) for name in {f"row{row}" for row in range(12)}]
        return super().load().take(np.array(order))


class Bound(Table):
    """Hold an attribute that cannot be pickled."""

    def __init__(self) -> None:
        self.later = lambda: 3


class SeedingSource(Table):
    """Seed numpy."""

    def load(self) -> Any:
        np.random.seed(0)  # noqa: NPY002
        return super().load()


VALID: list[tuple[type, dict[str, Any]]] = [(Subjects, {}), (Table, {})]
BROKEN: list[tuple[str, type, dict[str, Any]]] = [
    ("sides_disjoint", Overlapping, {}),
    ("labels_unique", Nameless, {}),
    ("repeatable", Moody, {}),
    ("order_independent", Positional, {}),
    ("hash_independent", Unsorted, {}),
    ("labels_not_used", Informed, {}),
    ("input_unchanged", Wiping, {}),
    ("process_state_unchanged", SeedingProtocol, {}),
    ("metadata_known_before_loading", Surprising, {}),
    ("distributions_on_simplex", Percent, {}),
    ("trials_unique", Repeated, {}),
    ("repeatable", Tiring, {}),
    ("hash_independent", Hashed, {}),
    ("picklable", Bound, {}),
    ("process_state_unchanged", SeedingSource, {}),
]
"""(check, component, its parameters)."""
