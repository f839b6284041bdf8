"""Videos of DEAP as recordings, on a file in the documented layout."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.deap import CHANNELS, DEAP
from support.deap_files import arrays, save


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(tmp_path_factory.mktemp("deap"))


def test_videos_are_recordings_without_their_baseline(folder: Path) -> None:
    source = DEAP(path=folder)
    recording = next(iter(source.load()))
    assert (recording.subject, recording.trial, recording.stimulus) == ("s01", "1", "1")
    assert list(recording.signals) == list(CHANNELS)
    assert {m.name: (m.n_chans, m.sfreq) for m in source.modalities} == {
        name: (len(signal.values), signal.sfreq) for name, signal in recording.signals.items()
    }
    assert sum(m.n_chans for m in source.modalities) == 40
    gsr = recording.signals["gsr"].values
    assert gsr.shape == (1, 60 * 128)
    np.testing.assert_allclose(gsr[0, :2], [36 + 384 / 8192, 36 + 385 / 8192])


def test_labels_are_quadrants_of_valence_and_arousal(folder: Path) -> None:
    D = np.array([recording.D for recording in DEAP(path=folder / "s01.mat").load()])
    assert D.shape == (40, 4)
    np.testing.assert_allclose(D[0], [0, 0, 1, 0])
    np.testing.assert_allclose(D[-1], [0, 1, 0, 0])
    np.testing.assert_allclose(D.sum(1), 1)


@pytest.mark.parametrize("rating", [9.5])
def test_ratings_outside_of_the_scale_are_refused(tmp_path: Path, rating: float) -> None:
    labels = arrays()["labels"]
    labels[3, 1] = rating
    with pytest.raises(DataError, match=rf"s01\.mat, labels, row 3: a rating of {rating:g} is not from 1 to 9"):
        next(iter(DEAP(path=save(tmp_path, labels=labels)).load()))


def test_other_shapes_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no file s01\.mat to s32\.mat"):
        DEAP(path=tmp_path).load()
    with pytest.raises(DataError, match="labels"):
        DEAP(path=save(tmp_path, labels=np.ones((40, 2)))).load()
