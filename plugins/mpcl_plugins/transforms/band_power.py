"""The logarithm of the mean power density in each frequency band of a window, from one Fourier transform.

    P(f) = 2 |Σ_t w_t (x_t − x̄) e^{−2πi f t / sfreq}|² / (sfreq Σ w²)     value = ln mean {P(f): low ≤ f < high}

with w a Hann window: the quick form in which band features are often published as "differential entropy", there in
another base and scale. It is another quantity than `differential_entropy`: it divides by the band's width, weighs the
middle of the window more than its ends, and lacks the factor ½.
"""

import numpy as np
from jaxtyping import Float, Float32

from mpcl_core.plugin import DataError, Modality, Name, WindowSet
from mpcl_plugins.transforms._bands import EEG, Bands, check_bands, log_power, require_bands
from mpcl_plugins.transforms._blocks import measure_in_blocks
from mpcl_plugins.transforms._table import TableTransform, windowed_modality


class BandPower(TableTransform):
    """Compute a table (c, f) of each channel's ln power density in f bands.

    The unit is the signal's unit squared, per Hz. Computed in single precision. The table is absent where a channel
    never varies.

    Args:
        modality: the signal.
        output: the name of the table; by default ``modality``, which it then replaces.
        bands: lower and upper edge (not included) of each band in Hz; a window must hold a period of the lowest.

    Raises:
        ValueError: there is no band, or one does not rise from a number above 0.

    Example:
        >>> from mpcl_core.plugin import Modality
        >>> eeg = Modality("eeg", n_chans=18, n_times=256, sfreq=128.0)
        >>> BandPower(bands=((4.0, 8.0), (8.0, 14.0))).outputs((eeg,))[0].n_times
        2
    """

    name = "band_power"

    def __init__(self, *, modality: Name = "eeg", output: Name | None = None, bands: Bands = EEG) -> None:
        super().__init__(modality, output, len(bands))
        self.bands = check_bands(bands)

    def check(self, modalities: tuple[Modality, ...]) -> None:
        require_bands(self.bands, modalities, self.modality)
        self._share(modalities)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        share = self._share(windows.modalities)
        return measure_in_blocks(lambda x: _log_power(x, share), windows.X[self.modality])

    def _share(self, modalities: tuple[Modality, ...]) -> Float32[np.ndarray, "F f"]:
        """Return the weight of each frequency bin in each band, with the units of P.

        Returns:
            (F, f) weights.
        """
        _, sfreq, n_times = windowed_modality(modalities, self.modality)
        low, high = np.array(self.bands).T
        f = np.fft.rfftfreq(n_times, 1 / sfreq)[:, None]
        within = (low <= f) & (f < high)
        if len(empty := np.flatnonzero(~within.any(0))):
            narrow = self.bands[empty[0]]
            raise DataError(
                f"a window of {n_times / sfreq:g} s has no frequency bin from {narrow[0]:g} to {narrow[1]:g} Hz",
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
    return log_power(parts @ share.repeat(2, axis=0), x)


def _hann(t: int) -> Float32[np.ndarray, "t"]:
    w: np.ndarray = np.hanning(t + 1)[:-1].astype(np.float32)
    return w
