"""``mpcl test``: for an author who knows no pytest."""

import json
import re
from pathlib import Path

import pytest

from mpcl_core.cli.main import main
from support.paths import ROOT

(MOMENTS,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE | re.DOTALL)
MIXING = MOMENTS.replace("spread = (x.var", "x = x - x.mean(0)\n        spread = (x.var")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "moments.py"
    path.write_text(MOMENTS)
    return path


def test_correct_plugin_passes_all_checks(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(file)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(f"encoder 'moments' ({file})\n  passed  parameters_have_defaults\n")
    (remaining, of) = re.findall(r"(\d+) of (\d+) checks passed", printed)[0]
    assert remaining == of
    assert int(of) >= 12


def test_failed_check_is_explained(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(MIXING)
    assert main(["test", str(file), "-k", "mix"]) == 1
    printed = capsys.readouterr().out
    assert (
        "  FAILED  windows_do_not_mix\n          Contract: Require the same output in eval mode for a window alone"
        in printed
    )
    assert re.search(
        r"Found: tokens of window 0 differs between the window alone and in a batch of four: \S+ and \S+ at", printed
    )
    assert printed.endswith("0 of 1 checks passed.\n")


def test_results_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(MIXING)
    assert main(["test", str(file), "-k", "moments-windows", "--json"]) == 1
    (result,) = json.loads(capsys.readouterr().out)
    assert (result["component"], result["check"], result["file"]) == ("moments", "windows_do_not_mix", str(file))
    assert "window 0" in result["failure"]


def test_components_by_name_with_parameters(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "moments", "--plugin", str(file), "-k", "shapes", "--set", "dropout=0.5"]) == 0
    assert main(["test", "window", "-k", "outputs", "--set", "length=4.0"]) == 0
    assert main(["test", "pcl", "-k", "padding", "--set", "retrieval.use=hopfield", "--set", "retrieval.beta=4.0"]) == 0
    nested = ["--set", "head.use=linear", "--set", "stream=behavioural"]
    assert main(["test", "personal_prior", "-k", "shapes", *nested]) == 0


WRONG = {
    "window": "window: 'window' needs 'length'",
    "windov": "no component named 'windov', and no such file",
    "none.py": "no plugin file",
    "window --set length=long": "window.length: expected a number",
    "window --set lenght=4.0": "window: 'window' has no parameter 'lenght'",
    "mean -k unheard": "no check has 'unheard' in its name",
}


@pytest.mark.parametrize("command", WRONG)
def test_wrong_use_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", *command.split()]) == 2
    printed = capsys.readouterr().err
    assert WRONG[command].split(": ")[-1] in printed
    assert "Traceback" not in printed


def test_plugin_that_does_not_load_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("1 / 0\n")
    assert main(["test", str(file)]) == 2
    assert f"{file} did not load: ZeroDivisionError: division by zero" in capsys.readouterr().err


def test_forward_that_raises_is_reported_with_its_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(MOMENTS.replace("spread = (x.var", "raise KeyError('x')\n        spread = (x.var"))
    assert main(["test", str(file), "-k", "shapes"]) == 1
    assert re.search(r"Found: it raised KeyError: 'x' \(.*moments\.py:\d+\)", capsys.readouterr().out)
