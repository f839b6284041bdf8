"""Build and apply transforms of the four kinds in one way, with inputs for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mpcl_core.interfaces.components import FittedTransform, RecordingTransform, Transform, Windowing
from mpcl_core.interfaces.data import Modality, Recording, WindowSet
from mpcl_core.testing.sample_data import LABELS, SIGNALS, VALENCE, recordings, signal_windows, study

Data = WindowSet | Recording


@dataclass(frozen=True)
class TransformCase:
    """Hold a transform class with inputs of its kind.

    Args:
        cls: the transform class.
        parameters: the parameters that a recipe would set.
        modalities: modalities of the inputs.
        inputs: windows or recordings to transform.
        fitting: windows to fit a fitted transform on.
    """

    cls: type[Any]
    parameters: Mapping[str, Any]
    modalities: tuple[Modality, ...]
    inputs: tuple[Data, ...]
    fitting: WindowSet | None = None

    def build(self) -> Any:
        """Build a new transform, and fit it if it is a fitted one.

        Returns:
            The transform.
        """
        transform = self.cls(**self.parameters)
        return transform if self.fitting is None else transform.fit(self.fitting)

    def apply(self, transform: Any, data: Data) -> Data:
        """Apply a transform.

        Args:
            transform: a transform that `build` returned.
            data: windows or a recording.

        Returns:
            The result of ``transform``.
        """
        if isinstance(transform, Windowing):
            result: Data = transform.transform(data, self.modalities, LABELS, VALENCE)  # type: ignore[arg-type]
        else:
            result = transform.transform(data)
        return result


def build_case(cls: type[Transform], parameters: Mapping[str, Any]) -> TransformCase:
    """Build the case of a transform class, with inputs of its kind.

    The inputs are recordings or windows of `SIGNALS`, or a study of features for fitted transforms.

    Args:
        cls: the transform class.
        parameters: the parameters that a recipe would set.

    Returns:
        The case.
    """
    if issubclass(cls, FittedTransform):
        windows = study()
        part = np.arange(len(windows)) % 3
        fitting, *inputs = (windows.take(np.flatnonzero(part == number)) for number in range(3))
        return TransformCase(cls, parameters, windows.modalities, tuple(inputs), fitting)
    if issubclass(cls, RecordingTransform | Windowing):
        return TransformCase(cls, parameters, SIGNALS, tuple(recordings()))
    windows = signal_windows()
    inputs = [windows.take(np.arange(start, start + 3)) for start in (0, 3)]
    return TransformCase(cls, parameters, windows.modalities, tuple(inputs))


def relabel(data: Data) -> Data:
    """Replace the emotion distributions.

    Args:
        data: windows or a recording.

    Returns:
        The same data with other distributions.
    """
    return replace(data, D=data.D[::-1].copy())


def read_signals(data: Data) -> dict[str, np.ndarray]:
    """Read the values of all modalities.

    Args:
        data: windows or a recording.

    Returns:
        Modality -> values.
    """
    if isinstance(data, Recording):
        return {name: signal.values for name, signal in data.signals.items()}
    return data.X
