"""Write small feature tables."""

from pathlib import Path

HEADER = ("subject", "trial", "hr_mean", "hr_sd", "gsr", "happy", "sad")
ROWS = (
    ("s1", "a", "60.5", "2", "3.5", "1", "3"),
    ("s1", "b", "61.5", "", "4.5", "2", "2"),
    ("s2", "a", "70", "4", "5.5", "4", "4"),
    ("s2", "b", "71", "5", "6.5", "5", "1"),
)
MODALITIES = {"heart": ("hr_*",), "skin": ("gsr",)}
LABELS = ("happy", "sad")


def write_table(path: Path, rows: tuple[tuple[str, ...], ...] = ROWS, header: tuple[str, ...] = HEADER) -> Path:
    """Write a table, comma-separated."""
    path.write_text("".join(f"{','.join(row)}\n" for row in (header, *rows)))
    return path
