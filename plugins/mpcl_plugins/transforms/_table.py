"""Put a table of features in the place of a signal, or beside it."""

from abc import abstractmethod
from dataclasses import replace
from math import isfinite

import numpy as np
from jaxtyping import Float

from mpcl_core.plugin import DataError, Modality, WindowSet, WindowTransform
from mpcl_plugins.transforms._modality import require_modality


class TableTransform(WindowTransform):
    """Measure a signal in every window, and put the features in a table.

    Args:
        modality: the signal.
        output: the name of the table; None for ``modality``, which it then replaces.
        n_features: f, the number of features a channel.
    """

    def __init__(self, modality: str, output: str | None, n_features: int) -> None:
        self.modality, self.output, self.n_features = modality, output or modality, n_features

    def check(self, modalities: tuple[Modality, ...]) -> None:
        """Raise an error where the signal cannot be measured.

        Args:
            modalities: the modalities of the study.

        Raises:
            DataError: its rate or the length of its windows does not suffice.
        """

    @abstractmethod
    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        """Return the features of each channel of the signal.

        Args:
            windows: N windows.

        Returns:
            (N, c, f) features; NaN where one cannot be measured.
        """

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """Return the modalities with the table.

        Args:
            modalities: the modalities of the study.

        Returns:
            The modalities after the transform.

        Raises:
            DataError: there is no such signal, it cannot be measured, or the table's name is taken.
        """
        self.check(modalities)
        return declare_table(modalities, self.modality, self.output, self.n_features)

    def transform(self, windows: WindowSet) -> WindowSet:
        """Return the windows with the table.

        Args:
            windows: N windows.

        Returns:
            The windows, the table (N, c, f) among their modalities.

        Raises:
            DataError: as `outputs`.
        """
        self.outputs(windows.modalities)
        return add_table(windows, self.modality, self.output, self.measure(windows))


def windowed_modality(modalities: tuple[Modality, ...], name: str) -> tuple[Modality, float, int]:
    """Return the modality of a name, its rate and the length of its windows.

    Args:
        modalities: the modalities of the study.
        name: the wanted one.

    Returns:
        The modality, its rate in Hz, and the number of samples in a window.

    Raises:
        DataError: there is no such modality, or it is a table.
    """
    modality = require_modality(modalities, name)
    if modality.sfreq is None or modality.n_times is None:
        raise DataError("holds no windows of samples, so no features can be computed", field=name)
    return modality, modality.sfreq, modality.n_times


def declare_table(modalities: tuple[Modality, ...], name: str, output: str, n_features: int) -> tuple[Modality, ...]:
    """Return the modalities with a table in the place of a signal, or last under a new name.

    Args:
        modalities: the modalities of the study.
        name: the signal, of c channels.
        output: the name of the table.
        n_features: f, the number of features a channel; the table is (c, f).

    Returns:
        The modalities after the transform.

    Raises:
        DataError: ``name`` is no sampled signal, or another modality is called ``output``.
    """
    found, _, _ = windowed_modality(modalities, name)
    table = Modality(output, found.n_chans, n_features, None, found.ch_names)
    if output == name:
        return tuple(table if modality is found else modality for modality in modalities)
    if any(modality.name == output for modality in modalities):
        raise DataError("there is already a modality of that name", field=output)
    return (*modalities, table)


def add_table(windows: WindowSet, name: str, output: str, values: Float[np.ndarray, "N c f"]) -> WindowSet:
    """Return the windows with a table of features.

    The table is present where the signal is present and every feature could be measured.

    Args:
        windows: N windows.
        name: the signal that was measured.
        output: the name of the table.
        values: (N, c, f) features; NaN where one could not be measured.

    Returns:
        The windows with the table.
    """
    modalities = declare_table(windows.modalities, name, output, values.shape[2])
    is_unknown = np.isnan(values)
    present = {**windows.present, output: windows.present[name] & ~is_unknown.any((1, 2))}
    X = {**windows.X, output: np.where(is_unknown, 0, values).astype(np.float32)}
    return replace(windows, modalities=modalities, present=present).with_signals(
        {modality.name: X[modality.name] for modality in modalities}
    )


def require_distinct(features: tuple[str, ...]) -> None:
    """Raise an error unless there is a feature and none is named twice.

    Args:
        features: the names of the features.

    Raises:
        ValueError: there is no feature, or one is named twice.
    """
    if not features or len(set(features)) < len(features):
        raise ValueError(f"features is [{', '.join(features)}], but must name at least one, and none twice")


def check_positive(key: str, value: float, unit: str) -> float:
    """Return a parameter after a check.

    Args:
        key: the name of the parameter.
        value: its value.
        unit: its unit, for the error.

    Returns:
        The value itself.

    Raises:
        ValueError: it is not a number above 0.
    """
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{key} is {value} {unit}, but must be above 0")
    return value
