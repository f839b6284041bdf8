"""The merged feature files of DMER: a row a second, ``feas`` beside ``vids``; one distribution a clip."""

import logging
from pathlib import Path

import numpy as np
from jaxtyping import Int64, Shaped

from mpcl_core.interfaces.data import Modality, Valence, WindowSet, check_distributions
from mpcl_core.interfaces.errors import DataError
from mpcl_sources._dmer_layout import Layout, running_number
from mpcl_sources._mat import arrays, features, real

CLIPS = 32
CONDITIONS = np.array(["positive"] * 8 + ["negative"] * 8 + ["mixed"] * 16)
COLUMNS = {"eeg": slice(0, 90), "gsr": slice(90, 118), "ppg": slice(118, 145), "face": slice(145, 913)}

logger = logging.getLogger(__name__)


def read(path: Path, labels: tuple[str, ...], valence: Valence) -> WindowSet:
    """The seconds of one viewer in which a clip ran."""
    found = arrays(path, LAYOUT.shapes)
    if np.iscomplexobj(found["feas"]):
        logger.info("%s: the features are complex; their real part is taken", path)
    clip = _clips(found["vids"], path)
    shown = clip < CLIPS
    feas = real(found["feas"])
    feas[~shown] = 0.0
    D = real(found["dis_label"])
    check_distributions(D, "dis_label", path)
    rows, clip = np.flatnonzero(shown), clip[shown]
    window = running_number(clip)
    X = {
        modality.name: features(feas[:, COLUMNS[modality.name]], modality.n_chans, path, "feas")[rows]
        for modality in LAYOUT.modalities
    }
    return WindowSet(
        modalities=LAYOUT.modalities,
        X=X,
        present={name: np.ones(len(rows), dtype=bool) for name in X},
        D=D[clip],
        labels=labels,
        valence=valence,
        subject=np.full(len(rows), path.stem),
        trial=clip.astype(str),
        stimulus=clip.astype(str),
        condition=CONDITIONS[clip],
        window=window,
        t_start=window.astype(float),
        t_stop=window + 1.0,
    ).validate(path)


def _clips(vids: Shaped[np.ndarray, "n 1"], path: Path) -> Int64[np.ndarray, "n"]:
    numbers = real(vids)[:, 0]
    if len(bad := np.flatnonzero(~np.isfinite(numbers) | (numbers < 0) | (numbers != np.floor(numbers)))):
        row = int(bad[0])
        raise DataError(f"{numbers[row]:g} is no clip; they are numbered from 0", path, "vids", row)
    return numbers.astype(np.int64)


LAYOUT = Layout(
    shapes={"feas": ("W", 913), "vids": ("W", 1), "dis_label": (CLIPS, 10)},
    modalities=(
        Modality("eeg", 18, 5),
        Modality("gsr", 1, 28),
        Modality("ppg", 1, 27),
        Modality("face", 1, 768),
    ),
    read=read,
)
