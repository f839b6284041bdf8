"""The simulated signals follow what is felt, through features written by hand."""

from dataclasses import dataclass

import numpy as np
import pytest
from jaxtyping import Float64, Shaped

from mpcl_plugins.sources._simulation.affect import EMOTIONS, Drive
from mpcl_plugins.sources._simulation.eeg import Eeg
from mpcl_plugins.sources._simulation.face import Face
from mpcl_plugins.sources._simulation.gsr import Gsr
from mpcl_plugins.sources._simulation.noise import coloured_noise, impulses, slow_noise
from mpcl_plugins.sources._simulation.ppg import Ppg
from mpcl_plugins.sources._simulation.sensor import Sensor
from mpcl_plugins.sources.simulated import Simulated

Matrix = Float64[np.ndarray, "N f"]
Column = Shaped[np.ndarray, "N"]
WINDOW, HOP = 4.0, 2.0
BANDS = {"theta": (4, 8), "alpha": (8, 13), "beta": (14, 28), "gamma": (30, 46)}
N_FEATURES = {"eeg": 32, "ppg": 2, "gsr": 3, "face": 12}


def windows(values: np.ndarray, sfreq: float) -> np.ndarray:
    """(c, T) -> (c, windows, samples)."""
    length, hop = round(WINDOW * sfreq), round(HOP * sfreq)
    return np.lib.stride_tricks.sliding_window_view(values, length, axis=-1)[:, ::hop]


def power(x: np.ndarray, sfreq: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    taper = np.hanning(x.shape[-1])
    return np.fft.rfftfreq(n, 1 / sfreq), np.abs(np.fft.rfft((x - x.mean(-1, keepdims=True)) * taper, n)) ** 2


def band_powers(x: np.ndarray) -> np.ndarray:
    """Logarithms, (windows, 8 channels of theta, 8 of alpha ...)."""
    f, p = power(x, 128.0, x.shape[-1])
    return np.concatenate([np.log(p[..., (f >= a) & (f < b)].mean(-1)) for a, b in BANDS.values()]).T


def heart_rate(x: np.ndarray) -> np.ndarray:
    """Beats a minute: the strongest frequency of a pulse wave, (windows,)."""
    f, p = power(x[0], 64.0, 4096)
    pulse = (f > 0.6) & (f < 2.6)
    return np.asarray(60 * f[pulse][p[:, pulse].argmax(-1)])


def pulse(x: np.ndarray) -> np.ndarray:
    return np.stack([heart_rate(x), np.log(x[0].std(-1))], axis=1)


def conductance(x: np.ndarray) -> np.ndarray:
    rises = np.maximum(np.diff(x[0]), 0).sum(-1)
    return np.stack([x[0].mean(-1), np.log(0.01 + rises), x[0, :, -1] - x[0, :, 0]], axis=1)


def action_units(x: np.ndarray) -> np.ndarray:
    return np.asarray(x.mean(-1).T)


EXTRACT = {"eeg": band_powers, "ppg": pulse, "gsr": conductance, "face": action_units}


@dataclass
class Rows:
    """Windows as features; NaN where a modality is absent or drops out."""

    X: Matrix
    D: Matrix
    subject: Column
    trial: Column


def rows(seed: int = 0, snr: float = 1.0) -> Rows:
    X, D, subject, trial = [], [], [], []
    for recording in Simulated(seed=seed, snr=snr).load():
        parts = []
        for name, size in N_FEATURES.items():
            signal = recording.signals.get(name)
            cut = None if signal is None else windows(signal.values.astype(float), signal.sfreq)
            part = np.full((14, size), np.nan)
            if cut is not None:
                complete = ~np.isnan(cut).any((0, 2))
                part[complete] = EXTRACT[name](cut[:, complete])
            parts.append(part)
        X.append(np.concatenate(parts, axis=1))
        D += [recording.D] * 14
        subject += [recording.subject] * 14
        trial += [recording.subject + recording.trial] * 14
    return Rows(np.concatenate(X), np.array(D), np.array(subject), np.array(trial))


def standard(X: Matrix, group: Column) -> Matrix:
    """Each feature to mean 0 and deviation 1 within a group; what is absent becomes 0."""
    out = np.zeros(X.shape)
    for one in np.unique(group):
        here = group == one
        out[here] = (X[here] - np.nanmean(X[here], axis=0)) / np.nanstd(X[here], axis=0)
    return np.asarray(np.nan_to_num(out))


def ridge(X: Matrix, D: Matrix, train: Column, shrinkage: float = 0.3) -> Matrix:
    """Predictions for the other rows: the train mean plus a shrunk linear deviation, kept on the simplex."""
    mean, centre = D[train].mean(0), X[train].mean(0)
    A = X[train] - centre
    W = np.linalg.solve(A.T @ A + shrinkage * len(A) * np.eye(A.shape[1]), A.T @ (D[train] - mean))
    D_pred = np.maximum(mean + (X[~train] - centre) @ W, 0.01)
    return np.asarray(D_pred / D_pred.sum(1, keepdims=True))


def kl(D: Matrix, D_pred: Matrix) -> np.ndarray:
    return np.asarray((D * np.log(D / D_pred)).sum(1))


def leave_one_out(data: Rows, X: Matrix, shrinkage: float = 0.3) -> float:
    """KL over that of the train mean, both averaged over held-out people."""
    model, mean = [], []
    for one in np.unique(data.subject):
        train = data.subject != one
        test = data.D[~train]
        model.append(kl(test, ridge(X, data.D, train, shrinkage)).mean())
        mean.append(kl(test, np.tile(data.D[train].mean(0), (len(test), 1))).mean())
    return float(np.mean(model) / np.mean(mean))


SHRINKAGES = (0.1, 0.3, 1.0, 3.0, 10.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_with_each_persons_own_scale_the_emotions_are_learnable(seed: int) -> None:
    data = rows(seed)
    assert 0.6 < leave_one_out(data, standard(data.X, data.subject)) < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_it_little_is_gained(seed: int) -> None:
    data = rows(seed)
    raw = standard(data.X, np.zeros(len(data.X)))
    own = standard(data.X, data.subject)
    assert leave_one_out(data, raw) > 0.95
    best = min(leave_one_out(data, raw, shrinkage) for shrinkage in SHRINKAGES)
    assert 1 - best < 0.65 * (1 - leave_one_out(data, own))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_without_signal_to_noise_nothing_beats_the_mean(seed: int) -> None:
    data = rows(seed, snr=0.0)
    own = standard(data.X, data.subject)
    assert leave_one_out(data, own) > 1.0
    assert min(leave_one_out(data, own, shrinkage) for shrinkage in SHRINKAGES) > 0.97


@pytest.mark.slow
def test_more_signal_to_noise_makes_it_easier() -> None:
    studies = [rows(snr=snr) for snr in (0.0, 0.5, 1.0, 2.0)]
    ladder = [leave_one_out(data, standard(data.X, data.subject)) for data in studies]
    assert (np.diff(ladder) < -0.05).all()


@pytest.mark.slow
def test_every_modality_but_skin_conductance_helps_alone() -> None:
    """Skin conductance tells arousal, which says how far D is from uniform and not in which direction."""
    data = rows()
    own = standard(data.X, data.subject)
    edges = np.cumsum([0, *N_FEATURES.values()])
    score = {
        name: leave_one_out(data, own[:, start:stop])
        for name, start, stop in zip(N_FEATURES, edges, edges[1:], strict=False)
    }
    assert max(score["eeg"], score["ppg"], score["face"]) < 0.95


def nearest_three(X: Matrix, D: Matrix, train: Column) -> Matrix:
    distance = ((X[~train, None] - X[train]) ** 2).sum(-1)
    return np.asarray(D[train][np.argsort(distance, axis=1)[:, :3]].mean(1))


@pytest.mark.slow
def test_a_random_split_of_windows_flatters_even_without_emotion() -> None:
    """Windows of a trial resemble each other for reasons that are no emotion, as on real recordings."""
    complete = rows(snr=0.0)
    apart = np.arange(0, len(complete.X), 2)  # windows that share no sample
    data = Rows(complete.X[apart], complete.D[apart], complete.subject[apart], complete.trial[apart])
    X = standard(data.X, data.subject)
    train = np.random.default_rng(0).random(len(X)) < 0.8
    recognised, mean = 0.0, 0.0
    for one in np.unique(data.subject):
        own, D = data.subject == one, data.D[data.subject == one]
        held_out = D[~train[own]]
        recognised += kl(held_out, nearest_three(X[own], D, train[own])).mean()
        mean += kl(held_out, np.tile(D[train[own]].mean(0), (len(held_out), 1))).mean()
    assert recognised < 0.8 * mean
    assert leave_one_out(data, X) > 1.0


def drive(valence: float = 0.0, arousal: float = 0.0, conflict: float = 0.0, **emotions: float) -> Drive:
    felt = np.array([emotions.get(name, 0.0) for name in EMOTIONS])
    return Drive(valence, arousal, conflict, felt)


def trials(sensor: type[Sensor], moved: Drive, seconds: float = 60.0, count: int = 12) -> list[np.ndarray]:
    """Trials of a typical person who is moved so."""
    one = sensor(rng=np.random.default_rng(0), shift=0.0)
    n_times = round(seconds * (sensor.modality.sfreq or 0.0))
    return [one.values(moved, np.random.default_rng(trial), n_times) for trial in range(count)]


def mean_features(sensor: type[Sensor], moved: Drive) -> np.ndarray:
    name, sfreq = sensor.modality.name, sensor.modality.sfreq or 0.0
    means = [EXTRACT[name](windows(values, sfreq)).mean(0) for values in trials(sensor, moved)]
    return np.asarray(np.mean(means, axis=0))


def rate_swing(moved: Drive) -> float:
    """The interquartile range of the heart rate from window to window, averaged over trials."""
    rates = [heart_rate(windows(values, 64.0)) for values in trials(Ppg, moved)]
    return float(np.mean([np.subtract(*np.percentile(rate, [75, 25])) for rate in rates]))


def test_the_heart_rate_follows_arousal_by_four_beats() -> None:
    slow_, fast = (mean_features(Ppg, drive(arousal=level))[0] for level in (-1.5, 1.5))
    assert fast - slow_ == pytest.approx(12.0, abs=1.0)


def test_the_pulse_swings_less_with_arousal_and_is_higher_with_valence() -> None:
    assert rate_swing(drive(arousal=1.5)) < 0.8 * rate_swing(drive(arousal=-1.5))
    low, high = (mean_features(Ppg, drive(valence=level))[1] for level in (-1.0, 1.0))
    assert high - low == pytest.approx(0.4, abs=0.05)


def test_heart_rate_of_the_study_follows_arousal() -> None:
    source = Simulated(missing=0.0)
    rate, arousal = [], []
    for recording in source.load():
        numbers = (recording.subject[1:], recording.trial[1:], recording.stimulus[4:])
        moved = source.affect(*(int(number) - 1 for number in numbers)).drive(1.0)
        arousal.append(moved.arousal)
        rate.append(heart_rate(windows(recording.signals["ppg"].values, 64.0)).mean())
    people = np.repeat(np.arange(8), 12)
    own = standard(np.array([rate, arousal]).T, people)
    assert np.corrcoef(own.T)[0, 1] > 0.6
    resting = np.array(rate).reshape(8, 12).mean(1)
    assert resting.std() > 1.5 * np.std(np.array(rate).reshape(8, 12) - resting[:, None])


def test_band_powers_follow_the_emotions() -> None:
    still = mean_features(Eeg, drive()).reshape(4, 8)
    pleased = mean_features(Eeg, drive(valence=1.0)).reshape(4, 8) - still
    stirred = mean_features(Eeg, drive(arousal=1.0)).reshape(4, 8) - still
    torn = mean_features(Eeg, drive(conflict=1.0)).reshape(4, 8) - still
    channel = {name: number for number, name in enumerate(Eeg.modality.ch_names)}
    theta, alpha, beta, gamma = range(4)
    assert pleased[alpha, channel["F3"]] < -0.1 < 0.1 < pleased[alpha, channel["F4"]]
    assert stirred[alpha, channel["P3"]] < -0.1
    assert stirred[beta].min() > 0.05
    assert min(pleased[gamma, channel["T7"]], stirred[gamma, channel["T8"]]) > 0.05
    assert torn[theta, channel["F3"]] > 0.05
    assert np.abs(torn[beta]).max() < 0.02


def test_the_background_falls_with_frequency_and_blinks_are_frontal() -> None:
    (values,) = trials(Eeg, drive(), seconds=120.0, count=1)
    f, p = power(values, 128.0, values.shape[1])
    back = p[6:].mean(0)
    assert back[(f > 1) & (f < 4)].mean() > 5 * back[(f > 48) & (f < 60)].mean()
    assert back[(f > 9) & (f < 11)].mean() > 3 * back[(f > 14) & (f < 17)].mean()
    peaks = np.abs(values).max(1)
    assert peaks[:2].min() > 80 > peaks[6:].max()


def test_skin_conductance_responses_come_more_often_and_grow_with_arousal() -> None:
    calm, stirred = (
        np.mean([np.maximum(np.diff(values), 0).sum() for values in trials(Gsr, drive(arousal=level))])
        for level in (-1.5, 1.5)
    )
    assert stirred > 3 * calm
    assert min(values.min() for values in trials(Gsr, drive(arousal=-6.0))) >= 0


def test_action_units_follow_their_emotions() -> None:
    still = mean_features(Face, drive())
    unit = {name: number for number, name in enumerate(Face.modality.ch_names)}
    happy = mean_features(Face, drive(enthusiastic=1.5, excited=1.5)) - still
    upset = mean_features(Face, drive(upset=1.5, distressed=1.5)) - still
    assert min(happy[unit["AU06"]], happy[unit["AU12"]]) > 0.3
    assert min(upset[unit["AU04"]], upset[unit["AU15"]]) > 0.3
    assert np.abs(happy[unit["AU15"]]) < 0.05
    assert np.abs(upset[unit["AU12"]]) < 0.05


def test_action_units_are_tenths_from_0_to_5() -> None:
    values = np.concatenate(trials(Face, drive(**dict.fromkeys(EMOTIONS, 3.0))))
    assert values.min() >= 0
    assert values.max() <= 5
    np.testing.assert_allclose(values * 10, np.rint(values * 10), atol=1e-9)


@pytest.mark.parametrize("sensor", [Eeg, Ppg, Gsr, Face])
def test_people_differ_by_the_shift(sensor: type[Sensor]) -> None:
    name, sfreq = sensor.modality.name, sensor.modality.sfreq or 0.0

    def spread_of_people(shift: float) -> np.ndarray:
        people = [sensor(rng=np.random.default_rng(seed), shift=shift) for seed in range(12)]
        signals = [one.values(drive(), np.random.default_rng(0), round(30 * sfreq)) for one in people]
        means = [EXTRACT[name](windows(values, sfreq)).mean(0) for values in signals]
        return np.asarray(np.std(means, axis=0))

    assert spread_of_people(0.0).max() < 1e-9
    assert (spread_of_people(1.0) > spread_of_people(0.3)).mean() > 0.8


def test_coloured_noise_has_the_requested_density() -> None:
    n_times, sfreq = 4096, 64.0
    f = np.fft.rfftfreq(n_times, 1 / sfreq)
    density = np.where((f > 5) & (f < 10), 2.0, 0.0)[None].repeat(400, axis=0)
    noise = coloured_noise(np.random.default_rng(0), density, n_times, sfreq)
    assert noise.var() == pytest.approx(2.0 * 5.0, rel=0.02)
    outside = np.abs(np.fft.rfft(noise))[:, (f < 5) | (f > 10)]
    assert outside.max() < 1e-9


def test_slow_noise_is_standard_and_forgets() -> None:
    noise = slow_noise(np.random.default_rng(0), 400, 2000, 10.0, 2.0)
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    lag = [np.mean(noise[:, seconds * 10 :] * noise[:, : 2000 - seconds * 10]) for seconds in (1, 2, 10)]
    assert lag == pytest.approx([np.exp(-1 / 2), np.exp(-2 / 2), np.exp(-10 / 2)], abs=0.05)


def test_impulses_come_at_their_rate() -> None:
    train = impulses(np.random.default_rng(0), 30.0, 2.0, 600 * 50, 50.0)
    assert np.count_nonzero(train) == pytest.approx(300, abs=60)
    assert np.median(train[train > 0]) == pytest.approx(2.0, rel=0.15)
