"""Reports of hand-made run folders and of a real run: one file, no active content, the numbers of the run."""

import hashlib
import json
import logging
import math
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from mpcl_core.cli.main import main
from mpcl_core.evaluation.metrics import METRICS
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import figure_sections, write
from mpcl_core.reporting.report.inline_svg import inline_svg
from mpcl_core.reporting.report.table import Table, format_significant
from mpcl_core.runs.manifest import StudyManifest
from support.hand_made_runs import finish as finish_by_hand
from support.hand_made_runs import study as make_study
from support.paths import ROOT

EVIL = "<script>alert(1)</script>"
LABELS = ["joy", "calm", f'fear "{EVIL}']
RNG = np.random.default_rng(0)
D = RNG.dirichlet(np.ones(3), 12)
SUBJECT = np.repeat(["a", "b", "c", "d"], 3)
WEIGHT = np.array([2.0, 1, 1] * 4)
UNIFORM = np.full((12, 3), 1 / 3)
MEAN = np.tile(np.average(D, axis=0, weights=WEIGHT), (12, 1))
FOLDS = {"f0": np.arange(6), "f1": np.arange(6, 12)}


def study(*variants: str, **more: Any) -> StudyManifest:
    values = {
        "grade_meaning": "no tested subject is among the training windows",
        "fold_grades": dict.fromkeys(FOLDS, more.get("grade", "subject-independent")),
        "n_windows": 12,
        "n_labels": 7,
        "labels": LABELS,
    }
    return make_study(*variants, **{**values, **more})


def job(run: Path, variant: str, D_pred: np.ndarray, seed: int = 0) -> None:
    columns = {"D": D, "D_pred": D_pred, "weight": WEIGHT, "subject": SUBJECT, "trial": np.full(12, f'"{EVIL}')}
    for fold, rows in FOLDS.items():
        folder = run / "jobs" / variant / str(seed) / fold
        folder.mkdir(parents=True)
        np.savez(folder / "predictions.npz", row=rows, **{name: values[rows] for name, values in columns.items()})  # type: ignore[arg-type]
        (folder / "metrics.jsonl").write_text(json.dumps({"phase": "test", "kl_divergence": 0.1}) + "\n")


def train(run: Path, variant: str, seed: int, cost: float, n_weights: int) -> None:
    lines = [{"epoch": epoch, "of": 2, "phase": "refit", "loss": 1 / epoch, "seconds": 1.5} for epoch in (1, 2)]
    text = "".join(json.dumps(line) + "\n" for line in [*lines, {"phase": "test", "epochs": 2}])
    for folder in (run / "jobs" / variant / str(seed)).iterdir():
        (folder / "metrics.jsonl").write_text(text)
        (folder / "cost.json").write_text(json.dumps({"seconds": cost, "peak_mib": 100 * cost}))
        (folder / "checkpoint").mkdir()
        save_file({"w": np.zeros((n_weights // 2, 2), np.float32)}, folder / "checkpoint" / "weights.safetensors")


def drop_modalities(run: Path, variant: str) -> None:
    """Store what a variant scores with a modality, without it, and by the train mean."""
    for seed in (0, 1):
        lines = []
        for number, subject in enumerate("abcd"):
            for kind, modalities, rate, kl in (
                ("train_mean", [], 0.0, 0.5),
                ("all", [f"eeg{EVIL}"], 0.0, 0.25),
                ("missing", ["eeg"], 0.3, 0.375),
            ):
                scores = dict.fromkeys(METRICS, kl + 0.001 * number)
                about = {"kind": kind, "modalities": modalities, "rate": rate, "repeat": 0}
                lines.append({**about, "subject": subject, "weight": 1.0, **scores})
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (run / "jobs" / variant / str(seed) / "f0" / "robustness.jsonl").write_text(text)


def finish(run: Path, *studies: StudyManifest, **recipe: Any) -> Path:
    about = {"source": {"use": "toy"}, "references": {"mean": {"use": "mean"}}, "note": f"</pre>{EVIL}", **recipe}
    return finish_by_hand(run, *studies, name=f"hand {EVIL}", **about)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of two grades with figures, tests, an audit, and markup wherever text comes from outside."""
    run = tmp_path_factory.mktemp("run")
    for variant, D_pred in {"mean": MEAN, "near.mean": MEAN, "net": 0.8 * D + 0.2 * UNIFORM, "near": D}.items():
        job(run, variant, D_pred)
    job(run, "net", 0.5 * D + 0.5 * UNIFORM, seed=1)
    train(run, "net", 0, cost=4.0, n_weights=10)
    train(run, "net", 1, cost=6.0, n_weights=30)
    notes = {"notes": [f"11 of 12 rows {EVIL}"], "transductive": ["'zscore' looks on."], "is_simulated": True}
    near = study("near.mean", "near", grade="leaky", grade_meaning="a trial is on both sides")
    finish(run, study("mean", "net", **notes), near, variants={"net": {}, "near": {"estimator": {"use": "knn"}}})
    drop_modalities(run, "net")
    draw(Run(run))
    finding = {"code": "shared-row (a)", "variants": ["near"], "what": f"seen {EVIL}", "rows": 3, "of": 12}
    finding |= {"examples": [f"row 5 {EVIL}"], "inflates": "rows were learnt", "remedy": "mend it"}
    notice = {"code": "tried", "variants": [], "what": f"nothing {EVIL}"}
    (run / "audit.json").write_text(json.dumps({"leak": True, "findings": [finding], "notices": [notice]}))
    assert write(Run(run)) == run / "report.html"
    return run


class Page(HTMLParser):
    """Parse a page into its tags, its text by section, and its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.sections: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self._at, self._row, self._in = "", [""], False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inputs = {name: value or "" for name, value in attrs}
        self.tags.append((tag, inputs))
        if tag == "section":
            self._at = inputs["id"].removeprefix("s-")
        elif inputs.get("role") == "region":
            self._table: list[list[str]] = self.tables.setdefault(inputs["aria-label"], [])
        elif tag == "tr":
            self._table.append([])
        elif tag in ("td", "th"):
            self._table[-1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        self.sections[self._at] = self.sections.get(self._at, "") + data
        if self._in:
            self._table[-1][-1] += data


def page(run: Path) -> Page:
    return Page((run / "report.html").read_text())


def variants_of(cells: list[list[str]]) -> set[str]:
    return {row[0].removesuffix("+seeds") for row in cells[1:]}


@pytest.mark.slow
def test_page_has_no_foreign_content_and_no_links_outside(full: Path) -> None:
    found = page(full)
    names = {tag for tag, _ in found.tags}
    assert not names & {"iframe", "object", "embed", "link", "base", "form", "foreignobject"}
    policy = next(inputs for tag, inputs in found.tags if inputs.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"].startswith("default-src 'none';")
    scripts = re.findall(r"<script>(.*?)</script>", (full / "report.html").read_text(encoding="utf-8"), re.DOTALL)
    assert len(scripts) == sum(tag == "script" for tag, _ in found.tags) == 1, "our own, which the policy names"
    digest = b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy["content"]
    for tag, inputs in found.tags:
        assert not [name for name in inputs if name.startswith("on")], (tag, inputs)
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            assert inputs.get(name, "#").startswith(("#", "data:image/png;base64,")), (tag, inputs)
    text = (full / "report.html").read_text()
    assert EVIL not in text
    assert text.count("&lt;script&gt;") >= 8, "it is shown as what it is"
    assert "@import" not in text
    assert "url(" not in re.sub(r"url\(#[^)]+\)", "", text)


def test_ids_are_unique_and_references_resolve(full: Path) -> None:
    found, text = page(full), (full / "report.html").read_text()
    ids = [inputs["id"] for _, inputs in found.tags if "id" in inputs]
    assert len(ids) == len(set(ids)) > 100
    wanted = {inputs["href"][1:] for _, inputs in found.tags if inputs.get("href", "").startswith("#")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", text))
    assert len(wanted) > 20
    assert wanted <= set(ids)
    assert sum(tag == "svg" for tag, _ in found.tags) == len(list((full / "figures").iterdir()))


def test_sections_have_their_order(full: Path) -> None:
    sections = list(page(full).sections)[1:]
    assert sections[:7] == ["result", "variants", "people", "emotions", "distributions", "cooccurrence", "learning"]
    assert sections[7:] == ["robustness", "costs", "data", "audit", "notes", "card", "recipe"]


def test_grades_have_separate_tables_and_are_explained(full: Path) -> None:
    found = page(full)
    for title, cells in found.tables.items():
        rows = variants_of(cells) | set(cells[0])
        assert not (rows & {"net", "mean"} and rows & {"near", "near.mean"}), title
    assert "no tested subject is among the training windows" in found.sections["result"]
    assert "a trial is on both sides" in found.sections["result"]
    assert "must not be ranked together" in found.sections["result"]
    assert "Transductive: 'zscore' looks on." in found.sections["result"]
    assert "do not estimate the error for new people" in found.sections["card"]


def test_result_states_scores_intervals_and_tests(full: Path) -> None:
    numbers = Run(full).numbers
    found = page(full)
    table = found.tables["The six metrics, grade subject-independent (net)"]
    assert table[0] == ["metric", "net", "net+seeds", "mean"]
    for row, metric in zip(table[1:], ("chebyshev", "clark", "canberra", "kl_divergence"), strict=False):
        for variant, cell in zip(table[0][1:], row[1:], strict=True):
            found_here = numbers[variant, metric]
            assert cell == f"{found_here.mean:.4f}\n[{found_here.low:.4f}, {found_here.high:.4f}]"
    net, mean = (numbers[name, "kl_divergence"].mean for name in ("net", "mean"))
    text = " ".join(found.sections["result"].split())
    assert f"'net', the recipe's first variant of this grade, has a KL of {net:.4f} nats" in text
    assert f"Not shown: {mean - net:.4f} nats below it" in text, "four subjects cannot show it"
    test = Run(full).paired_test("net", "mean")
    assert test is not None
    assert f"For how many people? {test.wins} of 4" in text
    between = f"[{test.low:+.4f}, {test.high:+.4f}]".replace("-", "−")
    assert f"The mean difference over subjects has the 95 % interval {between}." in text
    assert "There is no p-value: 4 subjects differ; a test needs 6." in text
    assert "2 seeds: another seed may change the finding." in text
    assert "May I believe it? No: labels leak into training" in text, "of the leaky study"
    assert variants_of(found.tables["All variants, grade leaky (near)"]) == {"near.mean", "near"}


def test_single_seed_of_a_network_is_noted(full: Path, tmp_path: Path) -> None:
    once = shutil.copytree(full, tmp_path / "once")
    shutil.rmtree(once / "jobs" / "net" / "1")
    write(Run(once))
    assert page(once).sections["result"].count("1 seed: another") == 1, "of the network, and not of the estimator"


def test_emotion_errors_equal_those_of_a_loop(full: Path) -> None:
    table = page(full).tables["Error of each emotion, grade subject-independent (net)"]
    assert table[0] == ["emotion", "true share", "predicted share, net", "error, net", "error, mean"]
    seeds = [0.8 * D + 0.2 * UNIFORM, 0.5 * D + 0.5 * UNIFORM]
    for k, row in enumerate(table[1:]):
        total = error = of_mean = 0.0
        for i in range(12):
            total += WEIGHT[i] * D[i, k]
            error += WEIGHT[i] * sum(abs(D[i, k] - seed[i, k]) for seed in seeds) / 2
            of_mean += WEIGHT[i] * abs(D[i, k] - MEAN[i, k])
        values = [f"{value / WEIGHT.sum():.4f}" for value in (total, error, of_mean)]
        assert [row[0], row[1], row[3], row[4]] == [LABELS[k], *values]


def test_paired_tests_are_separated_by_grade_and_other_metrics_are_folded(full: Path) -> None:
    found = page(full)
    title = "Paired tests over subjects"
    table = found.tables[f"{title} by the KL, grade subject-independent (net)"]
    assert table[0] == ["variant", "reference", "difference", "subjects with better scores", "effect", "p"]
    test = Run(full).paired_test("net", "mean")
    assert test is not None
    difference, low, high = (f"{value:+.4f}".replace("-", "−") for value in (test.difference, test.low, test.high))
    cells = {tuple(row[:2]): row[2:] for row in table[1:]}
    assert cells["net", "mean"][:2] == [f"{difference}\n[{low}, {high}]", f"{test.wins} of 4"]
    assert cells["net", "mean"][-1] == "4 subjects differ; a test needs 6"
    assert f"{title} by the KL, grade leaky (near)" in found.tables
    other = found.tables[f"{title}, the other metrics, grade subject-independent (net)"]
    assert other[1][0] == "chebyshev\u00a0↓"
    assert f"<summary>{title}, the other metrics" in (full / "report.html").read_text()
    assert "no paired tests" not in found.sections["variants"]


def test_table_of_missing_modalities(full: Path) -> None:
    tables = page(full).tables
    table = tables["Missing modalities by the KL, grade subject-independent (net)"]
    assert [[cell.partition("\n")[0] for cell in row] for row in table[1:]] == [
        ["net", "none: the train mean", "0.5015", "0"],
        ["net", f"eeg{EVIL} (all)", "0.2515", "1"],
        ["net", "all, 30 % missing at random", "0.3765", "0.5"],
    ]
    other = tables["Missing modalities, the other metrics, grade subject-independent (net)"]
    assert {row[-1] for row in other[1:] if row[0].startswith("cosine")} == {"–"}, "a larger cosine is no loss"


def test_cohort_size_is_reported(full: Path, tmp_path: Path) -> None:
    run = Path(shutil.copytree(full, tmp_path / "run"))
    assert "ohort size" not in page(run).sections["costs"]
    for number, job in enumerate(sorted((run / "jobs" / "net").glob("*/*"))):
        (job / "cost.json").write_text(json.dumps({"seconds": 1.0, "cohort": 4 if number else 3}))
    write(Run(run))
    found = page(run)
    head, mean, net = found.tables["Cost, grade subject-independent (net)"]
    assert [row[-1] for row in (head, mean, net)] == ["cohort size", "–", "3 – 4"]
    assert "its share of the cohort's time" in found.sections["costs"]


def test_costs_are_medians_over_jobs(full: Path) -> None:
    table = page(full).tables["Cost, grade subject-independent (net)"]
    assert dict(zip(table[0], table[2], strict=True)) == {
        "variant": "net",
        "jobs": "4",
        "seconds per job": "5",
        "of which training": "3",
        "epochs": "2",
        "peak memory, MiB": "500",
        "parameters and buffers": "10 – 30",
    }
    assert table[1] == ["mean", "2", "1", "–", "–", "–", "–"]


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


def test_the_same_run_gives_the_same_report(full: Path) -> None:
    before = (full / "report.html").read_bytes()
    write(Run(full))
    assert (full / "report.html").read_bytes() == before
    assert len(before) < 5_000_000


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Make a minimal run: one estimator."""
    job(tmp_path, "main", MEAN)
    finish(tmp_path, study("main"), references={})
    write(Run(tmp_path))
    return tmp_path


def test_missing_parts_are_omitted_or_reported(bare: Path) -> None:
    found = page(bare)
    assert not set(found.sections) & {"distributions", "learning", "robustness", "other", "notes", "cooccurrence"}
    assert {inputs["href"] for tag, inputs in found.tags if tag == "a"} == {
        f"#s-{name}" for name in found.sections if name
    }
    assert "no paired tests" in found.sections["variants"]
    assert "No train mean to compare with" in found.sections["result"]
    assert "This run has not been audited" in found.sections["audit"]
    assert "SIMULATED" not in " ".join(found.sections.values())


def test_study_without_finished_jobs_is_reported(bare: Path) -> None:
    shutil.rmtree(bare / "jobs")
    assert write(Run(bare))
    assert "No job of this study has finished." in page(bare).sections["result"]


def test_failing_report_is_logged(bare: Path, caplog: pytest.LogCaptureFixture) -> None:
    (bare / "recipe.yaml").unlink()
    with caplog.at_level(logging.WARNING, "mpcl.report"):
        assert write(Run(bare)) is None
    assert "No report: FileNotFoundError" in caplog.text


@pytest.mark.slow
def test_large_figures_become_png_or_stay_in_their_file(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure_sections, "MAX_SVG_SIZE", 20_000)
    found = {picture.name: picture for part in figure_sections.embed_figures(Run(full)).values() for picture in part}
    big = {path.stem for path in (full / "figures").iterdir() if path.stat().st_size > 20_000}
    assert big
    assert {name for name, picture in found.items() if picture.png.startswith("iVBOR")} == big
    assert {name for name, picture in found.items() if picture.svg} == set(found) - big
    monkeypatch.setattr(figure_sections, "MAX_TOTAL_SIZE", 0)
    write(Run(full))
    assert "too large for this page" in page(full).sections["cooccurrence"]
    assert not [tag for tag, _ in page(full).tags if tag in ("svg", "img")]
    monkeypatch.undo()
    write(Run(full))


HOSTILE = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
<style>@import url(http://x/y.css)</style><script>alert(1)</script><foreignObject><p>x</p></foreignObject>
<defs><clipPath id="c"><rect x="1.23456789" width="2"/></clipPath><path id="m" d="M 1.23456789 0
L 2 0"/></defs><a xlink:href="http://x"><text>gone</text></a>
<g id="g" clip-path="url(#c)" onclick="x()" style="fill: #ffffff; stroke: #000000"><use xlink:href="#m"/>
<image xlink:href="http://x/y.png"/><image xlink:href="data:image/png;base64,AA"/><text>a &lt;b&gt; c</text></g></svg>"""


def test_inline_svg_keeps_only_drawing_elements(tmp_path: Path) -> None:
    (tmp_path / "h.svg").write_text(HOSTILE)
    text = inline_svg(tmp_path / "h.svg", "f1-", 'a "figure"')
    for gone in ("script", "alert", "foreign", "style>", "onclick", "http:", "gone", "<a", "xmlns"):
        assert gone not in text, gone
    for remaining in ('id="f1-c"', 'url(#f1-c)"', 'href="#f1-m"', 'href="data:image/png;base64,AA"', "a &lt;b&gt; c"):
        assert remaining in text, remaining
    for remaining in (
        'd="M 1.235 0 L 2 0"',
        "fill: var(--figure); stroke: currentColor",
        'aria-label="a &quot;figure&quot;"',
    ):
        assert remaining in text, remaining


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def schemes() -> Iterator[dict[str, str]]:
    text = (ROOT / "mpcl_core" / "reporting" / "report" / "templates" / "report.css").read_text()
    for block in re.findall(r":root \{(.*?)\}", text, re.DOTALL):
        yield dict(re.findall(r"--([\w-]+): (#\w+);", block))


def test_text_has_contrast_in_light_and_dark() -> None:
    light, dark = schemes()
    assert set(light) == set(dark)
    for colours in (light, dark):
        for back in ("page", "figure", "panel"):
            assert contrast(colours["ink"], colours[back]) > 10
            assert contrast(colours["soft"], colours[back]) > 4.5
            assert contrast(colours["blue"], colours[back]) > 3
        for ink, back in (("accent", "page"), ("accent", "grade-page"), ("stamp", "stamp-page")):
            assert contrast(colours[ink], colours[back]) > 4.5
    for colour in ("#e69f00", "#8c8c8c", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"):
        assert contrast(colour, dark["figure"]) > 3, "colours of the figures that are left as they are"


def test_column_is_numeric_only_if_all_cells_are() -> None:
    rows = [["a", "1.5\n[1.0, 2.0]", "826c6d", "-3", "1 eeg"], ["b", "–", "e87b", "1,000", "eeg"]]
    assert Table("t", "abcde", rows).numeric_columns == [False, True, False, True, False]
    assert [format_significant(value) for value in (math.nan, 3.0, 0.0123456, 1e-7, -0.5)] == [
        "–",
        "3",
        "0.01235",
        "1e-07",
        "-0.5",
    ]


@pytest.mark.slow
def test_importing_the_report_does_not_import_jinja() -> None:
    code = "import sys, mpcl_core.reporting.report; print([m for m in ('jinja2', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_real_run_writes_a_report(data_dir: Path, tmp_path: Path) -> None:
    recipe = f"name: faces\nsource: {{use: ldl_mat, path: {data_dir / 'ldl' / 'SJAFFE.mat'}}}\n"
    recipe += "protocol: {use: kfold, folds: 2}\ntransforms: [{use: zscore}]\n"
    recipe += "variants: {near: {estimator: {use: knn, k: 3}}}\n"
    (tmp_path / "r.yaml").write_text(recipe)
    assert main(["run", str(tmp_path / "r.yaml"), "--out", str(tmp_path / "run"), "--jobs=1", "--no-figures"]) == 0
    found = page(tmp_path / "run")
    (table,) = (cells for title, cells in found.tables.items() if title.startswith("Error of each emotion"))
    from scipy.io import loadmat

    labels = loadmat(data_dir / "ldl" / "SJAFFE.mat")["labels"]
    assert [row[1] for row in table[1:]] == [f"{share:.4f}" for share in labels.mean(0)]
    (data,) = (dict(row[:2] for row in cells) for title, cells in found.tables.items() if title.startswith("Data,"))
    assert data["distinct labels"] == str(len(np.unique(labels, axis=0)))
    assert (data["windows"], data["tested subjects"]) == ("213", "unknown")
    assert "There are no intervals" in found.sections["result"]
    (cost,) = (cells for title, cells in found.tables.items() if title.startswith("Cost,"))
    assert all(float(row[2]) > 0 and float(row[5]) > 20 for row in cost[1:])
