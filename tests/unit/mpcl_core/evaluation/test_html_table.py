"""Show scores as HTML tables."""

from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from mpcl_core.evaluation.compare import compare
from mpcl_core.evaluation.html_table import as_html
from mpcl_core.evaluation.metrics import METRICS
from support.ablation_run import SHARE, UNIFORM, D, ablation
from support.hand_made_runs import finish, predict, study


class Cells(HTMLParser):
    """Collect the tags and texts of a page, and require that every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_variants_are_rows_and_metrics_columns(tmp_path: Path) -> None:
    (result,) = compare([ablation(tmp_path)])
    cells = Cells(as_html([result]))
    variants = list(dict.fromkeys(score.variant for score in result.scores))
    assert set(SHARE) < set(variants)
    assert cells.tags.count("tr") == 1 + len(variants)
    assert cells.tags.count("td") == len(variants) * len(METRICS)
    assert cells.texts[: 2 + len(METRICS)] == [result.title, "variant", *METRICS]
    score = result.scores[0]
    assert f"{score.mean:.4f} [{score.low:.4f}, {score.high:.4f}]" in cells.texts
    assert set(result.notes) <= set(cells.texts)


def test_two_subjects_have_no_interval_and_names_are_escaped(tmp_path: Path) -> None:
    predict(tmp_path, "a&b", D[:4], UNIFORM[:4])
    (result,) = compare([finish(tmp_path, study("a&b"), name="<i>x</i>")])
    html = as_html([result])
    assert "<i>" not in html
    assert "<th>a&amp;b</th>" in html
    assert not any("[" in text for text in Cells(html).texts if text[:1].isdigit())
    assert not np.isnan(result.scores[0].mean)
    assert "nan" not in html


def test_run_without_finished_jobs_has_a_message_instead() -> None:
    assert as_html([]) == "<p>No job has finished.</p>"
