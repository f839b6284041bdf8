"""DMER: features of the EEG, skin conductance, pulse wave and face of 73 viewers of 32 emotional clips.

Yang et al., *A multimodal dataset for mixed emotion recognition*, Scientific Data 2024 (Zenodo 11194571).
After each clip a viewer rates ten PANAS items from 1 to 5; D is the ratings over their sum, so no entry is 0.
"""

from collections.abc import Mapping
from pathlib import Path

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, Valence, WindowSet, concatenate
from mpcl_core.interfaces.errors import DataError
from mpcl_sources import _dmer_features, _dmer_sample
from mpcl_sources._dmer_layout import Layout
from mpcl_sources._mat import check_shapes, shapes

POSITIVE = ("inspired", "alert", "excited", "enthusiastic", "determined")
NEGATIVE = ("afraid", "upset", "nervous", "scared", "distressed")
LAYOUTS = (_dmer_features.LAYOUT, _dmer_sample.LAYOUT)


class DMER(Source):
    """Windows of precomputed features (``sfreq`` none): ``eeg`` 18 channels, ``gsr``, ``ppg``, ``face``.

    There are two layouts, told apart by the arrays in the file. The files of a folder are all of one layout,
    and a file's name without ``.mat`` is the subject.

    *Merged features*, one file a viewer (``features/<id>.mat``), a row a second: ``feas (W, 913)`` with EEG
    in 0:90 as 18 x 5, GSR in 90:118, PPG in 118:145, face in 145:913; ``vids (W, 1)``, the clip; ``dis_label
    (32, 10)``. Trial and stimulus are the clip, ``condition`` is positive (clips 0-7), negative (8-15) or
    mixed (16-31), ``window`` counts the seconds of the clip. Rows of a clip from 32 on are rest and left out.
    Of complex features the real part is taken.

    *The EmotionDict sample*, one viewer: ``train_eeg (n, 18, 4)``, ``train_gsr`` and ``train_ppg (n, 1, 4)``,
    ``train_video (n, 32)``, ``train_label (n, 10)``, and the same with ``test_``; training rows come first.
    Its rows are shuffled and do not say from which clip they are: ``trial`` is the index of the row's label
    among the distinct ones, ``window`` a running number within it and no time, ``split`` is train or test.

    Args:
        path: a file, or a folder with ``.mat`` files.

    Raises:
        DataError: a file is missing, cut off, of no known layout, or a row of it is not what it should be.
    """

    name = "dmer"

    def __init__(self, *, path: Path) -> None:
        self.path = path

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return self._layout(self._files()).modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return POSITIVE + NEGATIVE

    @property
    def valence(self) -> Valence:
        return Valence(POSITIVE, NEGATIVE)

    def load(self) -> WindowSet:
        files = self._files()
        layout = self._layout(files)
        return concatenate([layout.read(file, self.labels, self.valence) for file in files])

    def _files(self) -> list[Path]:
        if not self.path.is_dir():
            return [self.path]
        files = sorted(self.path.glob("*.mat"), key=lambda file: (len(file.stem), file.stem))
        if not files:
            raise DataError("there is no .mat file in this folder", self.path)
        return files

    def _layout(self, files: list[Path]) -> Layout:
        first, *others = [_layout_of(shapes(file), file) for file in files]
        for file, layout in zip(files[1:], others, strict=True):
            if layout is not first:
                raise DataError(f"another layout than {files[0].name}", file)
        return first


def _layout_of(found: Mapping[str, tuple[int, ...]], path: Path) -> Layout:
    for layout in LAYOUTS:
        if layout.shapes.keys() & found.keys():
            check_shapes(found, layout.shapes, path)
            return layout
    known = " nor ".join(f"{', '.join(layout.shapes)}" for layout in LAYOUTS)
    raise DataError(f"holds neither {known}, but {', '.join(sorted(found)) or 'nothing'}", path)
