"""The simulated study: what it holds, that it is always the same, and what its knobs do."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from mpcl_core.interfaces.data import Recording
from mpcl_plugins.sources._simulation.affect import Drive
from mpcl_plugins.sources.simulated import EPISODES, Simulated

NAMES = ("eeg", "ppg", "gsr", "face")
DIGEST = """
import hashlib
from mpcl_plugins.sources.simulated import Simulated
h = hashlib.sha256()
for r in Simulated(subjects=2, trials=3, seconds=5.0, missing=0.3, seed=7).load():
    h.update(repr((r.subject, r.trial, r.condition, r.stimulus, list(r.signals))).encode() + r.D.tobytes())
    for signal in r.signals.values():
        h.update(signal.values.tobytes())
print(h.hexdigest())
"""


def study(
    subjects: int = 3,
    trials: int = 4,
    seconds: float = 6.0,
    missing: float = 0.0,
    seed: int = 0,
    snr: float = 1.0,
    subject_shift: float = 1.0,
) -> list[Recording]:
    source = Simulated(
        subjects=subjects,
        trials=trials,
        seconds=seconds,
        missing=missing,
        seed=seed,
        snr=snr,
        subject_shift=subject_shift,
    )
    return list(source.load())


def same(one: Recording, other: Recording) -> bool:
    return (
        (one.D == other.D).all()
        and list(one.signals) == list(other.signals)
        and all(
            np.array_equal(signal.values, other.signals[name].values, equal_nan=True)
            for name, signal in one.signals.items()
        )
    )


def test_the_source_is_marked_as_simulated() -> None:
    assert Simulated.simulated
    assert Simulated().continuous


def test_signals_are_those_of_the_modalities() -> None:
    modalities = Simulated().modalities
    assert tuple(modality.name for modality in modalities) == NAMES
    for recording in study(seconds=7.5):
        assert tuple(recording.signals) == NAMES
        for modality in modalities:
            signal = recording.signals[modality.name]
            assert signal.sfreq == modality.sfreq
            assert signal.start == 0.0
            assert signal.values.shape == (modality.n_chans, round(7.5 * signal.sfreq))
            assert signal.values.dtype == np.float32
            assert len(modality.ch_names) == modality.n_chans
            assert np.isfinite(signal.values).all()


def test_labels_are_five_pleasant_then_five_unpleasant() -> None:
    source = Simulated()
    assert source.labels == source.valence.positive + source.valence.negative
    assert len(source.labels) == len(set(source.labels)) == 10
    assert all(recording.D.shape == (10,) and np.isclose(recording.D.sum(), 1) for recording in study())


def test_each_person_sees_every_clip_once_in_a_random_order() -> None:
    recordings = study(subjects=4, trials=8, seconds=1.0)
    assert [recording.subject for recording in recordings] == [f"s{s:02d}" for s in range(1, 5) for _ in range(8)]
    assert [recording.trial for recording in recordings] == [f"t{t:02d}" for t in range(1, 9)] * 4
    orders = [tuple(r.stimulus for r in recordings[8 * s : 8 * s + 8]) for s in range(4)]
    assert all(sorted(order) == sorted(f"clip{c:02d}" for c in range(1, 9)) for order in orders)
    assert len(set(orders)) > 1
    assert {recording.session for recording in recordings} == {""}


def test_a_clip_has_one_condition_and_half_of_them_are_mixed() -> None:
    recordings = study(subjects=4, trials=12, seconds=1.0)
    conditions = {recording.stimulus: recording.condition for recording in recordings}
    assert all(recording.condition == conditions[recording.stimulus] for recording in recordings)
    assert sorted(conditions.values()) == ["mixed"] * 6 + ["negative"] * 3 + ["positive"] * 3


def test_one_recording_is_made_at_a_time() -> None:
    iterator = Simulated(subjects=60000, trials=60000, seconds=1.0).load()
    assert isinstance(iterator, Iterator)
    assert next(iterator).trial == "t01"


def test_the_same_parameters_give_the_same_study() -> None:
    np.random.seed(1)  # noqa: NPY002
    first = study(missing=0.3)
    np.random.seed(2)  # noqa: NPY002
    second = study(missing=0.3)
    assert all(map(same, first, second))


def test_another_seed_gives_another_study() -> None:
    first, second = study(seed=0), study(seed=1)
    assert not any(map(same, first, second))
    assert any((one.D != other.D).any() for one, other in zip(first, second, strict=True))


def test_the_global_random_state_is_left_alone() -> None:
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.random()  # noqa: NPY002
    np.random.seed(3)  # noqa: NPY002
    study()
    assert np.random.random() == expected  # noqa: NPY002


@pytest.mark.slow
def test_the_study_is_the_same_in_another_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


def test_a_larger_study_begins_with_the_same_people() -> None:
    few, more = study(subjects=2), study(subjects=4)
    assert all(map(same, few, more))


def test_reading_two_studies_in_turn_changes_neither() -> None:
    source = Simulated(subjects=2, trials=3, seconds=2.0)
    pairs = list(zip(source.load(), source.load(), strict=True))
    assert all(same(one, other) for one, other in pairs)
    assert all(same(one, other) for (one, _), other in zip(pairs, source.load(), strict=True))


@pytest.mark.slow
def test_modalities_are_missing_at_the_rate() -> None:
    recordings = study(subjects=40, trials=20, seconds=1.0, missing=0.2)
    for name in NAMES:
        absent = np.mean([name not in recording.signals for recording in recordings])
        assert absent == pytest.approx(0.2, abs=0.05)


@pytest.mark.slow
def test_signals_drop_out_at_the_rate_for_up_to_two_seconds() -> None:
    recordings = study(subjects=10, trials=20, seconds=10.0, missing=0.2)
    for name in NAMES:
        signals = [recording.signals[name] for recording in recordings if name in recording.signals]
        lost = np.array([np.isnan(signal.values).all(0).sum() / signal.sfreq for signal in signals])
        assert all((np.isnan(s.values).any(0) == np.isnan(s.values).all(0)).all() for s in signals)
        assert (lost > 0).mean() == pytest.approx(0.2, abs=0.09)
        assert 0.4 <= lost[lost > 0].min() <= lost.max() <= 2.1


def test_nothing_is_missing_or_drops_out_at_rate_0() -> None:
    for recording in study(subjects=6, trials=12):
        assert tuple(recording.signals) == NAMES
        assert not any(np.isnan(signal.values).any() for signal in recording.signals.values())


def test_at_least_one_modality_is_present() -> None:
    recordings = study(subjects=10, trials=20, seconds=1.0, missing=0.95)
    assert min(len(recording.signals) for recording in recordings) == 1


def test_signals_do_not_depend_on_missing_modalities() -> None:
    for complete, part in zip(study(missing=0.0), study(missing=0.4), strict=True):
        assert (complete.D == part.D).all()
        for name, signal in part.signals.items():
            seen = ~np.isnan(signal.values)
            np.testing.assert_array_equal(signal.values[seen], complete.signals[name].values[seen])


def test_ratings_do_not_depend_on_the_signals() -> None:
    for one, other in zip(study(), study(snr=0.0, subject_shift=3.0, seconds=2.0), strict=True):
        assert (one.D == other.D).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [("seconds", 0.5), ("seconds", 3601.0), ("snr", -0.1), ("snr", 11.0), ("subject_shift", 10.5)],
)
def test_a_value_out_of_bounds_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} is {value:g}, but must be from"):
        Simulated(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["seconds", "snr", "subject_shift"])
def test_not_a_number_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is nan"):
        Simulated(**{name: float("nan")})  # type: ignore[arg-type]


@pytest.mark.parametrize("extreme", [{"snr": 10.0}, {"subject_shift": 10.0}, {"snr": 10.0, "subject_shift": 10.0}])
def test_signals_are_finite_at_the_extremes(extreme: dict[str, float]) -> None:
    for recording in study(subjects=8, trials=4, seconds=4.0, **extreme):  # type: ignore[arg-type]
        assert all(np.isfinite(signal.values).all() for signal in recording.signals.values())


def test_situations_repeat_for_a_person_and_over_people() -> None:
    recordings = list(Simulated(subjects=2, trials=6, seconds=1.0, missing=0.0, situations=3).load())
    for subject in ("s01", "s02"):
        stimuli = [each.stimulus for each in recordings if each.subject == subject]
        assert sorted(stimuli) == ["clip01", "clip01", "clip02", "clip02", "clip03", "clip03"]


def test_a_signature_moves_all_signals_of_a_situation_and_no_rating() -> None:
    def drawn(signature: float) -> list[Recording]:
        source = Simulated(subjects=1, trials=2, seconds=2.0, missing=0.0, situations=2, signature=signature)
        return list(source.load())

    for without, with_signature in zip(drawn(0.0), drawn(2.0), strict=True):
        assert (without.D == with_signature.D).all()
        for name in NAMES:
            assert not np.array_equal(without.signals[name].values, with_signature.signals[name].values), name


def test_a_signature_is_the_same_for_all_people_and_says_nothing_without_snr() -> None:
    one, two = (Drive.signature(np.random.default_rng(3), 1.5) for _ in range(2))
    assert one.valence == two.valence
    assert (one.emotions == two.emotions).all()
    plain, marked = (
        next(iter(Simulated(subjects=1, trials=1, seconds=1.0, missing=0.0, snr=0.0, situations=n).load()))
        for n in (0, 1)
    )
    assert same(plain, marked)


def test_modalities_follow_for_their_episode_where_time_scales_differ() -> None:
    def drawn(**knobs: float) -> Recording:
        return next(iter(Simulated(subjects=1, trials=1, seconds=20.0, missing=0.0, **knobs).load()))  # type: ignore[arg-type]

    always, never, at_times = drawn(), drawn(snr=0.0), drawn(time_scales=1.0)
    for name, share in EPISODES.items():
        values = at_times.signals[name].values
        follows = (values == always.signals[name].values).all(0)
        rests = (values == never.signals[name].values).all(0)
        assert (follows | rests).all(), name
        if share < 1.0:
            assert 0.0 < (follows & ~rests).mean() <= share + 0.02, name
