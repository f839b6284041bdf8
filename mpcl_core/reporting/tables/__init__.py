"""Write the numbers of one run or several as CSV, Markdown, LaTeX and in a terminal.

`result_table` builds the content of the tables once; each format is a short module. Numbers of different grades are
never in the same table.
"""

from mpcl_core.reporting.tables.csv_files import (
    as_csv,
    coverage_as_csv,
    lines_as_csv,
    paired_tests_as_csv,
    robustness_as_csv,
)
from mpcl_core.reporting.tables.latex import as_latex
from mpcl_core.reporting.tables.markdown import as_markdown
from mpcl_core.reporting.tables.terminal import show

__all__ = [
    "as_csv",
    "as_latex",
    "as_markdown",
    "coverage_as_csv",
    "lines_as_csv",
    "paired_tests_as_csv",
    "robustness_as_csv",
    "show",
]
