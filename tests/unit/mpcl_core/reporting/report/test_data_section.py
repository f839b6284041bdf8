"""The data section of a report counts labels, and announces simulated data first."""

from pathlib import Path

from support.report_pages import page


def test_simulated_data_are_announced_first_and_labels_are_counted(full: Path) -> None:
    found = page(full)
    body = (full / "report.html").read_text().partition("<body>")[2]
    assert body.index("SIMULATED") < body.index("<h1>")
    heading, part, first = [line for line in found.sections["card"].splitlines() if line][:3]
    assert (heading, part) == ("Model card", "Data")
    assert first.startswith("SIMULATED DATA: no person was measured")
    rows = dict(row[:2] for row in found.tables["Data, grade subject-independent (net)"])
    assert (rows["distinct labels"], rows["windows"], rows["tested subjects"]) == ("7", "12", "4")
    assert rows["source"] == "toy (SIMULATED: no person was measured)"
    assert "11 of 12 rows" in found.sections["notes"]


def test_clocks_of_signals_stand_in_a_table(full: Path) -> None:
    ((_, *cells),) = page(full).tables["Clocks of the signals, grade subject-independent (net)"][-1:]
    assert cells == ["ppg", "12", "+200", "yes", "1", "2.5"]


def test_audit_findings_have_effect_and_remedy(full: Path) -> None:
    text = page(full).sections["audit"]
    for part in (
        "1 leak found",
        "shared-row (a)",
        "3 of 12 windows",
        "row 5",
        "Effect: rows",
        "Remedy: mend it",
        "tried:",
    ):
        assert part in text
