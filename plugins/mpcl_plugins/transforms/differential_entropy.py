"""The differential entropy of each frequency band of a window, in nats (Shi, Jiao & Lu, EMBC 2013).

    h = ½ ln(2πe σ²),  σ² the variance of the window filtered to the band

which is the entropy of a Gaussian signal of that variance. The filter is the Butterworth band-pass of order 4, run
forwards and backwards, with the window reflected at its ends. Its gain, with Ω = tan(π f / sfreq),

    G(f) = 1 / (1 + ((Ω² − Ω_low Ω_high) / ((Ω_high − Ω_low) Ω))⁸),

acts on a signal so extended as a factor of each coefficient c_k of its cosine transform (f = k · sfreq / 2t), which
is orthonormal: σ² = (1/t) Σ_k G_k² c_k². One transform thus serves all bands, and no signal is filtered at all.
The logarithm of a band's power in the spectrum (`band_power`) often has the same name; it is another quantity.
"""

import math

import numpy as np
from jaxtyping import Float, Float32, Float64

from mpcl_core.plugin import Modality, Name, WindowSet
from mpcl_plugins.transforms._bands import EEG, Bands, check_bands, log_power, require_bands
from mpcl_plugins.transforms._blocks import measure_in_blocks
from mpcl_plugins.transforms._table import TableTransform, windowed_modality


class DifferentialEntropy(TableTransform):
    """Compute a table (c, f) of each channel's entropy in f bands, absent where a channel never varies.

    A factor on the signal (another unit) adds its logarithm to every entry.

    Args:
        modality: the signal.
        output: the name of the table; by default ``modality``, which it then replaces.
        bands: lower and upper edge of each band in Hz; a window must hold a period of the lowest.

    Raises:
        ValueError: there is no band, or one does not rise from a number above 0.
    """

    name = "differential_entropy"

    def __init__(self, *, modality: Name = "eeg", output: Name | None = None, bands: Bands = EEG) -> None:
        super().__init__(modality, output, len(bands))
        self.bands = check_bands(bands)

    def check(self, modalities: tuple[Modality, ...]) -> None:
        require_bands(self.bands, modalities, self.modality)

    def measure(self, windows: WindowSet) -> Float[np.ndarray, "N c f"]:
        _, sfreq, n_times = windowed_modality(windows.modalities, self.modality)
        share = _power_gain(self.bands, n_times, sfreq)
        return measure_in_blocks(lambda x: _entropy(x, share), windows.X[self.modality])


def _entropy(x: Float32[np.ndarray, "R t"], share: Float64[np.ndarray, "t f"]) -> Float[np.ndarray, "R f"]:
    from scipy.fft import dct

    c = dct(x.astype(np.float64), norm="ortho", axis=1)
    variance = np.square(c) @ share / x.shape[1]
    h: Float[np.ndarray, "R f"] = 0.5 * (np.log(2 * np.pi * math.e) + log_power(variance, x))
    return h


def _power_gain(bands: Bands, n_times: int, sfreq: float) -> Float64[np.ndarray, "t f"]:
    """Return G² of each coefficient and band; 0 at k = 0, the mean.

    Returns:
        (t, f) gains.
    """
    low, high = np.tan(np.pi * np.array(bands).T / sfreq)
    warped = np.tan(np.pi * np.arange(1, n_times) / (2 * n_times))[:, None]
    gain = 1 / (1 + ((warped**2 - low * high) / ((high - low) * warped)) ** 8)
    return np.concatenate([np.zeros((1, len(bands))), gain**2])
