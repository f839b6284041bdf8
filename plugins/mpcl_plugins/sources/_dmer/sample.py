"""Read the sample that EmotionDict publishes: 875 seconds of one viewer of DMER, as training and test rows."""

from pathlib import Path

import numpy as np

from mpcl_core.plugin import Modality, Valence, WindowSet, check_distributions
from mpcl_plugins.sources._dmer.clips import running_number
from mpcl_plugins.sources._dmer.layout import Layout, viewer_files
from mpcl_plugins.sources.formats.mat import Spec, feature_windows, read_arrays, real_part

SPLITS = ("train", "test")
ARRAYS = {"eeg": "eeg", "gsr": "gsr", "ppg": "ppg", "face": "video"}
MODALITIES = (Modality("eeg", 18, 4), Modality("gsr", 1, 4), Modality("ppg", 1, 4), Modality("face", 1, 32))
ROWS: Spec = {"eeg": (18, 4), "gsr": (1, 4), "ppg": (1, 4), "video": (32,), "label": (10,)}
SHAPES: Spec = {
    f"{split}_{name}": (letter, *rest)
    for split, letter in zip(SPLITS, "nm", strict=True)
    for name, rest in ROWS.items()
}


def read(path: Path, labels: tuple[str, ...], valence: Valence) -> WindowSet:
    """Return the training windows, then the test windows.

    Args:
        path: the file.
        labels: the k emotions.
        valence: which of them are positive and negative.

    Returns:
        The windows.
    """
    found = {name: real_part(values) for name, values in read_arrays(path, SHAPES).items()}
    for split in SPLITS:
        check_distributions(found[f"{split}_label"], f"{split}_label", path)
    D = np.concatenate([found[f"{split}_label"] for split in SPLITS])
    label = np.unique(D, axis=0, return_inverse=True)[1].reshape(-1)
    X = {
        modality.name: np.concatenate(
            [
                feature_windows(found[name], modality.n_chans, path, name)
                for name in (f"{split}_{ARRAYS[modality.name]}" for split in SPLITS)
            ]
        )
        for modality in MODALITIES
    }
    return WindowSet(
        modalities=MODALITIES,
        X=X,
        present={name: np.ones(len(D), dtype=bool) for name in X},
        D=D,
        labels=labels,
        valence=valence,
        subject=np.full(len(D), path.stem),
        trial=label.astype(str),
        split=np.repeat(SPLITS, [len(found[f"{split}_label"]) for split in SPLITS]),
        window=running_number(label),
    ).validate(path)


LAYOUT = Layout(
    holds="a .mat file with train_eeg, test_eeg and so on",
    modalities=MODALITIES,
    find=lambda path: viewer_files(path, SHAPES),
    files={"": SHAPES},
)
