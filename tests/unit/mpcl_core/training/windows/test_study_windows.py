"""Windows of a study that its folds share: the numbers of a fold on its own, and what is computed only once."""

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from mpcl_core.spec.block import Block
from mpcl_core.spec.pool import PoolSettings
from mpcl_core.training.phase import Phase
from mpcl_core.training.stacked import StackedNetworks, parameters_with_gradient
from mpcl_core.training.trainer import Trainer
from mpcl_core.training.transforms import fit_transforms
from mpcl_core.training.windows.study_windows import StudyWindows, study_windows
from mpcl_core.training.windows.window_store import WindowStore
from mpcl_plugins.transforms.zscore import ZScore
from support.cohorts import complete, folds
from support.specs import block, network
from support.trainers import FOLD, learnable

CPU = torch.device("cpu")
WINDOWS = learnable()
WHOLE_PEOPLE = np.flatnonzero(np.isin(WINDOWS.subject, np.unique(WINDOWS.subject)[1:]))
PART_OF_A_PERSON = np.arange(3, len(WINDOWS) - 5)


@pytest.mark.parametrize("positions", [WHOLE_PEOPLE, PART_OF_A_PERSON], ids=["people", "part"])
@pytest.mark.parametrize("blocks", [[block(ZScore, scope="subject")], [block(ZScore)], []], ids=["subject", "all", "0"])
def test_estimators_learn_from_windows_as_the_transforms_make_them(blocks: list[Block], positions: np.ndarray) -> None:
    transforms, windows = StudyWindows(WINDOWS, CPU).part(positions).fit_transform(blocks)
    expected, transformed = fit_transforms(blocks, WINDOWS.take(positions))
    assert [each.state_dict().keys() for each in transforms] == [each.state_dict().keys() for each in expected]
    assert windows.modalities == transformed.modalities
    for name in WINDOWS.X:
        np.testing.assert_array_equal(windows.X[name], transformed.X[name])
        np.testing.assert_array_equal(windows.present[name], transformed.present[name])
    np.testing.assert_array_equal(windows.D, transformed.D)


def test_windows_of_complete_subjects_are_mapped_once_a_study() -> None:
    study, blocks, names = StudyWindows(WINDOWS, CPU), [block(ZScore, scope="subject")], list(WINDOWS.X)
    sides = [np.flatnonzero(WINDOWS.subject != person) for person in np.unique(WINDOWS.subject)[:2]]
    one, other = (study.part(own).on_device(names, study.fits.fit(blocks, own).maps) for own in sides)
    assert one.tensors is other.tensors
    assert one.tensors is not study.tensors(names)
    part = study.part(PART_OF_A_PERSON).on_device(names, study.fits.fit(blocks, PART_OF_A_PERSON).maps)
    assert part.tensors is study.tensors(names)


def test_tensors_share_the_memory_of_the_arrays() -> None:
    tensors = StudyWindows(WINDOWS, CPU).tensors(["eeg"])
    assert list(tensors.X) == ["eeg"]
    assert tensors.X["eeg"].data_ptr() == WINDOWS.X["eeg"].ctypes.data


def test_study_is_kept_for_as_long_as_its_windows() -> None:
    windows = WINDOWS.take(np.arange(5))
    study = study_windows(windows, CPU)
    assert study_windows(windows, CPU) is study
    assert study_windows(WINDOWS, CPU) is not study
    released = []
    weakref.finalize(study, released.append, True)
    del windows, study
    gc.collect()
    assert released == [True]


def trainer(transforms: Sequence[Block], pool: PoolSettings | None = None, number: int = 0) -> Trainer:
    store = WindowStore(CPU)
    return Trainer(network(epochs=3), transforms, (0, number), "cpu", store=store, pool=pool)


SHARED = pytest.mark.parametrize(
    "transforms", [[block(ZScore)], [block(ZScore, scope="subject")]], ids=["train", "subject"]
)


@SHARED
@pytest.mark.parametrize("pool", [None, PoolSettings(unit="trial", keep=0.5)], ids=["windows", "trials"])
def test_network_of_a_shared_study_equals_that_of_its_own_windows(
    pool: PoolSettings | None, transforms: list[Block]
) -> None:
    tables = replace(WINDOWS, modalities=tuple(replace(each, sfreq=None) for each in WINDOWS.modalities))
    fitting = np.concatenate([FOLD.train, FOLD.validation])
    sides = np.split(np.arange(len(fitting)), [len(FOLD.train)])
    test, predictions = tables.take(FOLD.test), []
    for windows in (tables.take(fitting), StudyWindows(tables, CPU).part(fitting)):
        trained = trainer(transforms, pool).fit(windows, *sides)
        predictions.append(trained.predict(trained.prepare(test)))
    np.testing.assert_allclose(*predictions, atol=1e-6)


@SHARED
def test_stacked_networks_of_a_shared_study_equal_single_ones(transforms: list[Block]) -> None:
    def phases() -> list[Phase]:
        study = StudyWindows(WINDOWS, CPU)
        return [
            Trainer(complete(), transforms, (0, number), "cpu", store=WindowStore(CPU)).phase(study.part(fold.train))
            for number, fold in enumerate(folds())
        ]

    single, stacked = phases(), phases()
    stack = StackedNetworks(stacked, parameters_with_gradient(stacked[0]))
    for phase, losses in zip(single, stack.train_epoch([True] * 3), strict=True):
        assert losses == pytest.approx(phase.train_epoch(), abs=1e-5)
    study = StudyWindows(WINDOWS, CPU)
    evaluated = [phase.evaluated(study.part(fold.validation)).rows for phase, fold in zip(single, folds(), strict=True)]
    for phase, rows, found in zip(single, evaluated, stack.validate(evaluated), strict=True):
        assert found is not None
        np.testing.assert_allclose(found.divergences, phase.validate(rows).divergences, atol=1e-4)


def test_columns_are_copied_once_while_a_caller_holds_them_and_not_kept_after() -> None:
    fitting = StudyWindows(WINDOWS, CPU).part(WHOLE_PEOPLE)
    columns = fitting.columns()
    assert fitting.columns() is columns
    held = weakref.ref(columns)
    del columns
    gc.collect()
    assert held() is None
