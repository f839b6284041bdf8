"""The public API runs, checks, audits and compares recipes."""

import json
from pathlib import Path

import numpy as np
import pytest

import mpcl_core
from mpcl_core.evaluation.run import Run
from mpcl_core.interfaces.errors import RecipeError, UsageError
from mpcl_core.recipe.load import Recipe

SMALL = ["source.subjects=3", "source.trials=4", "source.seconds=12", "dim=8", "train.epochs=1"]
MEAN = {
    "name": "tiny",
    "source": {"use": "simulated", "subjects": 3, "trials": 3, "seconds": 8},
    "prepare": [{"use": "window", "length": 4.0}],
    "protocol": {"use": "loso"},
    "references": {"uniform": None, "knn": None},
    "variants": {"ridge": {"estimator": {"use": "ridge"}}, "flat": {"estimator": {"use": "uniform"}}},
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_run_returns_the_finished_run_and_passes_messages_on(tmp_path: Path) -> None:
    lines: list[str] = []
    run = mpcl_core.run("described", sets=SMALL, out=tmp_path / "run", jobs=1, figures=False, on_message=lines.append)
    assert isinstance(run, Run)
    assert run.path == tmp_path / "run"
    assert lines[0] == "Reading simulated …"
    assert sum(line.startswith("[") for line in lines) == 12
    assert not any("\x1b" in line for line in lines)
    assert mpcl_core.open_run(run.path).manifest == run.manifest
    assert run.report.is_file()


@pytest.mark.slow
def test_mapping_is_run_silently_with_selected_variants(capsys: pytest.CaptureFixture[str]) -> None:
    run = mpcl_core.run(MEAN, variants=["ridge"], out="run", jobs=1, figures=False, device="cpu", on_message=None)
    assert set(np.asarray(run.summary()["variant"])) == {"mean", "ridge"}
    assert capsys.readouterr() == ("", "")
    assert "flat" not in Path("run/recipe.yaml").read_text(), "the resolved recipe holds what was run"
    (table,) = mpcl_core.compare(run, metric="cosine", on_message=None)
    assert table.title == "tiny: subject-independent"


def test_summary_of_a_run_as_a_notebook_shows_it() -> None:
    run = mpcl_core.run(MEAN, out="run", jobs=1, figures=False, on_message=None)
    html = run._repr_html_()
    assert html.startswith("<")
    assert "ridge" in html
    assert "\x1b" not in html


def test_check_accepts_every_form_of_a_recipe() -> None:
    Path("r.yaml").write_text(json.dumps(MEAN))
    loaded = mpcl_core.load_recipe("r.yaml")
    assert isinstance(loaded, Recipe)
    for recipe in ("r.yaml", Path("r.yaml"), MEAN, loaded):
        assert list(mpcl_core.check(recipe).specs) == ["ridge", "flat"]
    assert mpcl_core.check("mpcl", sets=["dim=8"]).sizes["main"].parameters > 1000
    assert list(mpcl_core.check(loaded, variants=["flat"]).specs) == ["flat"]


def test_wrong_use_is_one_message() -> None:
    with pytest.raises(UsageError, match=r"no variant named 'fllat'\. Variants: ridge, flat\."):
        mpcl_core.run(MEAN, variants=["fllat"])
    with pytest.raises(UsageError, match="no variant is selected"):
        mpcl_core.check(MEAN, variants=[])
    with pytest.raises(UsageError, match="options patch a recipe while it is loaded"):
        mpcl_core.check(mpcl_core.load_recipe(MEAN), sets=["dim=3"])
    with pytest.raises(UsageError, match="options patch a recipe while it is loaded"):
        mpcl_core.audit(mpcl_core.load_recipe(MEAN), sets=["dim=3"])
    with pytest.raises(RecipeError, match="no shipped recipe of that name"):
        mpcl_core.check("mplc")
    with pytest.raises(UsageError, match="there is no run folder"):
        mpcl_core.open_run("nowhere")


@pytest.mark.slow
def test_audit_returns_a_report() -> None:
    lines: list[str] = []
    report = mpcl_core.audit(MEAN, on_message=lines.append)
    assert report.findings == []
    assert lines


def test_metrics_are_functions() -> None:
    D = np.full((4, 5), 0.2)
    assert mpcl_core.metrics.kl_divergence(D, D) == pytest.approx(0.0)


def test_losses_are_functions() -> None:
    assert {"kl", "pcl", "prd"} <= set(dir(mpcl_core.losses))
