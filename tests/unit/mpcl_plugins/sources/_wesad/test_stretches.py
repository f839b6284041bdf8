"""The conditions of all people come in their order, on the clock of the recordings."""

from pathlib import Path

from mpcl_plugins.sources._wesad.stretches import read_stretches
from support.wesad_study import ORDER, SECONDS, panas, quest


def test_conditions_are_shifted_to_the_clock_of_the_recordings(tmp_path: Path) -> None:
    files = [tmp_path / f"{subject}_quest.csv" for subject in ("S10", "S2")]
    rows = panas()
    rows[0][15] = "nan"
    for file in files:
        file.write_text(quest(file.stem.removesuffix("_quest"), rows=rows))
    offsets = tmp_path / "offsets.csv"
    offsets.write_text("subject,e4_offset_s\nS2,100\nS10,-5\n")
    found = read_stretches(files, offsets)
    assert [(one.subject, one.name) for one in found] == [(name, trial) for name in ("S2", "S10") for trial in ORDER]
    assert [(one.start, one.stop) for one in found[:5]] == [(start + 100, stop + 100) for start, stop in SECONDS]
    assert found[5].start == SECONDS[0][0] - 5
    assert [found[number].condition for number in (0, 1)] == ["baseline", "stress"]
    assert "nervous" not in found[0].scores
    assert found[0].scores["active"] == float(rows[0][0])
    assert read_stretches(files[1:], None)[0].start == SECONDS[0][0]
