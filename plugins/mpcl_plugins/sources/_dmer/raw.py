"""Read the recordings of one viewer of DMER: EEG, skin conductance and pulse wave, with the clip of every sample.

The last row of each array is the clip that ran; 40 is rest. A clip is cut out of every array by these numbers alone,
so that its signals begin together up to one sample of each.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from mpcl_core.plugin import DataError, Modality, Recording, Signal
from mpcl_plugins.sources._dmer.clips import CLIPS, CONDITIONS, clip_distributions, clip_numbers
from mpcl_plugins.sources._dmer.layout import LABELS, RECORDED, Layout, viewer_folders
from mpcl_plugins.sources.formats.mat import Spec, read_arrays

SHAPES: Spec = {"eeg_datas": (19, "T_eeg"), "gsr_datas": (2, "T_gsr"), "ppg_datas": (2, "T_ppg"), **LABELS}
MODALITIES = (Modality("eeg", 18, sfreq=300.0), Modality("gsr", 1, sfreq=4.0), Modality("ppg", 1, sfreq=100.0))


@dataclass(frozen=True)
class Track:
    """Hold one array of a viewer.

    Args:
        path: the file.
        field: the name of the array.
        values: (c + 1, T) channels and clip.
        sfreq: samples a second.
        clips: clip -> its samples.
    """

    path: Path
    field: str
    values: Shaped[np.ndarray, "c T"]
    sfreq: float
    clips: dict[int, slice]

    def begin(self, clip: int) -> float:
        """Return when a clip began, in seconds from the start of the array.

        Args:
            clip: the number of the clip.

        Returns:
            Seconds.
        """
        return float(self.clips[clip].start / self.sfreq)

    def signal(self, clip: int) -> Signal:
        """Return the signal of a clip.

        Args:
            clip: the number of the clip.

        Returns:
            The signal, (c, T).

        Raises:
            DataError: a value is infinite or too large.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = self.values[:-1, self.clips[clip]].astype(np.float32)
        if len(bad := np.flatnonzero(np.isinf(values).any(0))):
            message = f"holds an infinite value at sample {self.clips[clip].start + bad[0]}"
            raise DataError(message, self.path, self.field)
        return Signal(values, self.sfreq)


def read(folder: Path) -> Iterator[Recording]:
    """Yield the clips in the order in which they were seen.

    The viewer's arrays are in memory until the last clip is taken.

    Args:
        folder: the viewer's folder.

    Yields:
        One recording a clip.
    """
    path = folder / RECORDED
    found = read_arrays(path, SHAPES)
    D = clip_distributions(found["dis_label"], path)
    tracks = {m.name: _track(path, f"{m.name}_datas", found[f"{m.name}_datas"], m.sfreq or 1.0) for m in MODALITIES}
    for clip in _seen(tracks.values(), path):
        yield Recording(
            signals={name: track.signal(clip) for name, track in tracks.items() if clip in track.clips},
            D=D[clip],
            subject=folder.name,
            trial=str(clip),
            stimulus=str(clip),
            condition=str(CONDITIONS[clip]),
        )


def _seen(tracks: Collection[Track], path: Path) -> list[int]:
    """Return the clips in the order in which they began.

    Returns:
        Numbers of clips.
    """
    begun = [(track.begin(clip), clip) for track in tracks for clip in track.clips]
    if not begun:
        raise DataError("no clip ran", path)
    return list(dict.fromkeys(clip for _, clip in sorted(begun)))


def _track(path: Path, field: str, values: Shaped[np.ndarray, "c T"], sfreq: float) -> Track:
    values = np.real(values)
    clip = clip_numbers(values[-1], values.shape[1], path, field)
    edges = [0, *(np.flatnonzero(np.diff(clip)) + 1).tolist(), len(clip)]
    clips: dict[int, slice] = {}
    for begin, end in pairwise(edges):
        number = int(clip[begin])
        if number in clips:
            raise DataError(f"clip {number} begins again at sample {begin}", path, field)
        if number < CLIPS:
            clips[number] = slice(begin, end)
    return Track(path, field, values, sfreq, clips)


LAYOUT = Layout(
    holds=f"{RECORDED}, here or in a folder for each viewer",
    modalities=MODALITIES,
    find=lambda path: viewer_folders(path, (RECORDED,)),
    files={RECORDED: SHAPES},
)
