"""Choose the features and the stream of a modality by its name and rate."""

from dataclasses import dataclass

from mpcl_core.scaffold.channel_kinds import find_kind

STREAMS = {
    "eeg": "brain",
    "ppg": "heart",
    "ecg": "heart",
    "heart": "heart",
    "hr": "heart",
    "gsr": "skin",
    "temperature": "skin",
    **dict.fromkeys(("face", "gaze", "acceleration", "acc", "motion", "video"), "behaviour"),
}
"""Kind of a modality -> its stream; all others are in the stream ``body``."""
STATISTICS = {
    "gsr": "mean, sd, slope, speed",
    "face": "mean, sd",
    **dict.fromkeys(("ppg", "ecg", "emg", "eeg"), "sd, speed"),
}
"""Kind of a modality -> its statistics; level and trend of a wave that recorders filter say nothing."""
_SLOW = "mean, sd, slope"
_BANDS = ((4.0, 8.0), (8.0, 13.0), (13.0, 30.0), (30.0, 45.0))
_PULSE_RATE = 25.0
"""The least rate in Hz at which the beats of a pulse wave are found."""


@dataclass(frozen=True)
class FeatureChoice:
    """Hold the features of a modality.

    Args:
        steps: entries of ``prepare``, as YAML.
        tables: the names of the tables that they make.
    """

    steps: tuple[str, ...]
    tables: tuple[str, ...]


def choose_stream(modality: str) -> str:
    """Choose the stream of a modality.

    Args:
        modality: its name.

    Returns:
        The name of the stream.

    Example:
        >>> choose_stream("eda"), choose_stream("heart_rate"), choose_stream("respiration")
        ('skin', 'heart', 'body')
    """
    return STREAMS.get(_kind(modality), "body")


def choose_features(modality: str, sfreq: float) -> FeatureChoice:
    """Choose the features of a modality.

    Args:
        modality: its name.
        sfreq: its rate in Hz.

    Returns:
        Band powers of EEG, beats of a pulse wave, and plain statistics.
    """
    kind = _kind(modality)
    bands = [f"[{low}, {high}]" for low, high in _BANDS if high <= sfreq / 2]
    if kind == "eeg" and bands:
        return FeatureChoice((f"{{use: band_power, modality: {modality}, bands: [{', '.join(bands)}]}}",), (modality,))
    statistics = f"{{use: statistics, modality: {modality}, features: [{STATISTICS.get(kind, _SLOW)}]}}"
    if kind not in ("ppg", "ecg") or sfreq < _PULSE_RATE:
        return FeatureChoice((statistics,), (modality,))
    beats = f"{modality}_beats"
    found = f"{{use: hrv, modality: {modality}, output: {beats}, kind: {kind}, beats: 1, features: [rate]}}"
    return FeatureChoice((found, statistics), (beats, modality))


def _kind(modality: str) -> str:
    return find_kind(modality) or modality.split("_")[0].lower()
