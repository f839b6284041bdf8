"""Find out why a recording gives no window, and describe such recordings in a note."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mpcl_core.interfaces.data import Modality, Recording
from mpcl_core.interfaces.suggestions import list_names

N_EXAMPLES = 5
"""How many recordings and subjects a note names."""

_ROUNDING = 1e-6  # seconds


@dataclass(frozen=True)
class UnusedRecording:
    """Hold a recording that gives no window.

    Args:
        subject: its subject.
        trial: its trial.
        reason: why, as a part of a sentence; '' where that is unknown.
    """

    subject: str
    trial: str
    reason: str = ""

    @property
    def label(self) -> str:
        """Return the subject and the trial in one text."""
        return "/".join(filter(None, (self.subject, self.trial))) or "a recording without a name"


def explain_unused(recording: Recording, modalities: Sequence[Modality]) -> UnusedRecording:
    """Return why a recording has given no window: it is too short, or signals are missing.

    Args:
        recording: the recording, as it was cut.
        modalities: the modalities of windows.

    Returns:
        The recording's name and the reason.
    """
    reason = _too_short(recording, modalities) or "; ".join(filter(None, (_gaps(recording, m) for m in modalities)))
    return UnusedRecording(recording.subject, recording.trial, reason)


def unused_note(unused: Sequence[UnusedRecording], n_recordings: int, subjects: Iterable[str]) -> str:
    """Return a note on recordings that give no window, or '' where all do.

    Args:
        unused: the recordings.
        n_recordings: the number of all recordings of the source.
        subjects: the subject of each window of the study, with repetitions.

    Returns:
        One or two sentences: the counts, the recordings with their reasons, and subjects without any window.

    Example:
        >>> unused_note([UnusedRecording("a", "0", "eeg lasts 1 s, a window 2 s")], 4, ["b", "c", "d"])
        '3 of 4 recordings give windows, not: a/0 (eeg lasts 1 s, a window 2 s). No window of subject: a.'
    """
    if not unused:
        return ""
    used = set(subjects)
    absent = list(dict.fromkeys(one.subject for one in unused if one.subject and one.subject not in used))
    note = f"{n_recordings - len(unused)} of {n_recordings} recordings give windows, not: {describe_unused(unused)}."
    return f"{note} No window of subject: {list_names(absent, N_EXAMPLES)}." if absent else note


def describe_unused(unused: Sequence[UnusedRecording]) -> str:
    """Return the recordings by their reasons, each reason once.

    Args:
        unused: the recordings.

    Returns:
        Text such as ``a/0, b/0 (eeg lasts 1 s, a window 2 s); c/0 (no signal)``.
    """
    labels: dict[str, list[str]] = {}
    for one in unused:
        labels.setdefault(one.reason, []).append(one.label)
    texts = [list_names(names, N_EXAMPLES) + (f" ({reason})" if reason else "") for reason, names in labels.items()]
    more = f"; and for {len(texts) - N_EXAMPLES} more reasons" if len(texts) > N_EXAMPLES else ""
    return "; ".join(texts[:N_EXAMPLES]) + more


def _too_short(recording: Recording, modalities: Sequence[Modality]) -> str:
    present = [m for m in modalities if m.name in recording.signals and m.sfreq and m.n_times]
    if not present:
        return "no signal"
    length = max((m.n_times or 0) / (m.sfreq or 1.0) for m in present)
    signals = {m.name: recording.signals[m.name] for m in present}
    seconds = {name: signal.values.shape[1] / signal.sfreq for name, signal in signals.items()}
    shortest = min(seconds, key=lambda name: seconds[name])
    if seconds[shortest] < length - _ROUNDING:
        return f"{shortest} lasts {seconds[shortest]:.3g} s, a window {length:g} s"
    begin = max(signal.start for signal in signals.values())
    common = min(signals[name].start + seconds[name] for name in signals) - begin
    if common < length - _ROUNDING:
        return f"its signals share {max(common, 0.0):.3g} s, a window lasts {length:g} s"
    return ""


def _gaps(recording: Recording, modality: Modality) -> str:
    """Return which channel of a modality has the most missing samples.

    Returns:
        Text, or '' where none is missing.
    """
    signal = recording.signals.get(modality.name)
    if signal is None:
        return ""
    share = np.isnan(signal.values).mean(axis=1)
    worst = int(share.argmax())
    if not share[worst]:
        return ""
    channel = f"'{modality.ch_names[worst]}'" if modality.ch_names else f"channel {worst + 1}"
    return (
        f"{modality.name} is absent in every window: {channel} is missing in {100 * share[worst]:.3g} % of its samples"
    )
