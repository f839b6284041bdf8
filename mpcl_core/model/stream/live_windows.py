"""Make windows of slices of live signals, by the same code that prepares recordings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from jaxtyping import Float32, Float64

from mpcl_core.data.prepare import prepare_parts
from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Recording, Signal, Valence, WindowSet, concatenate
from mpcl_core.interfaces.errors import PluginError
from mpcl_core.model.description import ModelDescription
from mpcl_core.model.stream.live_plan import LivePlan

Slice = Mapping[str, Float32[np.ndarray, "c t"]]
"""Modality -> the samples of one window."""


class _Slices(Source):
    """Provide each slice as a recording.

    Args:
        slices: the slices.
        modalities: those of the filtered signals.
        model: states the emotions.
        subject, trial: the names of the windows.
    """

    name = "live"

    def __init__(
        self,
        slices: Sequence[Slice],
        modalities: tuple[Modality, ...],
        model: ModelDescription,
        subject: str,
        trial: str,
    ) -> None:
        self.slices, self._modalities, self.model = slices, modalities, model
        self.subject, self.trial = subject, trial

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return self._modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels

    @property
    def valence(self) -> Valence | None:
        return self.model.valence

    def load(self) -> Iterator[Recording]:
        sfreq = {modality.name: modality.sfreq or 1.0 for modality in self._modalities}
        D = np.full(len(self.labels), 1 / len(self.labels))
        for each in self.slices:
            signals = {name: Signal(values, sfreq[name]) for name, values in each.items()}
            yield Recording(signals, D, self.subject, self.trial)


def make_windows(
    slices: Sequence[Slice],
    number: Sequence[int],
    start: Float64[np.ndarray, "W"],
    plan: LivePlan,
    model: ModelDescription,
    names: tuple[str, str] = ("live", ""),
) -> WindowSet:
    """Return the windows of slices, as the model takes them.

    Args:
        slices: W slices, each with a modality that is complete.
        number: (W,) their numbers.
        start: (W,) when they begin, in seconds.
        plan: the components.
        model: the model.
        names: the subject and the trial.

    Returns:
        W windows.

    Raises:
        PluginError: the windowing does not cut one window of a slice.
    """
    source = _Slices(slices, plan.filtered, model, *names)
    windows = concatenate(list(prepare_parts(source, [plan.windowing, *plan.window_transforms])))
    if len(windows) != len(slices):
        raise PluginError(
            f"'{plan.windowing.name}' cut {len(windows)} windows of {len(slices)} stretches of its schedule's length"
        )
    return replace(
        windows, window=np.array(number, np.int64), t_start=start.copy(), t_stop=start + plan.schedule.length
    )
