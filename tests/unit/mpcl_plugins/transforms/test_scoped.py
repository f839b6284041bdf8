"""The windows that share their statistics: all, those of a subject, or each by itself."""

import numpy as np
import pytest

from mpcl_core.interfaces.data import Modality
from mpcl_core.interfaces.errors import DataError
from mpcl_core.testing.sample_data import study
from mpcl_plugins.transforms.zscore import ZScore


def test_all_windows_share_their_statistics_with_scope_train() -> None:
    ((name, indices),) = ZScore(scope="train").groups(study(2, 2, 1))
    assert name == ""
    assert indices.tolist() == [0, 1, 2, 3]


def test_subjects_are_groups_in_order_of_their_names() -> None:
    windows = study(3, 2, 1)
    windows = windows.take(np.arange(len(windows))[::-1])
    found = dict(ZScore(scope="subject").groups(windows))
    assert list(found) == ["S00", "S01", "S02"]
    for subject, indices in found.items():
        assert set(windows.subject[indices]) == {subject}
    assert sorted(np.concatenate(list(found.values()))) == list(range(6))


def test_only_scope_subject_reads_test_windows() -> None:
    assert ZScore(scope="subject").transductive
    assert not ZScore(scope="train").transductive
    assert not ZScore(scope="sample").transductive


def test_window_without_a_subject_is_refused_where_subjects_matter() -> None:
    windows = study(2, 2, 1)
    windows.subject[1] = ""
    ZScore(scope="train").require_subjects(windows)
    with pytest.raises(DataError, match="subject"):
        list(ZScore(scope="subject").groups(windows))


def test_table_has_no_time_to_normalise_over() -> None:
    modalities = (Modality("eeg", 2, 8, 4.0), Modality("face", 2, 6, None))
    assert ZScore(scope="train").outputs(modalities) == modalities
    assert ZScore(scope="sample").outputs(modalities[:1]) == modalities[:1]
    with pytest.raises(DataError, match="face: scope 'sample' normalises over time"):
        ZScore(scope="sample").outputs(modalities)
