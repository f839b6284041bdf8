"""Use of prototypes: perplexity, the most used one, and the warning where it takes most windows."""

from pathlib import Path

import numpy as np
import pytest

from mpcl_core.evaluation.run import Run, open_run
from mpcl_core.reporting.report.prototype_usage import (
    build_usage_tables,
    prototype_usage,
    warn_of_unused_prototypes,
)
from support.hand_made_runs import finish, predict, study, truth

NETWORKS = study("net", "plain")


def make_run(folder: Path, alike: np.ndarray, one: np.ndarray) -> Run:
    """Write a run whose network has two memories, with these weights, and another network without a memory."""
    D = truth(8)
    for variant in NETWORKS.variants:
        predict(folder, variant, D, D)
    for file in folder.glob("jobs/net/*/*/predictions.npz"):
        weights = {"streams.body.weights": alike, "streams.face.weights": one}
        np.savez(file.parent / "diagnostics.npz", index=np.arange(len(alike)), **weights)
    for file in folder.glob("jobs/plain/*/*/predictions.npz"):
        np.savez(file.parent / "diagnostics.npz", index=np.arange(2))
    return open_run(finish(folder, NETWORKS, variants={"net": {}, "plain": {}}))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    k = len(NETWORKS.labels)
    alike = np.eye(k)[np.arange(2 * k) % k][:, :, None]
    one = np.full((2 * k, k, 1), 0.1 / (k - 1))
    one[:, 1] = 0.9
    return make_run(tmp_path, alike, one)


def test_perplexity_and_share_tell_even_use_from_one_prototype(run: Run) -> None:
    body, face = prototype_usage(run, run.studies[0])
    k = len(NETWORKS.labels)
    assert (body.variant, body.stream, body.prototypes) == ("net", "body", k)
    assert body.perplexity == pytest.approx(k)
    assert body.share == pytest.approx(1 / k)
    assert face.perplexity < 2
    assert (face.share, face.most_used) == (1.0, NETWORKS.labels[1])


def test_prototypes_of_situations_are_counted_and_named_as_situations(tmp_path: Path) -> None:
    D, k = truth(8), len(NETWORKS.labels)
    for variant in NETWORKS.variants:
        predict(tmp_path, variant, D, D)
    recalled = np.array([[0.1, 0.2, 0.7, 0.0], [0.3, 0.1, 0.6, 0.0]])
    weights = np.full((2, k, 4), 1 / k) * recalled[:, None]
    for file in tmp_path.glob("jobs/*/*/*/predictions.npz"):
        arrays = {"streams.all.weights": weights, "streams.all.memory.situations": recalled}
        np.savez(file.parent / "diagnostics.npz", index=np.arange(2), **arrays)
    run = open_run(finish(tmp_path, NETWORKS, variants={"net": {}, "plain": {}}))
    usage = next(prototype_usage(run, run.studies[0]))
    assert (usage.stream, usage.prototypes, usage.share, usage.most_used) == ("all", 3, 1.0, "situation 3")


def test_one_prototype_that_takes_most_windows_is_warned_of(run: Run) -> None:
    (warning,) = warn_of_unused_prototypes(run, run.studies[0])
    assert "stream 'face' of 'net'" in warning
    assert "100% of the windows" in warning


def test_table_has_a_row_for_each_memory(run: Run) -> None:
    (table,) = build_usage_tables(run)
    assert [row[:2] for row in table.rows] == [["net", "body"], ["net", "face"]]
