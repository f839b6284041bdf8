"""The page of a server in a real browser: live predictions, an upload and its errors, at two widths, light and dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from mpcl_core.model.stream.live_prediction import LivePrediction
from mpcl_core.model.stream.replay import Replay
from mpcl_core.serving.application import make_application
from mpcl_core.serving.settings import ServeSettings
from support.live_models import live_model, pooled_model, recording
from support.served import served

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium or Chrome")]


def live() -> Iterator[LivePrediction]:
    made = recording(8.0)
    made.signals["eeg"].values[:, 400:] = float("nan")
    return Replay(live_model(), made, float("inf")).run()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def test_page_shows_live_predictions_and_uploads(browser: Any, tmp_path: Path) -> None:
    lines = [f"{i / 64},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(recording(4.0).signals["eeg"].values.T)]
    (tmp_path / "film.csv").write_text("\n".join(["time,Cz,Fz", *lines]))
    (tmp_path / "bad.csv").write_text("time,ECG\n0,1\n1,2\n")
    application = make_application(live_model(), ServeSettings(port=0), live)
    with served(application) as address:
        for width, scheme in ((1280, "light"), (390, "dark")):
            page, errors = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme), []
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            page.goto(address)
            page.wait_for_selector("#live-state:has-text('ended')")
            assert page.locator("#live-chart .emotion").count() == 3
            page.wait_for_selector("#live-modalities .gaps:has-text('eeg')")
            page.wait_for_selector("#live-modalities .good:has-text('gsr')")
            page.set_input_files("input[type=file]", tmp_path / "film.csv")
            page.click("button.primary")
            page.wait_for_selector("#upload-state:has-text('Mean of 5 windows of film')")
            page.set_input_files("input[type=file]", tmp_path / "bad.csv")
            page.click("button.primary")
            page.wait_for_selector("#upload-error:has-text('none of the model')")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            background = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert background == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 22, 26)")
            assert errors == []
            page.close()


def test_long_recording_of_a_model_that_pools_has_a_course(browser: Any, tmp_path: Path) -> None:
    lines = [f"{i / 64},{a:.4f},{b:.4f}" for i, (a, b) in enumerate(recording(12.0).signals["eeg"].values.T)]
    (tmp_path / "film.csv").write_text("\n".join(["time,Cz,Fz", *lines]))
    with served(make_application(pooled_model(), ServeSettings(port=0))) as address:
        page = browser.new_page()
        page.goto(address)
        page.set_input_files("input[type=file]", tmp_path / "film.csv")
        heights = []
        for stretch in ("", "4"):
            page.fill("input[name=stretch]", stretch)
            page.click("button.primary")
            page.wait_for_selector("#upload-state:has-text('Mean of 6 windows of film')")
            path = page.locator("#upload-chart .line").first.get_attribute("d")
            heights.append(len({point.split(" ")[1] for point in path.replace("M", "L").split("L")[1:]}))
            page.evaluate("document.getElementById('upload-state').textContent = ''")
        assert heights == [1, 3]
