"""Make files of dmer_folders as the tests of several readers need them."""

from pathlib import Path

import numpy as np

from mpcl_core.interfaces.data import WindowSet
from mpcl_plugins.sources.dmer import DMER

Arrays = dict[str, np.ndarray]


Files = dict[str, Arrays]


RATES = {"eeg": 300, "gsr": 4, "ppg": 100}


CHANNELS = {"eeg": 18, "gsr": 1, "ppg": 1}


SEEN = [(40, 2), (12, 6), (40, 1), (3, 7), (40, 1), (31, 5), (35, 3)]


def distributions(rng: np.random.Generator) -> np.ndarray:
    scores = rng.integers(1, 6, (32, 10)).astype(float)
    return np.asarray(scores / scores.sum(1, keepdims=True))


def recorded(seed: int = 0, seen: list[tuple[int, int]] = SEEN) -> Arrays:
    """``datas.mat`` of a viewer."""
    rng = np.random.default_rng(seed)
    arrays = {"dis_label": distributions(rng)}
    for name, rate in RATES.items():
        clips = np.concatenate([np.full(seconds * rate, clip) for clip, seconds in seen])
        arrays[f"{name}_datas"] = np.vstack([rng.standard_normal((CHANNELS[name], len(clips))), clips])
    return arrays


def summed_up(seed: int = 0, seen: list[tuple[int, int]] = SEEN, shorter: int = 4) -> Files:
    """The four files of a viewer; ``shorter`` is how many rows of a clip the peripheral windows of 5 s cost."""
    rng = np.random.default_rng(seed)
    seconds = np.concatenate([np.full(count, clip) for clip, count in seen])
    windows = np.concatenate([np.full(max(count - shorter, 0), clip) for clip, count in seen])
    return {
        "eegfea.mat": {"feas": rng.standard_normal((len(seconds), 5, 18)), "vids": seconds[None]},
        "perifea.mat": {
            "feas_gsr": rng.standard_normal((len(windows), 28)),
            "feas_ppg": rng.standard_normal((len(windows), 27)),
            "vids": windows[None],
        },
        "videoFea.mat": {"lbps_all": rng.standard_normal((len(seconds), 768)), "vids": seconds[None]},
        "datas.mat": recorded(seed),
    }


def windows(path: Path) -> WindowSet:
    loaded = DMER(path=path, layout="features").load()
    assert isinstance(loaded, WindowSet)
    return loaded
