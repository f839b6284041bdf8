"""Read the merged feature files of DMER: a row a second, ``feas`` beside ``vids``; one distribution a clip."""

from pathlib import Path

import numpy as np

from mpcl_core.plugin import Modality, Valence, WindowSet
from mpcl_plugins.sources._dmer.clips import CLIPS, Seconds, clip_distributions, clip_numbers, running_number
from mpcl_plugins.sources._dmer.layout import LABELS, Layout, viewer_files
from mpcl_plugins.sources.formats.mat import Spec, feature_windows, read_arrays, real_part

SHAPES: Spec = {"feas": ("W", 913), "vids": ("W", 1), **LABELS}
MODALITIES = (Modality("eeg", 18, 5), Modality("gsr", 1, 28), Modality("ppg", 1, 27), Modality("face", 1, 768))
COLUMNS = {"eeg": slice(0, 90), "gsr": slice(90, 118), "ppg": slice(118, 145), "face": slice(145, 913)}


def read(path: Path, labels: tuple[str, ...], valence: Valence) -> WindowSet:
    """Return the seconds of one viewer in which a clip ran.

    Args:
        path: the viewer's file.
        labels: the k emotions.
        valence: which of them are positive and negative.

    Returns:
        The windows.
    """
    found = read_arrays(path, SHAPES)
    feas = real_part(found["feas"])
    clip = clip_numbers(found["vids"], len(feas), path, "vids")
    has_video = clip < CLIPS
    feas[~has_video] = 0.0
    rows, clip = np.flatnonzero(has_video), clip[has_video]
    X = {
        modality.name: feature_windows(feas[:, COLUMNS[modality.name]], modality.n_chans, path, "feas")[rows]
        for modality in MODALITIES
    }
    seconds = Seconds(X, clip, running_number(clip).astype(np.float64))
    return seconds.windows(path, MODALITIES, clip_distributions(found["dis_label"], path), labels, valence)


LAYOUT = Layout(
    holds="<viewer>.mat with feas, vids, dis_label, here or in features/",
    modalities=MODALITIES,
    find=lambda path: viewer_files(path / "features" if (path / "features").is_dir() else path, SHAPES),
    files={"": SHAPES},
)
