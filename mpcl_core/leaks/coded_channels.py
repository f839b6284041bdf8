"""Find channels that state the trial, the time or the label rather than a signal of the body: code (g).

A trigger channel that was declared by hand, a counter, or a column of scores among the features gives the label away in
every protocol. A channel is coded where, over the windows in which its modality is present,

    it is constant within trials (its range is at most 1e-4 of its range in the study, in 9 of 10 trials) and differs
    between the trials of most subjects; or
    it rises with the time in its recording (|r| > 0.9999 in 9 of 10 trials, with one slope); or
    it equals the share of an emotion (|r| > 0.9999 over windows with three distinct shares and more).
"""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float64, Int64

from mpcl_core.data.plan import Study
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.leaks.finding import Finding
from mpcl_core.leaks.window_groups import Indices, describe_examples, group_ids, take_evenly

MAX_WINDOWS = 20_000
"""Windows that are examined."""

_BLOCK = 256  # windows at a time
_CONSTANT, _EQUAL, _SLOPES = 1e-4, 0.9999, 0.01
_MOST = 0.9  # the share of trials in which a rule must hold
_LEAST_TRIALS, _LEAST_WINDOWS, _LEAST_LABELS = 4, 5, 3


def find_coded_channels(study: Study) -> Iterator[Finding]:
    """Find channels that are constant within trials, or equal a clock or a label.

    Args:
        study: its windows.

    Yields:
        At most one finding, which names the channels.
    """
    windows, messages, affected = study.windows, list[str](), list[Indices]()
    for modality in windows.modalities:
        present = take_evenly(np.flatnonzero(windows.present[modality.name]), MAX_WINDOWS)
        if not len(present):
            continue
        low, high = _ranges(windows, modality, present)
        for column in range(low.shape[1]):
            if reason := _describe_code(windows, present, low[:, column], high[:, column], modality.sfreq is not None):
                messages.append(f"{_channel(modality, column)} {reason}")
                affected.append(present)
    if messages:
        found = np.unique(np.concatenate(affected))
        message = "; ".join(messages[:8]) + (f"; and {len(messages) - 8} more channels" if messages[8:] else "")
        examples = describe_examples(windows, found)
        yield Finding("coded-channel (g)", study.variants, message, len(found), len(windows), examples)


def _ranges(
    windows: WindowSet, modality: Modality, present: Indices
) -> tuple[Float64[np.ndarray, "P v"], Float64[np.ndarray, "P v"]]:
    """Return the least and the largest value of each channel, or each feature, in each window.

    Returns:
        (P, v) values twice.
    """
    X = windows.X[modality.name]
    low, high = [], []
    for first in range(0, len(present), _BLOCK):
        block = X[present[first : first + _BLOCK]].astype(np.float64)
        flat = block.reshape(len(block), -1)
        low.append(flat if modality.sfreq is None else block.min(2))
        high.append(flat if modality.sfreq is None else block.max(2))
    return np.concatenate(low), np.concatenate(high)


def _describe_code(
    windows: WindowSet,
    present: Indices,
    low: Float64[np.ndarray, "P"],
    high: Float64[np.ndarray, "P"],
    is_sampled: bool,
) -> str:
    """Return what a channel states, in words; '' where it is none of the three.

    Returns:
        A part of a sentence.
    """
    if high.max() == low.min():
        return ""
    value, D = (low + high) / 2, windows.D[present]
    for k, label in enumerate(windows.labels):
        if len(np.unique(D[:, k])) >= _LEAST_LABELS and abs(_correlation(value, D[:, k])) > _EQUAL:
            return f"equals the share of '{label}'"
    trial = group_ids(windows, "subject", "trial")[present]
    if not (windows.trial[present] != "").all():
        return ""
    if _is_constant_in_trials(windows, present, trial, low, high, is_sampled):
        return "is constant within trials and differs between them"
    return "rises with the time in the recording" if _is_clock(trial, windows.t_start[present], value) else ""


def _is_constant_in_trials(
    windows: WindowSet,
    present: Indices,
    trial: Int64[np.ndarray, "P"],
    low: Float64[np.ndarray, "P"],
    high: Float64[np.ndarray, "P"],
    is_sampled: bool,
) -> bool:
    names, first, place, count = np.unique(trial, return_index=True, return_inverse=True, return_counts=True)
    lowest, highest = np.full(len(names), np.inf), np.full(len(names), -np.inf)
    np.minimum.at(lowest, place, low)
    np.maximum.at(highest, place, high)
    examined = np.ones(len(names), bool) if is_sampled else count > 1
    near = _CONSTANT * (high.max() - low.min())
    if examined.sum() < _LEAST_TRIALS or np.mean((highest - lowest)[examined] <= near) < _MOST:
        return False
    subject = windows.subject[present][first][examined]
    middle = ((lowest + highest) / 2)[examined]
    differs = [np.ptp(middle[subject == one]) > near for one in np.unique(subject) if (subject == one).sum() > 1]
    return bool(differs) and float(np.mean(differs)) > 0.5


def _is_clock(trial: Int64[np.ndarray, "P"], start: Float64[np.ndarray, "P"], value: Float64[np.ndarray, "P"]) -> bool:
    slopes, is_linear = [], []
    for one in np.unique(trial):
        inside = (trial == one) & np.isfinite(start)
        if inside.sum() >= _LEAST_WINDOWS:
            is_linear.append(_correlation(value[inside], start[inside]) > _EQUAL)
            slopes.append(np.ptp(value[inside]) / max(np.ptp(start[inside]), 1e-12))
    if len(slopes) < _LEAST_TRIALS or np.mean(is_linear) < _MOST:
        return False
    return bool(np.std(slopes) <= _SLOPES * np.mean(slopes))


def _correlation(one: Float64[np.ndarray, "n"], other: Float64[np.ndarray, "n"]) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0


def _channel(modality: Modality, column: int) -> str:
    n_features = 1 if modality.sfreq is not None else modality.n_times or 1
    channel, feature = divmod(column, n_features)
    name = modality.ch_names[channel] if modality.ch_names else str(channel + 1)
    return f"{modality.name} '{name}'" + (f", feature {feature + 1}," if n_features > 1 else "")
