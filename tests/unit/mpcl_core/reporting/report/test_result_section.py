"""The result of a report: grades apart, scores, intervals, tests, and a note on a single seed."""

import shutil
from pathlib import Path

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report import write_report
from support.report_pages import page


def variants_of(cells: list[list[str]]) -> set[str]:
    return {row[0].removesuffix("+seeds") for row in cells[1:]}


def test_grades_have_separate_tables_and_are_explained(full: Path) -> None:
    found = page(full)
    for title, cells in found.tables.items():
        rows = variants_of(cells) | set(cells[0])
        assert not (rows & {"net", "mean"} and rows & {"near", "near.mean"}), title
    assert "no tested subject is among the training windows" in found.sections["result"]
    assert "a trial is on both sides" in found.sections["result"]
    assert "must not be ranked together" in found.sections["result"]
    assert "Transductive: 'zscore' looks on." in found.sections["result"]
    assert "do not estimate the error for new people" in found.sections["card"]


def test_result_states_scores_intervals_and_tests(full: Path) -> None:
    numbers = Run(full).numbers
    found = page(full)
    table = found.tables["The metrics, grade subject-independent (net)"]
    assert table[0] == ["metric", "net", "net+seeds", "mean"]
    for row, metric in zip(table[1:], ("chebyshev", "clark", "canberra", "kl_divergence"), strict=False):
        for variant, cell in zip(table[0][1:], row[1:], strict=True):
            found_here = numbers[variant, metric]
            assert cell == f"{found_here.mean:.4f}\n[{found_here.low:.4f}, {found_here.high:.4f}]"
    net, mean = (numbers[name, "kl_divergence"].mean for name in ("net", "mean"))
    text = " ".join(found.sections["result"].split())
    assert f"'net', the recipe's first variant of this grade, has a KL of {net:.4f} nats" in text
    assert f"Not shown: {mean - net:.4f} nats below it" in text, "four subjects cannot show it"
    test = Run(full).paired_test("net", "mean")
    assert test is not None
    assert f"For how many people? {test.wins} of 4" in text
    between = f"[{test.low:+.4f}, {test.high:+.4f}]".replace("-", "−")
    assert f"The mean difference over subjects has the 95 % interval {between}." in text
    assert "There is no p-value: 4 subjects differ; a test needs 6." in text
    assert "2 seeds: another seed may change the finding." in text
    assert "May I believe it? No: labels leak into training" in text, "of the leaky study"
    assert variants_of(found.tables["All variants, grade leaky (near)"]) == {"near.mean", "near"}
    assert "Kullback–Leibler divergence" in found.sections["variants"]
    assert "[ ]: 95 % interval over subjects." in found.sections["variants"]


def test_single_seed_of_a_network_is_noted(full: Path, tmp_path: Path) -> None:
    once = shutil.copytree(full, tmp_path / "once")
    shutil.rmtree(once / "jobs" / "net" / "1")
    write_report(Run(once))
    assert page(once).sections["result"].count("1 seed: another") == 1, "of the network, and not of the estimator"
