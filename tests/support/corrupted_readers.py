"""List the readers whose files are damaged: name -> how to make a valid input, and its source."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.io import savemat

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Modality, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.crema_d_votes import CremaDVotes
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.emopair import EmoPair
from mpcl_plugins.sources.ldl_mat import LDLMat
from mpcl_plugins.sources.lifesnaps import LifeSnaps
from mpcl_plugins.sources.table import Table
from mpcl_plugins.sources.wesad import WESAD
from support import (
    crema_d_files,
    dmer_files,
    dmer_folders_files,
    emopair_files,
    emopair_folders_files,
    feature_tables,
    folder_study,
    ldl_mat_files,
    lifesnaps_files,
    wesad_study,
)
from support.corruption import Reader

Arrays = dict[str, np.ndarray]


def matlab(arrays: Callable[[], Arrays], compressed: bool) -> Callable[[Path], None]:
    return lambda folder: savemat(folder / "7.mat", arrays(), do_compression=compressed)


def viewer(files: Callable[[], dict[str, Arrays]], compressed: bool) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "7").mkdir()
        for name, arrays in files().items():
            savemat(folder / "7" / name, arrays, do_compression=compressed)

    return write


def watch(folder: Path) -> object:
    return wesad_study.e4_study(folder, wesad_study.e4_texts(wesad_study.e4_values()))


def pickled(folder: Path) -> None:
    (folder / "S2").mkdir()
    (folder / "S2" / "S2_quest.csv").write_text(wesad_study.quest())
    (folder / "S2" / "S2.pkl").write_bytes(wesad_study.pickled(wesad_study.session()))


def compact(folder: Path) -> object:
    return emopair_files.save(folder, emopair_files.arrays(), emopair_files.text(emopair_files.table()))


def published(folder: Path) -> object:
    return emopair_folders_files.segment(folder / "D1_1_ID_1_round_1_phase2")


def folder(kind: str) -> Reader:
    return Reader(lambda path: folder_study.study(path, kind), lambda path: folder_study.source(path, kind))


def daily(folder: Path) -> object:
    return lifesnaps_files.save(folder, lifesnaps_files.table())


def votes(folder: Path) -> object:
    return crema_d_files.save(folder, crema_d_files.published(crema_d_files.ROWS))


def walks(folder: Path) -> object:
    return feature_tables.write_table(folder / "walks.csv")


def features(path: Path) -> Table:
    return Table(path=path / "walks.csv", modalities=feature_tables.MODALITIES, labels=feature_tables.LABELS)


def raw() -> dict[str, Arrays]:
    return {"datas.mat": dmer_folders_files.recorded()}


def dmer(path: Path) -> DMER:
    return DMER(path=path)


def dmer_features(path: Path) -> DMER:
    return DMER(path=path, layout="features")


READERS: dict[str, Reader] = {
    "dmer sample": Reader(matlab(dmer_files.sample, False), dmer),
    "dmer sample, compressed": Reader(matlab(dmer_files.sample, True), dmer, checksummed=True),
    "dmer merged": Reader(matlab(dmer_files.merged, False), dmer),
    "dmer merged, compressed": Reader(matlab(dmer_files.merged, True), dmer, checksummed=True),
    "dmer raw": Reader(viewer(raw, False), dmer),
    "dmer raw, compressed": Reader(viewer(raw, True), dmer, checksummed=True),
    "dmer features": Reader(viewer(dmer_folders_files.summed_up, False), dmer_features),
    "dmer features, compressed": Reader(viewer(dmer_folders_files.summed_up, True), dmer_features, checksummed=True),
    "ldl_mat": Reader(matlab(ldl_mat_files.made, False), lambda path: LDLMat(path=path / "7.mat")),
    "emopair compact": Reader(compact, lambda path: EmoPair(path=path)),
    "emopair folders": Reader(published, lambda path: EmoPair(path=path)),
    "lifesnaps": Reader(daily, lambda path: LifeSnaps(path=path / "daily.csv")),
    "crema_d_votes": Reader(votes, lambda path: CremaDVotes(path=path / "votes.csv")),
    "table": Reader(walks, features),
    "wesad e4": Reader(watch, lambda path: WESAD(path=path, layout="e4")),
    "wesad pickle": Reader(pickled, lambda path: WESAD(path=path)),
    **{f"folder, {kind}": folder(kind) for kind in folder_study.KINDS},
}


class Careless(Source):
    """Read a file, and treat a damaged one as no source may."""

    def __init__(self, fault: str, path: Path) -> None:
        self.fault, self.content = fault, (path / "1.npz").read_bytes()

    @property
    def modalities(self) -> tuple[Modality, ...]:
        return (Modality("eeg", 1, 1),)

    @property
    def labels(self) -> tuple[str, ...]:
        return ("joy", "fear")

    def load(self) -> WindowSet:
        if self.content == WHOLE:
            return self._rows([0.5, 0.5])
        if self.fault == "refuses":
            raise DataError("damaged")
        if self.fault == "raises":
            raise KeyError("eeg")
        if self.fault == "hangs":
            time.sleep(60)
        if self.fault == "hides greed":
            try:
                np.ones(2**31)
            except MemoryError as error:
                raise DataError("too large") from error
        if self.fault == "crashes":
            os.abort()
        return self._rows([0.5, 0.9] if self.fault == "breaks its promise" else [0.2, 0.8])

    def _rows(self, D: list[float]) -> WindowSet:
        X = np.zeros((1, 1, 1), np.float32)
        return WindowSet(self.modalities, {"eeg": X}, {"eeg": np.ones(1, bool)}, np.array([D]), self.labels)


WHOLE = b"what a file holds"
FAULTS = {
    "refuses": "refused",
    "raises": "KeyError: 'eeg'",
    "hangs": "took more than 0.5 s",
    "hides greed": "wanted too much memory",
    "breaks its promise": "BrokenPromiseError: D, row 0: sums to 1.4, but a distribution sums to 1",
    "believes": "damaged data were believed",
    "crashes": "exit -6: ",
}
"""What a careless reader does with a damaged file -> the outcome."""


def careless(fault: str) -> Reader:
    return Reader(lambda folder: (folder / "1.npz").write_bytes(WHOLE), lambda path: Careless(fault, path), seconds=0.5)


CARELESS: dict[str, Reader] = {fault: careless(fault) for fault in FAULTS}
