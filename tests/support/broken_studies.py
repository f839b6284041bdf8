"""Protocols and sources, each broken in the one way that its key names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import Protocol, Source
from mpcl_core.interfaces.data import Fold, Modality, Recording, Signal, Valence, WindowSet

Rows = np.ndarray


class Subjects(Protocol):
    """Keeps the contract: each subject in turn is tested, and the next validates."""

    name = "subjects"

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        names = sorted(set(windows.subject.tolist()))
        for at, name in enumerate(names):
            test = np.flatnonzero(windows.subject == name)
            rest = np.flatnonzero(windows.subject != name)
            held = self.held(windows, rest, names[(at + 1) % len(names)])
            yield Fold(rest[~held], rest[held], self.tested(test, rest[held]), self.label(name))

    def held(self, windows: WindowSet, rest: Rows, following: str) -> Rows:
        return windows.subject[rest] == following

    def tested(self, test: Rows, validation: Rows) -> Rows:
        return test

    def label(self, name: str) -> str:
        return name


class Overlapping(Subjects):
    """Tests what it validates on."""

    def tested(self, test: Rows, validation: Rows) -> Rows:
        return np.concatenate([test, validation])


class Nameless(Subjects):
    """Calls every fold the same."""

    def label(self, name: str) -> str:
        return "fold"


class Moody(Subjects):
    """Gives other folds on a second call."""

    calls = 0

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        self.calls += 1
        return super().split(windows)

    def held(self, windows: WindowSet, rest: Rows, following: str) -> Rows:
        return windows.trial[rest] == f"t{self.calls}"


class Positional(Subjects):
    """Validates on what stands first."""

    def held(self, windows: WindowSet, rest: Rows, following: str) -> Rows:
        return windows.subject[rest] == windows.subject[rest[0]]


class Unsorted(Subjects):
    """Validates on what a set of names gives first."""

    def held(self, windows: WindowSet, rest: Rows, following: str) -> Rows:
        pairs = zip(windows.subject[rest].tolist(), windows.trial[rest].tolist(), strict=True)
        names = [f"{subject}/{trial}" for subject, trial in pairs]
        first = set(list({name for name in sorted(names)})[:10])  # noqa: C416
        return np.array([name in first for name in names])


class Informed(Subjects):
    """Validates on rows of much joy."""

    def held(self, windows: WindowSet, rest: Rows, following: str) -> Rows:
        return windows.D[rest, 0] > np.median(windows.D[rest, 0])


class Wiping(Subjects):
    """Changes the rows."""

    def split(self, windows: WindowSet) -> Iterator[Fold]:
        windows.split[:] = ""
        return super().split(windows)


class SeedingProtocol(Subjects):
    """Seeds numpy."""

    def label(self, name: str) -> str:
        np.random.seed(0)  # noqa: NPY002
        return name


class Table(Source):
    """Keeps the contract: twelve rows of two subjects."""

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
    """Brings valence sets that it did not announce."""

    def load(self) -> Any:
        return replace(super().load(), valence=Valence(("joy",), ("fear",)))


class Percent(Table):
    """Brings distributions that sum to 100."""

    def load(self) -> Any:
        loaded = super().load()
        return replace(loaded, D=100 * loaded.D)


class Repeated(Table):
    """Brings two recordings of one name."""

    modalities = (Modality("ppg", 1, None, 4.0),)  # type: ignore[assignment]

    def load(self) -> Any:
        for _ in range(2):
            signals = {"ppg": Signal(np.zeros((1, 8), np.float32), 4.0)}
            yield Recording(signals, np.array([0.5, 0.5]), "A", "1")


class Tiring(Table):
    """Brings something else at the second load."""

    loads = 0

    def load(self) -> Any:
        self.loads += 1
        loaded = super().load()
        return replace(loaded, D=np.roll(loaded.D, self.loads, axis=0))


class Hashed(Table):
    """Brings rows in the order of a set of names."""

    def load(self) -> Any:
        order = [int(name.removeprefix("row")) for name in {f"row{row}" for row in range(12)}]
        return super().load().take(np.array(order))


class Bound(Table):
    """Holds what cannot be pickled."""

    def __init__(self) -> None:
        self.later = lambda: 3


class SeedingSource(Table):
    """Seeds numpy."""

    def load(self) -> Any:
        np.random.seed(0)  # noqa: NPY002
        return super().load()


SOUND: list[tuple[type, dict[str, Any]]] = [(Subjects, {}), (Table, {})]
BROKEN: list[tuple[str, type, dict[str, Any]]] = [
    ("sides_apart", Overlapping, {}),
    ("labels_unique", Nameless, {}),
    ("repeatable", Moody, {}),
    ("order_independent", Positional, {}),
    ("hash_independent", Unsorted, {}),
    ("labels_unseen", Informed, {}),
    ("input_unchanged", Wiping, {}),
    ("leaves_the_process_alone", SeedingProtocol, {}),
    ("known_before_loading", Surprising, {}),
    ("on_the_simplex", Percent, {}),
    ("trials_unique", Repeated, {}),
    ("loads_alike", Tiring, {}),
    ("hash_independent", Hashed, {}),
    ("picklable", Bound, {}),
    ("leaves_the_process_alone", SeedingSource, {}),
]
"""(check, component, its parameters)."""
