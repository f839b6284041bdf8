"""A table of features in the place of a signal, or beside it: what the feature transforms have in common."""

from dataclasses import replace
from math import isfinite

import numpy as np
from jaxtyping import Float

from mpcl_core.plugin import DataError, Modality, WindowSet


def signal(modalities: tuple[Modality, ...], name: str) -> tuple[Modality, float, int]:
    """The modality of that name, its rate in Hz and the samples of a window.

    Raises:
        DataError: there is none, or it is a table already.
    """
    for modality in modalities:
        if modality.name == name:
            if modality.sfreq is None or modality.n_times is None:
                raise DataError("holds no sampled windows, so nothing can be measured in them", field=name)
            return modality, modality.sfreq, modality.n_times
    raise DataError(f"no such modality. There are: {', '.join(m.name for m in modalities)}", field=name)


def declared(modalities: tuple[Modality, ...], name: str, output: str, n_features: int) -> tuple[Modality, ...]:
    """The modalities with a table (c, ``n_features``) of modality ``name``: in its place, or last under a new name.

    Raises:
        DataError: ``name`` is no sampled signal, or another modality is called ``output``.
    """
    found, _, _ = signal(modalities, name)
    table = Modality(output, found.n_chans, n_features, None, found.ch_names)
    if output == name:
        return tuple(table if modality is found else modality for modality in modalities)
    if any(modality.name == output for modality in modalities):
        raise DataError("there is a modality of that name already", field=output)
    return (*modalities, table)


def with_table(windows: WindowSet, name: str, output: str, values: Float[np.ndarray, "N c f"]) -> WindowSet:
    """The rows with that table, present where the signal is and every feature could be measured (is not NaN)."""
    modalities = declared(windows.modalities, name, output, values.shape[2])
    unknown = np.isnan(values)
    present = {**windows.present, output: windows.present[name] & ~unknown.any((1, 2))}
    X = {**windows.X, output: np.where(unknown, 0, values).astype(np.float32)}
    return replace(windows, modalities=modalities, present=present).with_signals(
        {modality.name: X[modality.name] for modality in modalities}
    )


def named_once(features: tuple[str, ...]) -> None:
    """Do nothing.

    Raises:
        ValueError: there is no feature, or one is named twice.
    """
    if not features or len(set(features)) < len(features):
        raise ValueError(f"features is [{', '.join(features)}], but must name at least one, and none twice")


def above_zero(key: str, value: float, unit: str) -> float:
    """The value itself.

    Raises:
        ValueError: it is not a number above 0.
    """
    if not (isfinite(value) and value > 0):
        raise ValueError(f"{key} is {value} {unit}, but must be above 0")
    return value
