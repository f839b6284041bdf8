"""Hold the prediction of one live window."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mpcl_core.model.stream.signal_quality import SignalQuality


@dataclass(frozen=True)
class LivePrediction:
    """Hold the prediction of one live window.

    Args:
        row: the row of the table of predictions: column -> value.
        labels: the names of the k emotions, which are columns.
        quality: modality -> how good its signal is in the window.
        delay: seconds from the end of the window to its prediction, by the clock of the signals; None where unknown.
    """

    row: Mapping[str, Any]
    labels: tuple[str, ...]
    quality: Mapping[str, SignalQuality]
    delay: float | None = None

    @property
    def distribution(self) -> list[float]:
        """Return the probabilities of the emotions, in the order of ``labels``."""
        return [float(self.row[label]) for label in self.labels]

    def as_json(self) -> dict[str, Any]:
        """Return the prediction as plain values.

        Returns:
            The columns of the row, ``signal_<modality>`` and ``received_<modality>`` of each modality, and ``delay``.
        """
        quality = {f"signal_{name}": each.verdict for name, each in self.quality.items()}
        received = {f"received_{name}": round(each.received, 4) for name, each in self.quality.items()}
        return {**self.row, **quality, **received, "delay": None if self.delay is None else round(self.delay, 4)}
