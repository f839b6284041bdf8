"""The ratings of the simulated study, and how they compare with real ones."""

import csv
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import Float64, Int64

from mpcl_plugins.sources._simulation.affect import CONDITIONS, EMOTIONS, Affect, Leaning, feel
from mpcl_plugins.sources.simulated import Simulated

Scores = Int64[np.ndarray, "N 10"]
PAIRS = np.triu_indices(5, 1)


def affects(co_occurrence: float = 0.6, people: int = 60, clips: int = 120) -> list[Affect]:
    """What many people feel in many clips; the condition of row r is ``CONDITIONS[r % 4]``."""
    source = Simulated(co_occurrence=co_occurrence)
    return [source.affect(person, clip, clip) for person in range(people) for clip in range(clips)]


def ratings(co_occurrence: float = 0.6, people: int = 60) -> Scores:
    return np.stack([affect.scores for affect in affects(co_occurrence, people)])


def within(scores: Float64[np.ndarray, "N 10"] | Scores) -> tuple[float, float]:
    """The mean correlation of two pleasant and of two unpleasant emotions."""
    r = np.corrcoef(scores.T)
    return float(r[:5, :5][PAIRS].mean()), float(r[5:, 5:][PAIRS].mean())


def across(scores: Float64[np.ndarray, "N 10"] | Scores) -> float:
    """The mean correlation of a pleasant with an unpleasant emotion."""
    return float(np.corrcoef(scores.T)[:5, 5:].mean())


def mixed_rows(scores: Scores) -> np.ndarray:
    """Rows with a pleasant and an unpleasant emotion that are at least moderate (3)."""
    return np.asarray((scores[:, :5] >= 3).any(1) & (scores[:, 5:] >= 3).any(1))


@pytest.fixture(scope="module")
def scores() -> Scores:
    return ratings()


@pytest.fixture(scope="module")
def real_items(data_dir: Path) -> Scores:
    """The same ten items of real people, 0 to 3, where all were rated."""
    with (data_dir / "msq" / "msqR_panas20_plus9.csv").open() as file:
        rows = [[row[emotion] for emotion in EMOTIONS] for row in csv.DictReader(file)]
    return np.array([row for row in rows if not {"", "NA"} & set(row)], dtype=np.int64)


@pytest.mark.slow
def test_scores_are_integers_from_1_to_5_most_at_1(scores: Scores) -> None:
    assert set(np.unique(scores)) == {1, 2, 3, 4, 5}
    counts = np.bincount(scores.ravel())[1:]
    assert counts[0] > counts[1:].sum()
    assert (np.diff(counts) < 0).all()


def test_unpleasant_emotions_are_rarer(scores: Scores) -> None:
    assert (scores[:, 5:] == 1).mean() > (scores[:, :5] == 1).mean() + 0.05


def test_D_is_the_scores_over_their_sum() -> None:
    affect = Affect(np.array([0.2, 0.6, 1.4, 0.0, 0.0, 0.0, 9.0, 0.0, 0.0, 0.0]))
    assert affect.scores.tolist() == [1, 2, 2, 1, 1, 1, 5, 1, 1, 1]
    np.testing.assert_allclose(affect.D, affect.scores / 16)


def test_emotions_correlate_within_a_valence_more_than_between(scores: Scores) -> None:
    assert min(within(scores)) > 0.4
    assert abs(across(scores)) < 0.15


@pytest.mark.slow
def test_co_occurrence_ties_the_emotions_of_a_valence() -> None:
    ladder = [np.mean(within(ratings(strength, people=15))) for strength in (0.0, 0.3, 0.6, 0.9)]
    assert (np.diff(ladder) > 0.1).all()
    assert abs(across(ratings(0.0, people=15))) < 0.15


def test_mixed_trials_are_mixed(scores: Scores) -> None:
    condition = np.tile(CONDITIONS, len(scores) // 4)
    share = {name: mixed_rows(scores)[condition == name].mean() for name in CONDITIONS}
    assert share["mixed"] > 0.25
    assert share["mixed"] > 4 * max(share["positive"], share["negative"])
    means = {name: scores[condition == name].reshape(-1, 2, 5).mean((0, 2)) for name in CONDITIONS}
    assert means["mixed"][0] > means["negative"][0] + 0.5
    assert means["mixed"][1] > means["positive"][1] + 0.5


def test_a_clip_has_a_profile_that_people_share() -> None:
    felt = np.stack([affect.felt for affect in affects(people=40, clips=40)]).reshape(40, 40, 10)
    half, other = felt[:20].mean(0), felt[20:].mean(0)
    deviation = [side - side.mean(0) for side in (half, other)]
    assert np.corrcoef(deviation[0].ravel(), deviation[1].ravel())[0, 1] > 0.9


@pytest.mark.slow
def test_subjects_differ_in_their_emotions() -> None:
    felt = np.stack([affect.felt for affect in affects(people=40, clips=80)]).reshape(40, 80, 10)
    odd, even = felt[:, ::2].mean(1), felt[:, 1::2].mean(1)
    deviation = [side - side.mean(0) for side in (odd, even)]
    assert np.corrcoef(deviation[0].ravel(), deviation[1].ravel())[0, 1] > 0.5


def test_real_ratings_are_like_the_simulated_ones(scores: Scores, real_items: Scores) -> None:
    assert (scores == 1).mean() == pytest.approx((real_items == 0).mean(), abs=0.06)
    for simulated, real in zip(within(scores), within(real_items), strict=True):
        assert simulated == pytest.approx(real, abs=0.12)
    assert across(scores) == pytest.approx(across(real_items), abs=0.06)
    for valence in (slice(0, 5), slice(5, 10)):
        low, real_low = (scores[:, valence] == 1).mean(), (real_items[:, valence] == 0).mean()
        assert low == pytest.approx(real_low, abs=0.16)


@pytest.mark.slow
def test_drives_are_standardised() -> None:
    drives = [affect.drive(1.0) for affect in affects()]
    for name in ("valence", "arousal", "conflict", "emotions"):
        values = np.array([getattr(drive, name) for drive in drives])
        assert values.mean() == pytest.approx(0.0, abs=0.15)
        assert values.std() == pytest.approx(1.0, abs=0.15)


def test_without_signal_to_noise_nothing_moves() -> None:
    drive = affects(people=1, clips=1)[0].drive(0.0)
    assert drive.valence == drive.arousal == drive.conflict == 0.0
    assert not drive.emotions.any()


def test_the_block_part_is_shared_and_the_own_part_is_not() -> None:
    nothing = Leaning(np.zeros(2), np.zeros(10))
    block = Leaning(np.array([4.0, 4.0]), np.zeros(10))
    own = Leaning(np.zeros(2), 4.0 * np.eye(10)[2])
    leanings = {"clip": nothing, "person": nothing}
    raised = feel("mixed", leanings | {"trial": block}, 0.6).felt
    single = feel("mixed", leanings | {"trial": own}, 0.6).felt
    still = feel("mixed", leanings | {"trial": nothing}, 0.6).felt
    assert (raised[:5] == raised[0]).all() and (raised > still).all()
    assert np.flatnonzero(single > still).tolist() == [2]
