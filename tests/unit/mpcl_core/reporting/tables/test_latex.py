"""Write tables of results as LaTeX."""

import re

from mpcl_core.evaluation.compare import Comparison
from mpcl_core.reporting.tables import as_latex
from mpcl_core.reporting.tables.latex import escape


def test_latex_is_booktabs_with_everything_escaped(result: Comparison) -> None:
    text = as_latex([result])
    assert text.count("\\toprule") == text.count("\\bottomrule") == text.count("\\begin{table}") == 4
    assert re.search(r"(?<!\\)_", text) is None
    assert re.search(r"(?<!\\)%(?!$| \\usepackage)", text, re.MULTILINE) is None
    assert text.isascii()
    plain = re.sub(r"\\[{}]", "", text)
    assert plain.count("{") == plain.count("}")
    assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0
    assert "\\textbf{" in text
    assert "\\underline{" in text
    rows = [line for line in text.splitlines() if line.startswith("no\\_a &")]
    assert [line.count("&") for line in rows] == [6, 8, 4, 4]
    assert escape("a_b & 5 % of x\\y < 1") == r"a\_b \& 5 \% of x\textbackslash{}y $<$ 1"
