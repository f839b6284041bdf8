"""Make files of DEAP in the documented layout."""

from pathlib import Path

import numpy as np
from scipy.io import savemat


def arrays(n_videos: int = 40, n_channels: int = 40, n_samples: int = 8064) -> dict[str, np.ndarray]:
    """Return signals that state video, channel and sample, and ratings of valence, arousal, dominance and liking."""
    video, channel, sample = np.ogrid[:n_videos, :n_channels, :n_samples]
    data = (video * 100 + channel + sample / 8192).astype(np.float32)
    valence = np.linspace(1, 9, n_videos)
    return {"data": data, "labels": np.stack([valence, valence[::-1], valence, valence], axis=1)}


def save(folder: Path, name: str = "s01.mat", **more: np.ndarray) -> Path:
    savemat(folder / name, {**arrays(), **more})
    return folder


def save_small(folder: Path) -> Path:
    """Save signals of small whole numbers, which take a quarter of the bytes."""
    return save(folder, data=np.indices((40, 40, 8064), np.int8, sparse=True)[1] + np.zeros((40, 1, 8064), np.int8))
