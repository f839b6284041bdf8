"""The data of the checks: the same for the same seed, valid, and with absent modalities."""

import numpy as np
import pytest
import torch

from mpcl_core.testing import sample_data
from mpcl_core.testing.sample_data import LABELS, MODALITIES, N_TOKENS, SIGNALS, D, K


def test_noise_depends_on_its_seed_only() -> None:
    before = torch.get_rng_state()
    assert torch.equal(sample_data.noise(2, 3, seed=1), sample_data.noise(2, 3, seed=1))
    assert not torch.equal(sample_data.noise(2, 3, seed=1), sample_data.noise(2, 3, seed=2))
    assert torch.equal(torch.get_rng_state(), before)


def test_tensors_have_the_shapes_of_their_modalities() -> None:
    for modality, number in zip(MODALITIES, N_TOKENS, strict=True):
        assert sample_data.signal(modality, 3).shape == (3, modality.n_chans, modality.n_times or 1)
        assert sample_data.tokens(3)[modality.name].shape == (3, number, D)


def test_each_modality_is_absent_in_another_window() -> None:
    present = torch.stack([*sample_data.some_absent(4).values()], 1)
    assert present.tolist() == [[True] * 3, [False, True, True], [True, False, True], [True, True, False]]
    assert all(mask.all() for mask in sample_data.all_present(4).values())


def test_distributions_are_on_the_simplex() -> None:
    made = sample_data.distributions(7, seed=3)
    assert made.shape == (7, K)
    torch.testing.assert_close(made.sum(1), torch.ones(7))


def test_state_of_two_streams_has_weights_that_sum_to_one() -> None:
    for stream in sample_data.state(4).streams.values():
        assert stream.weights is not None
        torch.testing.assert_close(stream.weights.flatten(1).sum(1), torch.ones(4))


def test_study_is_complete_except_for_one_modality() -> None:
    windows = sample_data.study(3, 4, 2)
    assert len(windows) == 24
    assert windows.labels == LABELS
    assert windows.present["eeg"].all()
    assert 0 < windows.present["gsr"].mean() < 1
    assert not windows.X["gsr"][~windows.present["gsr"]].any()
    assert set(windows.split) == {"train", "test"}
    same_trial = (windows.subject == "S00") & (windows.trial == "t0")
    assert np.ptp(windows.D[same_trial], axis=0).max() == 0


def test_recordings_lack_a_modality_or_have_a_dropout() -> None:
    first, second, third = sample_data.recordings(8.0)
    assert set(first.signals) == {m.name for m in SIGNALS}
    assert "gsr" not in second.signals
    assert np.isnan(third.signals["eeg"].values).any()
    assert [r.weight for r in (first, second, third)] == [1.0, 2.0, 3.0]
    assert first.D.sum() == pytest.approx(1.0)


def test_windows_of_signals_come_from_one_subject_each() -> None:
    windows = sample_data.signal_windows(4, 2.0)
    assert len(set(windows.subject)) == 4
    assert windows.present["gsr"].tolist() == [True, False, True, True]
    assert windows.X["eeg"].shape == (4, 2, 256)


def test_fitting_and_test_windows_alternate() -> None:
    fitting, test = sample_data.fitting_and_test()
    both = sample_data.study(3, 6, 4)
    assert len(fitting) == len(test) == len(both) // 2
    assert np.array_equal(fitting.D, both.D[::2])
