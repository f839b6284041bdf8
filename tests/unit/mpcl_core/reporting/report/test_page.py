"""Reports of hand-made run folders and of a real run: one file, no active content, the numbers of the run."""

import hashlib
import logging
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.report import figure_sections, write_report
from support.paths import ROOT
from support.report_pages import EVIL, MEAN, finish, job, make_full_run, page, study


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a run of two grades with its figures and its report."""
    run = tmp_path_factory.mktemp("run")
    make_full_run(run)
    draw(Run(run))
    assert write_report(Run(run)) == run / "report.html"
    return run


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


def test_the_same_run_gives_the_same_report(full: Path) -> None:
    before = (full / "report.html").read_bytes()
    write_report(Run(full))
    assert (full / "report.html").read_bytes() == before
    assert len(before) < 5_000_000


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Make a minimal run: one estimator."""
    job(tmp_path, "main", MEAN)
    finish(tmp_path, study("main"), references={})
    write_report(Run(tmp_path))
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
    assert write_report(Run(bare))
    assert "No job of this study has finished." in page(bare).sections["result"]


def test_failing_report_is_logged(bare: Path, caplog: pytest.LogCaptureFixture) -> None:
    (bare / "recipe.yaml").unlink()
    with caplog.at_level(logging.WARNING, "mpcl.report"):
        assert write_report(Run(bare)) is None
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
    write_report(Run(full))
    assert "too large for this page" in page(full).sections["cooccurrence"]
    assert not [tag for tag, _ in page(full).tags if tag in ("svg", "img")]
    monkeypatch.undo()
    write_report(Run(full))


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
