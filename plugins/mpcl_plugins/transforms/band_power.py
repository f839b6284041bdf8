"""The logarithm of the mean power density in each frequency band of a window, from one Fourier transform.

    P(f) = 2 |Σ_t w_t (x_t − x̄) e^{−2πi f t / sfreq}|² / (sfreq Σ w²)     value = ln mean {P(f): low ≤ f < high}

with w a Hann window: the quick form in which band features are often published as "differential entropy", there in
another base and scale. It is another quantity than `differential_entropy`: it divides by the band's width, sees the
middle of the window more than its ends, and has no ½.
"""

import numpy as np
from jaxtyping import Float, Float32

from mpcl_core.plugin import DataError, Modality, Name, WindowSet, WindowTransform
from mpcl_plugins.transforms._bands import EEG, Bands, checked, log, require
from mpcl_plugins.transforms._blocks import by_blocks
from mpcl_plugins.transforms._table import declared, signal, with_table


class BandPower(WindowTransform):
    """A table (c, f) of each channel's ln power density (the signal's unit, squared, a Hz) in f bands.

    Computed in single precision. Where a channel never varies, the table is absent.

    Args:
        modality: the signal.
        output: the table's name; as ``modality``, whose place it takes, where it is not given.
        bands: from and to (not included), in Hz; a window must hold a period of the lowest.

    Raises:
        ValueError: there is no band, or one does not rise from a number above 0.
    """

    name = "band_power"

    def __init__(self, *, modality: Name = "eeg", output: Name | None = None, bands: Bands = EEG) -> None:
        self.modality, self.output, self.bands = modality, output or modality, checked(bands)

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the table.

        Raises:
            DataError: there is no such signal, its rate is too low for a band, a window too short, or the table's
                name is taken.
        """
        require(self.bands, modalities, self.modality)
        self._share(modalities)
        return declared(modalities, self.modality, self.output, len(self.bands))

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: as `outputs`.
        """
        self.outputs(windows.modalities)
        share = self._share(windows.modalities)
        values = by_blocks(lambda rows: _log_power(rows, share), windows.X[self.modality])
        return with_table(windows, self.modality, self.output, values)

    def _share(self, modalities: tuple[Modality, ...]) -> Float32[np.ndarray, "F f"]:
        """What each bin of the transform counts in each band, and the units of P."""
        _, sfreq, n_times = signal(modalities, self.modality)
        low, high = np.array(self.bands).T
        f = np.fft.rfftfreq(n_times, 1 / sfreq)[:, None]
        within = (low <= f) & (f < high)
        if len(empty := np.flatnonzero(~within.any(0))):
            narrow = self.bands[empty[0]]
            raise DataError(
                f"the bins of a window of {n_times / sfreq:g} s leave out {narrow[0]:g} to {narrow[1]:g} Hz",
                field=self.modality,
            )
        share: np.ndarray = within / within.sum(0) * 2 / (sfreq * np.square(_hann(n_times)).sum())
        return share.astype(np.float32)


def _log_power(x: Float32[np.ndarray, "R t"], share: Float32[np.ndarray, "F f"]) -> Float[np.ndarray, "R f"]:
    from scipy.fft import rfft

    y = x - x.mean(1, keepdims=True)
    y *= _hann(x.shape[1])
    parts: np.ndarray = rfft(y, axis=1, overwrite_x=True).view(np.float32)  # real and imaginary, in turn
    np.square(parts, out=parts)
    return log(parts @ share.repeat(2, axis=0), x)


def _hann(t: int) -> Float32[np.ndarray, "t"]:
    """One period of ½ − ½ cos."""
    w: np.ndarray = np.hanning(t + 1)[:-1].astype(np.float32)
    return w
