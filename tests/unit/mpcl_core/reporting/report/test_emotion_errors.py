"""The errors of single emotions in a report equal those of a loop."""

from pathlib import Path

from support.report_pages import (
    LABELS,
    MEAN,
    UNIFORM,
    WEIGHT,
    D,
    page,
)


def test_emotion_errors_equal_those_of_a_loop(full: Path) -> None:
    table = page(full).tables["Error of each emotion, grade subject-independent (net)"]
    assert table[0] == ["emotion", "true share", "predicted share, net", "error, net", "error, mean"]
    seeds = [0.8 * D + 0.2 * UNIFORM, 0.5 * D + 0.5 * UNIFORM]
    for k, row in enumerate(table[1:]):
        total = error = of_mean = 0.0
        for i in range(12):
            total += WEIGHT[i] * D[i, k]
            error += WEIGHT[i] * sum(abs(D[i, k] - seed[i, k]) for seed in seeds) / 2
            of_mean += WEIGHT[i] * abs(D[i, k] - MEAN[i, k])
        values = [f"{value / WEIGHT.sum():.4f}" for value in (total, error, of_mean)]
        assert [row[0], row[1], row[3], row[4]] == [LABELS[k], *values]
