"""Data of another source come in the form of a model: its channels, rates and emotions, of the chosen people."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, RecordingOverlap, Signal, SignalClock, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.matched_source import MatchedSource
from mpcl_plugins.transforms.resample import Resample
from support.model_descriptions import described

EEG = Modality("eeg", 2, None, 64.0, ("Fz", "Cz"), "uV")
MODEL = described(inputs=(EEG,), modalities=(replace(EEG, n_times=64),))


class Recordings(Source):
    """Provide one recording of each person, rated with the model's emotions in another order."""

    notes: tuple[str, ...] = ()
    clocks: tuple[SignalClock, ...] = ()
    overlaps: tuple[RecordingOverlap, ...] = ()
    files: tuple[Path, ...] = ()

    def __init__(self, modality: Modality, labels: tuple[str, ...] = ("fear", "joy")) -> None:
        self.own, self._labels = modality, labels

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (self.own,)

    @property
    def labels(self) -> tuple[str, ...]:
        return self._labels

    def load(self) -> Iterator[Recording] | WindowSet:
        assert self.own.sfreq is not None
        values = np.arange(2 * round(2 * self.own.sfreq), dtype=np.float32).reshape(2, -1)
        for subject in ("a", "b"):
            yield Recording({"eeg": Signal(values, self.own.sfreq)}, np.array([0.75, 0.25]), subject, "t")


def recordings(source: MatchedSource) -> list[Recording]:
    found = source.load()
    assert not isinstance(found, WindowSet)
    return list(found)


def test_channels_are_in_the_order_and_unit_of_the_model() -> None:
    source = MatchedSource(Recordings(replace(EEG, ch_names=("Cz", "Fz"), unit="mV")), MODEL)
    first, _ = recordings(source)
    original = np.arange(256, dtype=np.float32).reshape(2, -1)
    np.testing.assert_allclose(first.signals["eeg"].values, original[::-1] * 1000)
    assert source.modalities == (EEG,)
    assert source.labels == ("joy", "fear")


def test_notes_clocks_overlaps_and_files_are_those_of_the_source(tmp_path: Path) -> None:
    source = Recordings(EEG)
    source.notes = ("two trials were left out",)
    source.clocks = (SignalClock("a.csv", "eeg", offset=0.5),)
    source.overlaps = (RecordingOverlap(("a", "t"), ("b", "t"), 1.0),)
    source.files = (tmp_path / "a.csv",)
    matched = MatchedSource(source, MODEL)
    assert (matched.notes, matched.clocks) == (source.notes, source.clocks)
    assert (matched.overlaps, matched.files) == (source.overlaps, source.files)


def test_ratings_are_left_out_unless_they_are_asked_for() -> None:
    unrated, _ = recordings(MatchedSource(Recordings(EEG), MODEL))
    assert unrated.D.tolist() == [0.5, 0.5]
    rated, _ = recordings(MatchedSource(Recordings(EEG), MODEL, is_rated=True))
    assert rated.D.tolist() == [0.25, 0.75]


def test_only_the_chosen_people_are_read() -> None:
    assert [each.subject for each in recordings(MatchedSource(Recordings(EEG), MODEL, ["b"]))] == ["b"]
    with pytest.raises(DataError, match="the input has no subject named c, d"):
        recordings(MatchedSource(Recordings(EEG), MODEL, ["b", "d", "c"]))


def test_signal_is_brought_to_the_rate_of_the_model() -> None:
    (signal,) = recordings(MatchedSource(Recordings(replace(EEG, sfreq=128.0)), MODEL, resample=Resample))[
        0
    ].signals.values()
    assert (signal.sfreq, signal.values.shape) == (64.0, (2, 128))
    with pytest.raises(DataError, match="eeg: 128 Hz, but the model takes 64 Hz"):
        recordings(MatchedSource(Recordings(replace(EEG, sfreq=128.0)), MODEL))


def test_source_without_the_modalities_or_emotions_of_the_model_is_refused() -> None:
    with pytest.raises(DataError, match="the model takes eeg, but the input has ppg"):
        MatchedSource(Recordings(Modality("ppg", 1, None, 64.0)), MODEL)
    with pytest.raises(DataError, match="the ratings are of fear, calm, but the model predicts joy, fear"):
        MatchedSource(Recordings(EEG, ("fear", "calm")), MODEL, is_rated=True)
    MatchedSource(Recordings(EEG, ("fear", "calm")), MODEL)


class Windows(Recordings):
    """Provide two windows of two people."""

    def load(self) -> WindowSet:
        modality = replace(EEG, n_times=64)
        X = np.ones((2, 2, 64), np.float32)
        D = np.array([[0.75, 0.25], [0.5, 0.5]])
        return WindowSet(
            (modality,), {"eeg": X}, {"eeg": np.ones(2, bool)}, D, self.labels, subject=np.array(["a", "b"])
        )


def test_windows_are_those_of_the_chosen_people_with_ratings_in_the_order_of_the_model() -> None:
    description = MODEL.model_copy(update={"inputs": MODEL.modalities})
    found = MatchedSource(Windows(EEG), description, ["a"], is_rated=True).load()
    assert isinstance(found, WindowSet)
    assert (found.subject.tolist(), found.D.tolist(), found.labels) == (["a"], [[0.25, 0.75]], ("joy", "fear"))
    with pytest.raises(DataError, match="no subject named z"):
        MatchedSource(Windows(EEG), description, ["z"]).load()
