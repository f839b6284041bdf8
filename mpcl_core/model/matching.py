"""Bring signals and windows into the form that a model was trained on, or state in one sentence why they cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.description import ModelDescription

UNKNOWN_SUBJECT = "unknown"
"""The subject of arrays without names: all windows count as those of one person."""

_NAMED = 8  # channels that a message names

UNITS = {"V": ("V", 0), "mV": ("V", -3), "uV": ("V", -6), "S": ("S", 0), "uS": ("S", -6), "nS": ("S", -9)}
"""Unit -> its base unit, and the power of ten of that."""


def match_windows(windows: WindowSet | Mapping[str, np.ndarray], model: ModelDescription) -> WindowSet:
    """Return windows with the modalities, channels and units of a model, and without labels.

    Args:
        windows: N windows, or modality -> (N, c, t) values; NaN throughout a window means that it is absent there.
        model: the model.

    Returns:
        The windows; a modality that they lack is absent in all of them, and one that the model lacks is left out.

    Raises:
        DataError: a modality has another shape, rate or unit, lacks a channel, or the model knows none of them.
    """
    found = windows if isinstance(windows, WindowSet) else _from_arrays(windows, model)
    by_name = {modality.name: modality for modality in found.modalities}
    known = [modality for modality in model.modalities if modality.name in by_name]
    if not known:
        raise _no_modality(list(by_name), model.modalities)
    n, k = len(found), len(model.labels)
    X, present = {}, {}
    for wanted in model.modalities:
        if wanted.name in by_name:
            own = by_name[wanted.name]
            if own.n_times != wanted.n_times:
                raise DataError(
                    f"{own.n_times} values in a window, but the model takes {wanted.n_times}", None, own.name
                )
            X[wanted.name] = match_channels(found.X[wanted.name], own, wanted, axis=1)
            present[wanted.name] = found.present[wanted.name]
        else:
            X[wanted.name] = np.zeros((n, wanted.n_chans, wanted.n_times or 0), np.float32)
            present[wanted.name] = np.zeros(n, bool)
    D = np.full((n, k), 1 / k)
    return replace(
        found, modalities=model.modalities, X=X, present=present, D=D, labels=model.labels, valence=model.valence
    )


def describe_shape(modality: Modality) -> str:
    """Describe the array of windows that a model takes for a modality.

    Args:
        modality: of the model.

    Returns:
        The shape, and what stands along its axes.

    Example:
        >>> describe_shape(Modality("eeg", 2, 512, 128.0, ch_names=("Fz", "Cz")))
        '(N, 2, 512): windows × channels (Fz, Cz) × samples at 128 Hz'
    """
    names = modality.ch_names[:_NAMED]
    channels = f" ({', '.join(names)}{' …' if len(modality.ch_names) > _NAMED else ''})" if names else ""
    values = "values" if modality.sfreq is None else f"samples at {modality.sfreq:g} Hz"
    return f"(N, {modality.n_chans}, {modality.n_times}): windows × channels{channels} × {values}"


def describe_shapes(modalities: Sequence[Modality]) -> str:
    """Describe the arrays of windows that a model takes.

    Args:
        modalities: of the model.

    Returns:
        Each name with its shape.
    """
    return ", ".join(f"{each.name} (N, {each.n_chans}, {each.n_times})" for each in modalities)


def match_channels(values: np.ndarray, own: Modality, wanted: Modality, axis: int) -> np.ndarray:
    """Return the channels that a model takes, in its order and unit.

    Args:
        values: values with the channels along one axis.
        own: the modality that they are of.
        wanted: the modality that the model takes.
        axis: that of the channels.

    Returns:
        The values of the channels.

    Raises:
        DataError: the rate or the unit differs, or a channel is missing.

    Example:
        >>> own = Modality("eeg", 2, ch_names=("Cz", "Fz"), unit="mV")
        >>> wanted = Modality("eeg", 1, ch_names=("Fz",), unit="uV")
        >>> match_channels(np.array([[1.0], [2.0]]), own, wanted, axis=0).tolist()
        [[2000.0]]
    """
    if own.sfreq != wanted.sfreq:
        raise DataError(f"{_rate(own)}, but the model takes {_rate(wanted)}; resample it first", None, own.name)
    factor = _factor(own, wanted)
    if own.ch_names and wanted.ch_names:
        if missing := [name for name in wanted.ch_names if name not in own.ch_names]:
            raise DataError(
                f"lacks the channel{'s' if missing[1:] else ''} {', '.join(missing)}, which the model takes",
                None,
                own.name,
            )
        if own.ch_names != wanted.ch_names:
            values = values.take([own.ch_names.index(name) for name in wanted.ch_names], axis)
    elif own.n_chans != wanted.n_chans:
        raise DataError(
            f"{own.n_chans} channels, but the model takes {wanted.n_chans}, and without names they cannot be chosen",
            None,
            own.name,
        )
    return values if factor == 1.0 else (values * factor).astype(values.dtype)


def _factor(own: Modality, wanted: Modality) -> float:
    if not own.unit or not wanted.unit or own.unit == wanted.unit:
        return 1.0
    (base, power), (other, other_power) = (UNITS.get(each.unit, (each.unit, 0)) for each in (own, wanted))
    if base != other:
        raise DataError(f"is in {own.unit}, but the model takes {wanted.unit}", None, own.name)
    return float(10.0 ** (power - other_power))


def _from_arrays(arrays: Mapping[str, np.ndarray], model: ModelDescription) -> WindowSet:
    wanted = {modality.name: modality for modality in model.modalities}
    if unknown := [name for name in arrays if name not in wanted]:
        raise DataError(f"{_no_modality(unknown, model.modalities)}. It takes: {describe_shapes(model.modalities)}")
    lengths = {len(values) for values in arrays.values()}
    if len(lengths) != 1:
        raise DataError(
            f"the modalities have {', '.join(map(str, sorted(lengths)))} windows, but must have as many each"
        )
    modalities, X, present = [], {}, {}
    for name, values in arrays.items():
        values = np.asarray(values, np.float32)
        if values.shape[1:] != (wanted[name].n_chans, wanted[name].n_times):
            raise DataError(f"shape {values.shape}, but the model takes {describe_shape(wanted[name])}", None, name)
        is_missing = np.isnan(values)
        absent = is_missing.all((1, 2))
        if (partly := is_missing.any((1, 2)) & ~absent).any():
            raise DataError("holds NaN in part of a window", None, name, int(np.argmax(partly)))
        modalities.append(wanted[name])
        X[name], present[name] = np.where(is_missing, np.float32(0), values), ~absent
    n, k = lengths.pop(), len(model.labels)
    subject, trial = np.full(n, UNKNOWN_SUBJECT), np.arange(n).astype(str)
    D = np.full((n, k), 1 / k)
    return WindowSet(
        tuple(modalities), X, present, D, model.labels, subject=subject, trial=trial, valence=model.valence
    )


def _no_modality(names: Sequence[str], modalities: Sequence[Modality]) -> DataError:
    known = ", ".join(modality.name for modality in modalities)
    return DataError(f"the model takes {known}, but the input has {', '.join(names) or 'nothing'}")


def _rate(modality: Modality) -> str:
    return "a table of features" if modality.sfreq is None else f"{modality.sfreq:g} Hz"
