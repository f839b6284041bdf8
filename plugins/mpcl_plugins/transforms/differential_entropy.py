"""The differential entropy of each frequency band of a window, in nats (Shi, Jiao & Lu, EMBC 2013).

    h = ½ ln(2πe σ²),  σ² the variance of the window filtered to the band

which is the entropy of a Gaussian signal of that variance. The filter is the Butterworth band-pass of order 4, run
forwards and backwards, with the window reflected at its ends. Its gain, with Ω = tan(π f / sfreq),

    G(f) = 1 / (1 + ((Ω² − Ω_low Ω_high) / ((Ω_high − Ω_low) Ω))⁸),

acts on a signal so extended as a factor of each coefficient c_k of its cosine transform (f = k · sfreq / 2t), which
is orthonormal: σ² = (1/t) Σ_k G_k² c_k². One transform thus serves all bands, and nothing is filtered at all.
The logarithm of a band's power in the spectrum (`band_power`) often goes by the same name; it is another quantity.
"""

import numpy as np
from jaxtyping import Float, Float32, Float64

from mpcl_core.plugin import Modality, Name, WindowSet, WindowTransform
from mpcl_plugins.transforms._bands import EEG, Bands, checked, log, require
from mpcl_plugins.transforms._blocks import by_blocks
from mpcl_plugins.transforms._table import declared, signal, with_table


class DifferentialEntropy(WindowTransform):
    """A table (c, f) of each channel's entropy in f bands. Where a channel never varies, the table is absent.

    A factor on the signal (another unit) adds its logarithm to every entry.

    Args:
        modality: the signal.
        output: the table's name; as ``modality``, whose place it takes, where it is not given.
        bands: from and to, in Hz; a window must hold a period of the lowest.

    Raises:
        ValueError: there is no band, or one does not rise from a number above 0.
    """

    name = "differential_entropy"

    def __init__(self, *, modality: Name = "eeg", output: Name | None = None, bands: Bands = EEG) -> None:
        self.modality, self.output, self.bands = modality, output or modality, checked(bands)

    def outputs(self, modalities: tuple[Modality, ...]) -> tuple[Modality, ...]:
        """The modalities with the table.

        Raises:
            DataError: there is no such signal, its rate is too low for a band, a window too short, or the table's
                name is taken.
        """
        require(self.bands, modalities, self.modality)
        return declared(modalities, self.modality, self.output, len(self.bands))

    def transform(self, windows: WindowSet) -> WindowSet:
        """The rows with the table.

        Raises:
            DataError: as `outputs`.
        """
        self.outputs(windows.modalities)
        _, sfreq, n_times = signal(windows.modalities, self.modality)
        share = _power_gain(self.bands, n_times, sfreq)
        values = by_blocks(lambda rows: _entropy(rows, share), windows.X[self.modality])
        return with_table(windows, self.modality, self.output, values)


def _entropy(x: Float32[np.ndarray, "R t"], share: Float64[np.ndarray, "t f"]) -> Float[np.ndarray, "R f"]:
    from scipy.fft import dct

    c = dct(x.astype(np.float64), norm="ortho", axis=1)
    variance = np.square(c) @ share / x.shape[1]
    h: Float[np.ndarray, "R f"] = 0.5 * (np.log(2 * np.pi * np.e) + log(variance, x))
    return h


def _power_gain(bands: Bands, n_times: int, sfreq: float) -> Float64[np.ndarray, "t f"]:
    """G² of each coefficient and band; 0 at k = 0, the mean."""
    low, high = np.tan(np.pi * np.array(bands).T / sfreq)
    warped = np.tan(np.pi * np.arange(1, n_times) / (2 * n_times))[:, None]
    gain = 1 / (1 + ((warped**2 - low * high) / ((high - low) * warped)) ** 8)
    return np.concatenate([np.zeros((1, len(bands))), gain**2])
