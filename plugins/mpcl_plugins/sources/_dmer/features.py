"""Read the feature files of one viewer of DMER, one for each modality: a row a second, beside ``vids``, its clip.

A row of ``perifea.mat`` summarises the five seconds that end with the second of the same row of ``eegfea.mat`` and
``videoFea.mat``, so that a clip has four rows fewer there. The rows of a clip are therefore matched from its end, as
in the merging that the authors publish.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from einops import rearrange
from jaxtyping import Float32, Float64, Int64, Shaped

from mpcl_core.plugin import DataError, Modality, Valence, WindowSet
from mpcl_plugins.sources._dmer.clips import CLIPS, Seconds, clip_distributions, clip_numbers
from mpcl_plugins.sources._dmer.layout import FEATURES, LABELS, RECORDED, Layout, viewer_folders
from mpcl_plugins.sources.formats.mat import Spec, feature_windows, read_arrays, real_part

EEG, PERIPHERAL, FACE = FEATURES
SHAPES: dict[str, Spec] = {
    EEG: {"feas": ("W", 5, 18)},
    PERIPHERAL: {"feas_gsr": ("W", 28), "feas_ppg": ("W", 27)},
    FACE: {"lbps_all": ("W", 768)},
}
MODALITIES = (Modality("eeg", 18, 5), Modality("gsr", 1, 28), Modality("ppg", 1, 27), Modality("face", 1, 768))
FIELDS = ((EEG, "feas"), (PERIPHERAL, "feas_gsr"), (PERIPHERAL, "feas_ppg"), (FACE, "lbps_all"))
"""File and array of each modality."""
SHORTER = 4
"""Rows that a clip may lack in one of the files."""


@dataclass(frozen=True)
class File:
    """Hold a feature file of one viewer.

    Args:
        path: the file.
        fields: array name -> (W, …) values.
        clip: (W,) the clip of each row.
    """

    path: Path
    fields: dict[str, Shaped[np.ndarray, "W ..."]]
    clip: Int64[np.ndarray, "W"]

    def rows(self, modality: Modality, field: str, rows: Int64[np.ndarray, "n"]) -> Float32[np.ndarray, "n c t"]:
        """Return some rows of an array as a modality. Rows of rest are not checked for NaN.

        Args:
            modality: the modality.
            field: the name of the array.
            rows: (n,) the wanted rows.

        Returns:
            (n, c, t).
        """
        values = real_part(self.fields[field])
        values[self.clip >= CLIPS] = 0.0
        if values.ndim == 3:
            values = rearrange(values, "w band chan -> w chan band")
        every = feature_windows(values, modality.n_chans, self.path, field)
        return np.asarray(every[rows])


def read(folder: Path, labels: tuple[str, ...], valence: Valence) -> WindowSet:
    """Return the seconds of one viewer in which a clip ran and that every file has.

    Args:
        folder: the viewer's folder.
        labels: the k emotions.
        valence: which of them are positive and negative.

    Returns:
        The windows.
    """
    found = {name: _file(folder / name, spec) for name, spec in SHAPES.items()}
    matched = [_matched(found, clip) for clip in range(CLIPS)]
    rows = {name: np.concatenate([places[name] for places, _ in matched]) for name in found}
    X = {m.name: found[name].rows(m, field, rows[name]) for m, (name, field) in zip(MODALITIES, FIELDS, strict=True)}
    seconds = Seconds(X, found[EEG].clip[rows[EEG]], np.concatenate([start for _, start in matched]))
    D = clip_distributions(read_arrays(folder / RECORDED, LABELS)["dis_label"], folder / RECORDED)
    return seconds.windows(folder, MODALITIES, D, labels, valence)


def _file(path: Path, spec: Spec) -> File:
    found = read_arrays(path, (*spec, "vids"))
    vids = found.pop("vids")
    return File(path, found, clip_numbers(vids, len(found[next(iter(spec))]), path, "vids"))


def _matched(found: dict[str, File], clip: int) -> tuple[dict[str, Int64[np.ndarray, "n"]], Float64[np.ndarray, "n"]]:
    """Return the rows of a clip by file, and the second of the clip in which each starts.

    Returns:
        File name -> (n,) rows, and (n,) seconds.
    """
    places = {name: np.flatnonzero(file.clip == clip) for name, file in found.items()}
    shortest, longest = (of(places, key=lambda name: len(places[name])) for of in (min, max))
    n, seconds = len(places[shortest]), len(places[longest])
    if seconds - n > SHORTER:
        message = f"{n} rows of clip {clip}, but {seconds} in {longest}"
        raise DataError(message, found[shortest].path, "vids")
    start = np.arange(n) + float(len(places[EEG]) - n)
    return {name: rows[len(rows) - n :] for name, rows in places.items()}, start


LAYOUT = Layout(
    holds=f"{', '.join(FEATURES)} and {RECORDED}, here or in a folder for each viewer",
    modalities=MODALITIES,
    find=lambda path: viewer_folders(path, FEATURES),
    files={**SHAPES, RECORDED: LABELS},
)
