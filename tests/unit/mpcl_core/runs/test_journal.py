"""Write journals."""

import json
from pathlib import Path

from mpcl_core.runs.journal import Journal


def test_lines_are_appended_in_order_after_the_existing_bytes(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "metrics.jsonl")
    assert journal.size == 0
    journal.begin()
    for epoch in (1, 2):
        journal.line({"epoch": epoch})
        journal.write()
    size = journal.size
    journal.line({"epoch": 3})
    journal.write()
    again = Journal(journal.path)
    again.begin(size)
    again.line({"epoch": 4})
    again.write()
    assert [json.loads(line)["epoch"] for line in journal.path.read_text().splitlines()] == [1, 2, 4]
