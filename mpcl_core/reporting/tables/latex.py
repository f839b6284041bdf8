"""Write the tables as LaTeX, for the packages booktabs and graphicx (too wide tables are scaled to the line)."""

from collections.abc import Iterator, Sequence

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables.result_table import Cell, ResultTable, build_tables
from mpcl_core.toolkit.printable import printable

SIGNS = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "−": "$-$",
    "±": r"$\pm$",
    "↓": r"$\downarrow$",
    "↑": r"$\uparrow$",
    "Δ": r"$\Delta$",
    "χ": r"$\chi$",
    "²": r"$^2$",
    "≥": r"$\geq$",
    "×": r"$\times$",
    "†": r"$^\dagger$",
    "—": "---",
}
"""Replacements for characters that LaTeX interprets, or that are missing in some fonts."""


def as_latex(results: Sequence[Comparison]) -> str:
    r"""Write the tables of results as LaTeX, with the notes below each table.

    Args:
        results: the results, one for each group of comparable variants.

    Returns:
        Text that is ready for ``\input``.
    """
    tables = [_write_table(table) for result in results for table in build_tables(result)]
    return "\n\n".join(["% \\usepackage{booktabs,graphicx}", *("\n".join(lines) for lines in tables)]) + "\n"


def _write_table(table: ResultTable) -> Iterator[str]:
    yield "\\begin{table}"
    yield "\\centering"
    yield f"\\caption{{{escape(table.title)}}}"
    yield "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
    yield f"\\begin{{tabular}}{{l{'r' * (len(table.headings) - 1)}}}"
    yield "\\toprule"
    yield " & ".join(map(escape, table.headings)) + " \\\\"
    yield "\\midrule"
    for row in table.rows:
        yield " & ".join(map(_write_cell, row)) + " \\\\"
    yield "\\bottomrule"
    yield "\\end{tabular}}"
    notes = escape(" ".join([*table.notes, table.suffix_note]).strip())
    yield f"\\par\\medskip\\parbox{{\\linewidth}}{{\\footnotesize {notes}}}"
    yield "\\end{table}"


def escape(text: str) -> str:
    """Escape the characters that LaTeX interprets.

    Args:
        text: plain text.

    Returns:
        The text for a LaTeX file.
    """
    return "".join(SIGNS.get(sign, sign) for sign in printable(text))


def _write_cell(cell: Cell) -> str:
    text = escape(cell.text)
    text = f"\\textbf{{{text}}}" if cell.is_best else f"\\underline{{{text}}}" if cell.is_second else text
    return text + SIGNS["†"] * cell.is_significant + escape(cell.suffix)
