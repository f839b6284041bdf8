"""The four kinds of transform, each tried in one way: what it is given, and what it makes of that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import FittedTransform, RecordingTransform, Transform, Windowing
from mpcl_core.interfaces.data import Modality, Recording, WindowSet
from mpcl_core.testing.sample_data import LABELS, SIGNALS, VALENCE, recordings, signal_windows, study

Rows = WindowSet | Recording


@dataclass(frozen=True)
class Trial:
    """A transform under test.

    Args:
        cls, parameters: what is built.
        modalities: what it is told of before.
        given: what it is applied to, one after the other.
        fitting: what it learns from, if it is fitted.
    """

    cls: type[Any]
    parameters: Mapping[str, Any]
    modalities: tuple[Modality, ...]
    given: tuple[Rows, ...]
    fitting: WindowSet | None = None

    def built(self) -> Any:
        """A new one, fitted if it is of that kind."""
        transform = self.cls(**self.parameters)
        return transform if self.fitting is None else transform.fit(self.fitting)

    def apply(self, transform: Any, rows: Rows) -> Rows:
        """What it makes of the rows."""
        if isinstance(transform, Windowing):
            answer: Rows = transform.transform(rows, self.modalities, LABELS, VALENCE)  # type: ignore[arg-type]
        else:
            answer = transform.transform(rows)
        return answer


def trial(cls: type[Transform], parameters: Mapping[str, Any]) -> Trial:
    """The class with inputs of its kind: `SIGNALS` for stateless transforms, a study of features for fitted ones."""
    if issubclass(cls, FittedTransform):
        windows = study()
        place = np.arange(len(windows)) % 3
        fitting, *given = (windows.take(np.flatnonzero(place == part)) for part in range(3))
        return Trial(cls, parameters, windows.modalities, tuple(given), fitting)
    if issubclass(cls, RecordingTransform | Windowing):
        return Trial(cls, parameters, SIGNALS, tuple(recordings()))
    windows = signal_windows()
    given = [windows.take(np.arange(start, start + 3)) for start in (0, 3)]
    return Trial(cls, parameters, windows.modalities, tuple(given))


def relabelled(rows: Rows) -> Rows:
    """The same with other distributions."""
    return replace(rows, D=rows.D[::-1].copy())


def signals(rows: Rows) -> dict[str, np.ndarray]:
    """Modality -> its values."""
    if isinstance(rows, Recording):
        return {name: signal.values for name, signal in rows.signals.items()}
    return rows.X
