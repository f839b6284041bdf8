"""Write tables of results as Markdown."""

from pathlib import Path

from mpcl_core.evaluation.compare import Comparison, compare
from mpcl_core.reporting.tables import as_markdown


def test_comparison_with_another_reference_is_no_ablation(run: Path) -> None:
    (found,) = compare([run], reference="no_a")
    assert "### Variants compared with no_a" in as_markdown("rivals", [found])


def test_markdown_has_every_table_with_its_subjects_and_tests(result: Comparison) -> None:
    text = as_markdown("ablation", [result])
    for part in (
        "# ablation\n",
        "## ablation: subject-independent\n",
        "### Ablation of full",
        "### KL against full",
        "### KL against mean",
        "SIMULATED",
        "8 subjects, 2 folds",
        "interval over subjects",
        "up to 2 seeds",
        "Holm-corrected for 4 tests",
        "Friedman test by kl_divergence over 8 subjects",
        "Groups without a significant difference: ",
    ):
        assert part in text
    for line in text.splitlines():
        if line.startswith("| ---"):
            width = line.count("|")
        elif line.startswith("| ") and "variant" not in line:
            assert line.count("|") == width
