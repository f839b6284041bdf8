"""Eye tracking with gaps: H = W [mean_t x; log s; log v] + b, one token of where, how widely and how fast eyes look.

s is the spread of the gaze about its mean, v the root mean square of its speed. A tracker loses the eye at every blink,
several times a minute; a window of four seconds would seldom be whole. So short gaps are bridged; a long one stays a
gap, and the windows that it touches are absent, not zero.
"""

from dataclasses import replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from mpcl_core.plugin import (
    Component,
    Encoder,
    Modality,
    Name,
    NonNegative,
    Recording,
    RecordingTransform,
    Signal,
    hookimpl,
)


class Blinks(RecordingTransform):
    """Bridges gaps (NaN in any channel) by straight lines, between samples that are there.

    Args:
        modality: the gaze.
        longest: the longest gap that is bridged, in seconds; a blink takes 0.1 to 0.4.
    """

    name = "blinks"

    def __init__(self, *, modality: Name = "gaze", longest: NonNegative = 0.5) -> None:
        self.modality, self.longest = modality, longest

    def transform(self, recording: Recording) -> Recording:
        if self.modality not in recording.signals:
            return recording
        bridged = self._bridged(recording.signals[self.modality])
        return replace(recording, signals=recording.signals | {self.modality: bridged})

    def _bridged(self, signal: Signal) -> Signal:
        lost = np.isnan(signal.values).any(0)
        edges = np.flatnonzero(np.diff(np.pad(lost, 1).astype(int))).reshape(-1, 2)
        values, there = signal.values.copy(), np.flatnonzero(~lost)
        for begin, end in edges:
            inside = begin > 0 and end < len(lost)
            if inside and end - begin <= self.longest * signal.sfreq:
                gap = np.arange(begin, end)
                values[:, gap] = [np.interp(gap, there, row[there]) for row in values]
        return Signal(values, signal.sfreq, signal.start)


class Gaze(Encoder):
    """Where, how widely and how fast."""

    name = "gaze"

    def __init__(self, *, modality: Modality, dim: int) -> None:
        super().__init__(modality=modality, dim=dim)
        self.n_tokens, self.read = 1, nn.Linear(modality.n_chans + 2, dim)

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b 1 d"]:
        spread = (x.var(-1, correction=0).sum(-1, keepdim=True) + 1e-6).log()
        speed = (x.diff().square().mean(-1).sum(-1, keepdim=True) + 1e-6).log()
        token: Tensor = self.read(torch.cat([x.mean(-1), spread, speed], dim=-1))
        return token.unsqueeze(1)


@hookimpl
def mpcl_components() -> list[type[Component]]:
    return [Blinks, Gaze]
