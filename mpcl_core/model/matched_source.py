"""Provide the data of another source in the form that a model was trained on, without their ratings."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import numpy as np

from mpcl_core.interfaces.components import RecordingTransform, Source
from mpcl_core.interfaces.data import Modality, Recording, Signal, Valence, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.matching import match_channels, match_windows
from mpcl_core.toolkit.wrapping_source import WrappingSource

Resample = Callable[..., RecordingTransform]
"""Called with ``modality`` and ``sfreq`` in Hz."""


class MatchedSource(WrappingSource):
    """Provide recordings or windows with the modalities, channels, units and labels of a model.

    Notes, clocks, overlaps and files are those of the source, also of people and modalities that are left out.

    Args:
        source: the source of the data.
        model: the model.
        subjects: the people to keep; all where it is empty.
        is_rated: keep the ratings, whose emotions have to be those of the model.
        resample: makes the transform that brings a signal to another rate; None: another rate is an error.

    Raises:
        DataError: the source has none of the model's modalities.
    """

    name = "input"

    def __init__(
        self,
        source: Source,
        model: ModelDescription,
        subjects: Collection[str] = (),
        resample: Resample | None = None,
        is_rated: bool = False,
    ) -> None:
        super().__init__(source=source)
        self.resample, self.is_rated = resample, is_rated
        self.model, self.subjects = model, frozenset(subjects)
        self.own = {modality.name: modality for modality in source.modalities}
        if not self.own.keys() & {modality.name for modality in model.inputs}:
            known = ", ".join(modality.name for modality in model.inputs)
            raise DataError(f"the model takes {known}, but the input has {', '.join(self.own) or 'nothing'}")
        if is_rated and set(source.labels) != set(model.labels):
            raise DataError(
                f"the ratings are of {', '.join(source.labels)}, but the model predicts {', '.join(model.labels)}"
            )

    @property
    def modalities(self) -> tuple[Modality, ...]:
        """Return the modalities that the model takes."""
        return self.model.inputs

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions of the model."""
        return self.model.labels

    @property
    def valence(self) -> Valence | None:
        """Return which emotions of the model are pleasant and unpleasant."""
        return self.model.valence

    def load(self) -> Iterator[Recording] | WindowSet:
        """Load the data of the source.

        Returns:
            Its recordings one at a time, or its windows, of the chosen people.

        Raises:
            DataError: a modality cannot be brought into the model's form, or there is no such person.
        """
        loaded = self.source.load()
        if not isinstance(loaded, WindowSet):
            return self._recordings(loaded)
        if self.subjects:
            loaded = loaded.take(np.flatnonzero(np.isin(loaded.subject, list(self.subjects))))
            self._require(set(loaded.subject.tolist()))
        matched = match_windows(loaded, self.model.model_copy(update={"modalities": self.model.inputs}))
        return replace(matched, D=loaded.D[:, self._order()]) if self.is_rated else matched

    def _order(self) -> list[int]:
        return [self.source.labels.index(label) for label in self.model.labels]

    def _recordings(self, recordings: Iterator[Recording]) -> Iterator[Recording]:
        found = set()
        D = np.full(len(self.model.labels), 1 / len(self.model.labels))
        for recording in recordings:
            if self.subjects and recording.subject not in self.subjects:
                continue
            found.add(recording.subject)
            signals = {}
            for wanted in self.model.inputs:
                if (signal := self._at_rate(recording, wanted)) is not None:
                    own = replace(self.own[wanted.name], sfreq=signal.sfreq)
                    signals[wanted.name] = replace(signal, values=match_channels(signal.values, own, wanted, axis=0))
            own_D = recording.D[self._order()] if self.is_rated else D
            yield replace(recording, signals=signals, D=own_D)
        self._require(found)

    def _at_rate(self, recording: Recording, wanted: Modality) -> Signal | None:
        """Return a signal of a recording at the rate that the model takes.

        Returns:
            The signal; None where the recording lacks it.

        Raises:
            DataError: the ratio of the rates is not one of whole numbers.
        """
        signal = recording.signals.get(wanted.name)
        if signal is None or wanted.sfreq in (None, signal.sfreq) or self.resample is None:
            return signal
        only = replace(recording, signals={wanted.name: signal})
        return self.resample(modality=wanted.name, sfreq=wanted.sfreq).transform(only).signals[wanted.name]

    def _require(self, found: Collection[str]) -> None:
        if missing := sorted(self.subjects - set(found)):
            raise DataError(f"the input has no subject named {', '.join(missing)}")
