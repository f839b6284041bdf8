"""DMER: EEG, skin conductance, pulse wave and face of 73 viewers of 32 emotional clips, as recorded or as features.

Yang et al., *A multimodal dataset for mixed emotion recognition*, Scientific Data 2024 (Zenodo 11194571).
After each clip a viewer rates ten PANAS items from 1 to 5; D is the ratings over their sum, so no entry is 0.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Literal

from mpcl_core.plugin import DataError, Modality, Recording, Source, Valence, WindowSet, concatenate
from mpcl_plugins.sources._dmer import features, merged, raw, sample
from mpcl_plugins.sources._dmer.layout import Layout
from mpcl_plugins.sources.formats.mat import check_file
from mpcl_plugins.sources.formats.mat_arrays import complex_arrays

POSITIVE = ("inspired", "alert", "excited", "enthusiastic", "determined")
NEGATIVE = ("afraid", "upset", "nervous", "scared", "distressed")
TABLES = {"features": features, "merged": merged, "sample": sample}
INVALID = {"3", "4", "13", "16", "17", "27", "31"}
"""The viewers whose recordings the authors left out; where there are files of them, they are empty."""
LAYOUTS: dict[str, Layout] = {"raw": raw.LAYOUT, **{name: module.LAYOUT for name, module in TABLES.items()}}


class DMER(Source):
    """Read recordings of DMER, or windows of its features.

    Recordings have ``eeg``, ``gsr`` and ``ppg``; windows of features have those of the ``face`` too. There are four
    layouts, recognised by the files at ``path``, or named by ``layout`` where ``path`` holds several. The authors
    number the viewers from 1 to 80 and leave out seven (3, 4, 13, 16, 17, 27, 31); this source leaves out their files
    too. ``subject`` is the name of the viewer's folder, or of the file without ``.mat``. Trial and stimulus are the
    clip, ``condition`` is positive (clips 0-7), negative (8-15) or mixed (16-31); clip numbers from 32 on are rest and
    left out. Of complex values the real part is taken. The length of a clip is confounded with its condition, so no
    model should see it.

    *raw*, ``<viewer>/datas.mat``: ``eeg_datas (19, T)`` at 300 Hz, ``gsr_datas (2, T)`` at 4 Hz, ``ppg_datas (2,
    T)`` at 100 Hz, each with the clip in its last row, and ``dis_label (32, 10)``. One recording a clip, in the order
    in which they were seen; one viewer is in memory at a time. A signal that lacks a clip is absent there.

    *features*, a viewer's feature files: ``eegfea.mat`` with ``feas (W, 5, 18)``, ``perifea.mat`` with ``feas_gsr
    (W, 28)`` and ``feas_ppg (W, 27)``, ``videoFea.mat`` with ``lbps_all (W, 768)``, each with ``vids``, the clip of
    each row, beside ``datas.mat`` for ``dis_label``. One window a second: ``eeg`` 18 x 5, ``gsr``, ``ppg``, ``face``,
    matched from the end of the clip. ``t_start`` is the window's second in the clip.

    *merged*, ``<viewer>.mat`` (or in ``features/``): the same in one array, ``feas (W, 913)``, with EEG in 0:90 as
    18 x 5, GSR in 90:118, PPG in 118:145, face in 145:913; ``vids (W, 1)``; ``dis_label``. ``t_start`` counts from
    the clip's first row.

    *sample*, of EmotionDict, one viewer: ``train_eeg (n, 18, 4)``, ``train_gsr`` and ``train_ppg (n, 1, 4)``,
    ``train_video (n, 32)``, ``train_label (n, 10)``, and the same with ``test_``; training windows come first. Its rows
    are shuffled and do not state their clip: ``trial`` is the index of the row's label among the distinct ones,
    ``window`` a running number within it and no time, ``split`` is train or test.

    Args:
        path: a file of *merged* or *sample*, a viewer's folder, or the folder with the files or folders of all.
        layout: ``raw``, ``features``, ``merged`` or ``sample``; by default the one that ``path`` holds.

    Raises:
        DataError: ``path`` holds no layout or several, a file is missing, cut off or saved as MATLAB 7.3, or a row of
            it is invalid.
    """

    name = "dmer"

    def __init__(self, *, path: Path, layout: Literal["raw", "features", "merged", "sample"] | None = None) -> None:
        self.path, self.layout = path, layout

    @property
    def modalities(self) -> tuple[Modality, ...]:
        name, _ = self._viewers()
        return LAYOUTS[name].modalities

    @property
    def labels(self) -> tuple[str, ...]:
        return POSITIVE + NEGATIVE

    @property
    def valence(self) -> Valence:
        return Valence(POSITIVE, NEGATIVE)

    @property
    def notes(self) -> tuple[str, ...]:
        name, viewers = self._viewers()
        lines = []
        if left := [viewer.stem for viewer in LAYOUTS[name].find(self.path) if viewer not in viewers]:
            lines.append(f"Viewers left out, as their recordings are not valid: {', '.join(left)}.")
        for file, spec in LAYOUTS[name].files.items():
            found = [complex_arrays(viewer / file) & spec.keys() for viewer in viewers]
            if fields := ", ".join(sorted(set().union(*found))):
                count = f"{sum(map(bool, found))} of {len(viewers)} viewers"
                lines.append(f"The real part of complex values is taken: {fields} ({count}).")
        return tuple(lines)

    def load(self) -> Iterator[Recording] | WindowSet:
        name, viewers = self._viewers()
        if name == "raw":
            return chain.from_iterable(map(raw.read, viewers))
        return concatenate([TABLES[name].read(viewer, self.labels, self.valence) for viewer in viewers])

    def _viewers(self) -> tuple[str, list[Path]]:
        """Return the layout's name, and the folders or files of its viewers, after a check of their files.

        Returns:
            The name and the paths.
        """
        layouts = LAYOUTS if self.layout is None else {self.layout: LAYOUTS[self.layout]}
        found = {name: viewers for name, layout in layouts.items() if (viewers := self._valid(layout))}
        if not found:
            known = "; ".join(f"{name}: {layout.holds}" for name, layout in layouts.items())
            raise DataError(f"does not hold a layout of DMER ({known})", self.path)
        if len(found) > 1:
            raise DataError(f"holds {' and '.join(found)}; name one in 'layout'", self.path)
        ((name, viewers),) = found.items()
        for viewer in viewers:
            for file, spec in LAYOUTS[name].files.items():
                check_file(viewer / file, spec)
        return name, viewers

    def _valid(self, layout: Layout) -> list[Path]:
        return [viewer for viewer in layout.find(self.path) if viewer == self.path or viewer.stem not in INVALID]
