"""The tables as LaTeX, for the packages booktabs and graphicx (a table that is too wide is scaled to the line)."""

from collections.abc import Iterator, Sequence

from mpcl_core.evaluation.compare import Result
from mpcl_core.reporting.tables.sheet import Cell, Sheet, sheets

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
"""What LaTeX reads as something else, or cannot read in every font."""


def as_latex(results: Sequence[Result]) -> str:
    """Each result's tables, ready for ``\\input``; what the numbers are about stands under each."""
    tables = [_table(sheet) for result in results for sheet in sheets(result)]
    return "\n\n".join(["% \\usepackage{booktabs,graphicx}", *("\n".join(lines) for lines in tables)]) + "\n"


def _table(sheet: Sheet) -> Iterator[str]:
    yield "\\begin{table}"
    yield "\\centering"
    yield f"\\caption{{{escaped(sheet.title)}}}"
    yield "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%"
    yield f"\\begin{{tabular}}{{l{'r' * (len(sheet.headings) - 1)}}}"
    yield "\\toprule"
    yield " & ".join(map(escaped, sheet.headings)) + " \\\\"
    yield "\\midrule"
    for line in sheet.lines:
        yield " & ".join(map(_cell, line)) + " \\\\"
    yield "\\bottomrule"
    yield "\\end{tabular}}"
    notes = escaped(" ".join([*sheet.notes, sheet.tails]).strip())
    yield f"\\par\\medskip\\parbox{{\\linewidth}}{{\\footnotesize {notes}}}"
    yield "\\end{table}"


def escaped(text: str) -> str:
    """Text as LaTeX shows it."""
    return "".join(SIGNS.get(sign, sign) for sign in text)


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    text = f"\\textbf{{{text}}}" if cell.best else f"\\underline{{{text}}}" if cell.second else text
    return text + SIGNS["†"] * cell.marked + escaped(cell.tail)
