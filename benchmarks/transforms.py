"""The transforms against what they replace: the same result, or one that agrees within what is stated, in less time.

*Entropy* and *power*: 64 windows x 32 channels x 640 samples at 128 Hz, five bands. The loop filters each window,
channel and band by itself, with the window reflected at its ends, and agrees to 1e-6. What is timed is the same loop
with scipy's own, shorter extension, as published scripts use it, and with filters designed once, outside, which takes
four fifths of the time. The filter bank is one ``sosfiltfilt`` a band over all windows. *Band-pass*: 32 channels x 60 s
at 512 Hz against ``sosfiltfilt`` of order 4 over all channels. *Pulse* and *skin*: six segments of five minutes, with
NeuroKit2 called on one after the other, as it must be; they and *memory*, the preparation of all of EmoPairCompete in a
process of its own, need the recordings in ``MPCL_TEST_DATA``.

Aims: loop / entropy >= 15, bank / power >= 20, band-pass / sosfiltfilt <= 1, NeuroKit2 / pulse >= 15 with the number
of beats within 1 %, NeuroKit2 / skin >= 5, memory < 1.5 GiB.  Run: python benchmarks/transforms.py
"""

import os
import resource
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64
from scipy.signal import butter, sosfiltfilt

from mpcl_core.data.prepare import prepare
from mpcl_core.interfaces.components import WindowTransform
from mpcl_core.interfaces.data import Modality, Recording, Signal, WindowSet
from mpcl_plugins.sources.emopair import EmoPair
from mpcl_plugins.transforms._beats import find_beats
from mpcl_plugins.transforms.band_power import BandPower
from mpcl_plugins.transforms.bandpass import Bandpass
from mpcl_plugins.transforms.differential_entropy import DifferentialEntropy
from mpcl_plugins.transforms.eda import EDA
from mpcl_plugins.transforms.hrv import HRV
from mpcl_plugins.transforms.statistics import Statistics
from mpcl_plugins.transforms.window import Window
from pairs import ratio

SFREQ = 128.0
BANDS = ((1.0, 4.0), (4.0, 8.0), (8.0, 14.0), (14.0, 31.0), (31.0, 50.0))
SECTIONS = [butter(4, band, "bandpass", fs=SFREQ, output="sos") for band in BANDS]
SECONDS = 300
REFLECTED = 2 * 640
"""Samples by which the loop extends a window, so that no trace of the end is left."""
WIDTH = 0.111
"""Seconds that a beat lasts at least, in NeuroKit2 as well."""

Signals = Float32[np.ndarray, "N c t"]
Table = Float64[np.ndarray, "N c f"]


def brain(windows: int, channels: int, samples: int) -> Signals:
    """Noise that falls with frequency, as the electroencephalogram does, with a rhythm of 10 Hz."""
    rng = np.random.default_rng(0)
    steps, sensor = rng.standard_normal((2, windows, channels, samples))
    noise = steps.cumsum(2) + 3 * sensor
    rhythm = np.sin(2 * np.pi * 10 * np.arange(samples) / SFREQ + rng.uniform(0, 7, (windows, channels, 1)))
    x: np.ndarray = noise + 4 * rhythm
    return x.astype(np.float32)


def study(name: str, X: Signals, sfreq: float) -> WindowSet:
    n = len(X)
    modality = Modality(name, X.shape[1], X.shape[2], sfreq)
    return WindowSet((modality,), {name: X}, {name: np.ones(n, bool)}, np.full((n, 2), 0.5), ("a", "b"))


def run(transform: WindowTransform, windows: WindowSet) -> Callable[[], WindowSet]:
    return lambda: transform.transform(windows)


def loop(X: Signals, reflected: int) -> Table:
    """Window after window, channel after channel, band after band."""
    found = np.empty((*X.shape[:2], len(BANDS)))
    for i, window in enumerate(X.astype(np.float64)):
        for c, x in enumerate(window):
            for band, sections in enumerate(SECTIONS):
                if reflected:
                    long = sosfiltfilt(sections, np.pad(x, reflected, mode="symmetric"), padlen=0)
                    y = long[reflected:-reflected]
                else:
                    y = sosfiltfilt(sections, x)
                found[i, c, band] = 0.5 * np.log(2 * np.pi * np.e * y.var())
    return found


def bank(X: Signals) -> Table:
    """All windows and channels at once, band after band."""
    x = X.astype(np.float64)
    variance = [sosfiltfilt(sections, x, axis=2).var(2) for sections in SECTIONS]
    return 0.5 * np.log(2 * np.pi * np.e * np.stack(variance, axis=2))


def entropy_and_power() -> None:
    X = brain(64, 32, 640)
    windows = study("eeg", X, SFREQ)
    entropy, power = run(DifferentialEntropy(), windows), run(BandPower(), windows)
    ours, same = entropy().X["eeg"], loop(X, REFLECTED)
    print(f"64 windows, 32 channels, 640 samples, 5 bands; entropy - loop: {np.abs(ours - same).max():.1e}")
    for name, table in {"loop, scipy's edges": bank(X), "band power": 0.5 * power().X["eeg"]}.items():
        r = [np.corrcoef(ours[..., f].ravel(), table[..., f].ravel())[0, 1] for f in range(len(BANDS))]
        print(f"  correlation of entropy and {name:20} {np.round(r, 3)}")
    print(f"  loop, scipy's edges / entropy  {ratio(lambda: loop(X, 0), entropy)}")
    print(f"  filter bank / entropy          {ratio(lambda: bank(X), entropy, 41)}")
    print(f"  filter bank / power            {ratio(lambda: bank(X), power, 41)}")


def band_pass() -> None:
    x = np.random.default_rng(0).standard_normal((32, 60 * 512)).cumsum(1).astype(np.float32)
    recording = Recording({"eeg": Signal(x, 512.0)}, np.array([0.5, 0.5]), "", "")
    sections = butter(4, (0.5, 45.0), "bandpass", fs=512.0, output="sos")
    transform = Bandpass(modality="eeg", low=0.5, high=45.0)
    print("32 channels, 60 s, 512 Hz, 0.5 to 45 Hz")
    for kind in (np.float32, np.float64):
        found = ratio(lambda: transform.transform(recording), partial(sosfiltfilt, sections, x.astype(kind), axis=1))
        print(f"  band-pass / sosfiltfilt, {kind.__name__}  {found}")


def segments(folder: Path, name: str) -> Float64[np.ndarray, "six T"]:
    """The first five minutes of six people's first segment that is long enough."""
    found: dict[str, np.ndarray] = {}
    for recording in EmoPair(path=folder / "emopaircompete").load():
        signal = recording.signals[name]
        if len(found) < 6 and recording.signals["ppg"].values.shape[1] >= SECONDS * 64:
            found.setdefault(recording.subject, signal.values[0, : round(SECONDS * signal.sfreq)])
    return np.stack(list(found.values())).astype(np.float64)


def pulse(title: str, x: Float64[np.ndarray, "six T"], sfreq: float) -> None:
    import neurokit2 as nk

    def theirs() -> list[int]:
        found = [nk.ppg_findpeaks(nk.ppg_clean(one, sampling_rate=sfreq), sampling_rate=sfreq) for one in x]
        for info in found:
            nk.hrv_time(info["PPG_Peaks"], sampling_rate=sfreq)
        return [len(info["PPG_Peaks"]) for info in found]

    heart = HRV(features=("rate", "sdnn", "rmssd", "pnn50", "pnn20"), width=WIDTH)
    ours = run(heart, study("ppg", x[:, None].astype(np.float32), sfreq))
    beats = np.bincount(find_beats(x, sfreq, "ppg", WIDTH)[0], minlength=len(x))
    more = 100 * (beats / np.array(theirs()) - 1)
    print(f"{title}: {beats.sum()} beats, NeuroKit2 {sum(theirs())}; by segment {np.round(more, 1)} %")
    print(f"  NeuroKit2 / pulse              {ratio(theirs, ours)}")


def skin(x: Float64[np.ndarray, "six T"], sfreq: float) -> None:
    import neurokit2 as nk

    def theirs() -> list[float]:
        return [nk.eda_phasic(one, sampling_rate=sfreq)["EDA_Tonic"].mean() for one in x]

    ours = run(EDA(), study("gsr", x[:, None].astype(np.float32), sfreq))
    off = np.abs(ours().X["gsr"][:, 0, 0] - theirs()).max()
    print(f"six segments of skin conductance at 4 Hz; mean tonic levels differ by {off:.4f} uS at most")
    print(f"  NeuroKit2 / skin               {ratio(theirs, ours)}")


def against_neurokit(folder: Path) -> None:
    if find_spec("neurokit2") is None:
        print("pulse and skin are left out: NeuroKit2 is not installed (pip install neurokit2)")
        return
    warnings.simplefilter("ignore")  # NeuroKit2's, about intervals that it finds odd
    table = np.loadtxt(folder / "neurokit" / "bio_resting_5min_100hz.csv", delimiter=",", skiprows=1)
    pulse("six segments of EmoPairCompete, 64 Hz", segments(folder, "ppg"), 64.0)
    pulse("a resting pulse six times, 100 Hz", np.tile(table[:, 1], (6, 1)), 100.0)
    skin(segments(folder, "gsr"), 4.0)


def memory(folder: Path) -> None:
    """From files to the features of 26 x 12 segments, for windows of a minute every ten seconds."""
    prepared = prepare(
        EmoPair(path=folder / "emopaircompete"),
        [
            Bandpass(modality="ppg", low=0.5, high=8.0),
            Window(length=60.0, hop=10.0),
            HRV(output="beats"),
            EDA(output="skin"),
            Statistics(modality="heart_rate"),
            Statistics(modality="temperature"),
        ],
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"EmoPairCompete whole, {len(prepared)} windows with their signals and features: {peak:.2f} GiB at most")


if __name__ == "__main__":
    recordings = Path(os.environ.get("MPCL_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if sys.argv[1:] == ["memory"]:
        memory(recordings)
        sys.exit()
    entropy_and_power()
    band_pass()
    if not recordings.is_dir():
        sys.exit(f"pulse, skin and memory are left out: no recordings at {recordings} (set MPCL_TEST_DATA)")
    against_neurokit(recordings)
    subprocess.run([sys.executable, __file__, "memory"], check=True)
