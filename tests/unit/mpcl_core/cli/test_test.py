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


TWO = MOMENTS.replace("return [Moments]", "return [Moments, Wrap]").replace(
    "@hookimpl",
    '''class Wrap(Encoder):
    """Wrap."""

    name = "wrap"

    def __init__(self, *, modality: Modality, dim: int, inner: Encoder) -> None:
        super().__init__(modality=modality, dim=dim)
        self.inner, self.n_tokens = inner, inner.n_tokens

    def forward(self, x: Float[Tensor, "b c t"]) -> Float[Tensor, "b n d"]:
        """Encode."""
        return self.inner(x)


@hookimpl''',
)


def test_component_that_lacks_a_parameter_fails_and_others_are_tested(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(TWO)
    assert main(["test", str(file), "-k", "para"]) == 1
    printed = capsys.readouterr().out
    assert "passed  parameters_have_defaults" in printed
    assert "FAILED  parameters" in printed
    assert "Found: 'wrap' needs 'inner'. State it: --set wrap.KEY=VALUE" in printed


@pytest.mark.parametrize(
    "option", ["wrap.inner={use: linear_tokens}", "inner={use: linear_tokens}", "inner.use=moments"]
)
def test_parameter_is_given_to_the_component_that_takes_it(
    option: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(TWO)
    assert main(["test", str(file), "-k", "shapes", "--set", option, "--json"]) == 0
    assert {result["component"] for result in json.loads(capsys.readouterr().out)} == {"moments", "wrap"}


def test_parameter_that_no_component_takes_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(TWO)
    assert main(["test", str(file), "--set", "wrap.iner={use: linear_tokens}"]) == 2
    assert "'wrap' has no parameter 'iner'. Did you mean 'inner'?" in capsys.readouterr().err


WRONG = {
    "windov": "no component named 'windov', and no such file. Did you mean 'window'?",
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
