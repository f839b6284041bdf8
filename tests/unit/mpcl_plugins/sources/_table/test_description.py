"""Columns are described by their names and cells."""

from pathlib import Path

from mpcl_plugins.sources._table.description import describe_columns
from mpcl_plugins.sources._table.opening import open_table


def test_columns_have_roles_and_kinds(tmp_path: Path) -> None:
    lines = ["Participant;trial;number;time;x;y;z;note;one"]
    lines += [f"s{n % 3};{n % 4};{n};{n * n};{n * n % 7},5;;{'' if n % 2 else n * n};a{n};3" for n in range(60)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    found = describe_columns(open_table(tmp_path / "t.csv"))
    assert {column.name: column.kind for column in found} == {
        "Participant": "text",
        "trial": "number",
        "number": "times",
        "time": "times",
        "x": "number",
        "y": "empty",
        "z": "number",
        "note": "text",
        "one": "constant",
    }
    assert {column.role: column.name for column in found if column.role} == {"subject": "Participant", "trial": "trial"}
    assert found[6].cells[:3] == ("0", "", "4")
