"""Models of braindecode as encoders: the mechanism, on models of a stub with its constructor.

The last tests are of the library itself, and run where it is installed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from mpcl_core import testing
from mpcl_core.cli.main import main
from mpcl_core.interfaces.data import Modality
from mpcl_plugins.bridges.braindecode import Braindecode, _models
from support.braindecode_stub import EEGNet, install

EEG = Modality("eeg", 4, 64, 32.0)


@pytest.fixture
def stub() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        install(patch)
        yield


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "braindecode", None)


@pytest.mark.usefixtures("stub")
def test_it_keeps_the_contract() -> None:
    assert testing.failures(Braindecode, model="EEGNet", tokens=3) == {}


@pytest.mark.usefixtures("stub")
def test_a_model_that_reads_values_cannot_be_exported_and_keeps_the_rest_of_the_contract() -> None:
    assert list(testing.failures(Braindecode, model="Reading", tokens=3)) == ["any_number_of_windows"]


@pytest.mark.usefixtures("stub")
def test_the_model_receives_the_modality_and_its_outputs_are_the_tokens() -> None:
    encoder = Braindecode(modality=EEG, dim=8, model="EEGNet", tokens=3, parameters={"drop_prob": 0.5}).eval()
    assert isinstance(encoder.model, EEGNet)
    assert encoder.model.told == (4, 24, 64, 32.0)
    assert encoder.model.drop.p == 0.5
    x = torch.randn(5, 4, 64)
    torch.testing.assert_close(encoder(x), encoder.model(x).view(5, 3, 8))
    assert encoder.n_tokens == 3


@pytest.mark.usefixtures("stub")
def test_a_window_without_the_modality_has_no_influence_in_training() -> None:
    torch.manual_seed(0)
    encoder = Braindecode(modality=EEG, dim=8, model="EEGNet", parameters={"drop_prob": 0.0}).train()
    x = torch.randn(6, 4, 64)
    x[[1, 4]] = 0
    tokens = encoder(x)
    with_gaps = encoder.model.norm.running_mean.clone()
    assert not tokens[[1, 4]].any()
    encoder.model.norm.reset_running_stats()
    torch.testing.assert_close(encoder(x[[0, 2, 3, 5]]), tokens[[0, 2, 3, 5]])
    torch.testing.assert_close(encoder.model.norm.running_mean, with_gaps)
    before = encoder.model.norm.running_mean.clone()
    assert not encoder(torch.zeros(2, 4, 64)).any()
    torch.testing.assert_close(encoder.model.norm.running_mean, before)


@pytest.mark.usefixtures("stub")
def test_it_is_built_on_the_meta_device_but_the_model_is_checked() -> None:
    with torch.device("meta"):
        encoder = Braindecode(modality=EEG, dim=8, model="Reading")
        assert encoder(torch.zeros(2, 4, 64)).shape == (2, 4, 8)
    assert all(parameter.is_meta for parameter in encoder.parameters())


@pytest.mark.usefixtures("stub")
@pytest.mark.parametrize(
    ("modality", "model", "parameters", "message"),
    [
        (Modality("face", 2, 6), "EEGNet", {}, "'face' has no sampling rate; use 'linear_tokens' for features"),
        (Modality("gsr", 1, 16, 8.0), "EEGNet", {}, "EEGNet: n_times is 16, but the filters need 32"),
        (EEG, "EEGNetv4", {}, "no model of braindecode named 'EEGNetv4'. Did you mean 'EEGNet'"),
        (EEG, "EEGNet", {"drop": 0.5}, "EEGNet has no parameter 'drop'. Did you mean 'drop_prob'. It takes: drop_prob"),
        (EEG, "Dense", {}, r"Dense returns \(2, 4, 64\) for two windows, but must return \(2, 32\)"),
        (Modality("eeg", 4, 40, 32.0), "EEGNet", {"drop_prob": 2.0}, "EEGNet: dropout probability"),
    ],
)
def test_bad_parameters_are_refused(
    modality: Modality, model: str, parameters: dict[str, bool | int | float | str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Braindecode(modality=modality, dim=8, model=model, parameters={**parameters})


@pytest.mark.usefixtures("absent")
def test_without_braindecode_the_error_states_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = Path("mpcl_core/recipes/described.yaml").resolve()
    mine = tmp_path / "r.yaml"
    encoder = "{use: braindecode, model: EEGNet}"
    mine.write_text(f"extends: {recipe}\nname: r\nstreams:\n  physiological:\n    encoders:\n      eeg: {encoder}\n")
    assert main(["check", str(mine)]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(
        f"{mine}:6:7: streams.physiological.encoders.eeg: 'braindecode': braindecode is not installed"
    )
    assert "pip install 'mpcl[braindecode]'" in printed
    assert main(["list", "encoder"]) == 0


def test_an_error_of_the_library_on_import_is_quoted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "braindecode").mkdir()
    (tmp_path / "braindecode" / "__init__.py").write_text("raise OSError('Could not load this library: x.so')")
    for name in [name for name in sys.modules if name.partition(".")[0] == "braindecode"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(
        ValueError, match=r"braindecode cannot be imported: OSError: Could not load this library: x\.so"
    ):
        Braindecode(modality=EEG, dim=8, model="EEGNet")


MODELS = ("EEGNet", "ShallowFBCSPNet", "Deep4Net", "EEGConformer", "ATCNet")
STUDY = """
name: r
dim: 8
source: {use: simulated, subjects: 4, trials: 2, seconds: 6, missing: 0.0}
prepare: [{use: window, length: 6.0, hop: 6.0}]
protocol: {use: subject_kfold, folds: 2}
references: {mean: null}
streams: {physiological: {encoders: {eeg: {use: braindecode, model: EEGNet}}, fusion: {use: mean}}}
head: {use: linear}
objectives: {distribution: {use: kl}}
train: {epochs: 1}
variants:
"""


@pytest.fixture
def library() -> None:
    try:
        _models()
    except ValueError as error:
        pytest.skip(str(error))


@pytest.mark.slow
@pytest.mark.usefixtures("library")
@pytest.mark.filterwarnings("ignore")  # what the library says of itself and of its parts
@pytest.mark.parametrize("model", [*MODELS, "TCFormer"])
def test_windows_do_not_mix_in_a_prediction_of_the_library(model: str) -> None:
    encoder = Braindecode(modality=Modality("eeg", 8, 512, 128.0), dim=16, model=model, tokens=4)
    x = torch.randn(4, 8, 512)
    encoder(x).square().sum().backward()
    assert all(parameter.grad is not None for parameter in encoder.parameters() if parameter.requires_grad)
    joint, alone = encoder.eval()(x), torch.cat([encoder(row[None]) for row in x])
    assert joint.shape == (4, 4, 16)
    torch.testing.assert_close(joint, alone, atol=1e-4, rtol=1e-4)
    assert any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in encoder.modules())


@pytest.mark.slow
@pytest.mark.usefixtures("library")
@pytest.mark.filterwarnings("ignore")
def test_models_of_the_library_are_trained(tmp_path: Path) -> None:
    variant = "  {0}: {{streams: {{physiological: {{encoders: {{eeg: {{model: {0}}}}}}}}}}}\n"
    recipe = tmp_path / "r.yaml"
    recipe.write_text(STUDY + "".join(map(variant.format, MODELS)))
    assert main(["run", str(recipe), f"--out={tmp_path / 'out'}", "--jobs=1", "--no-figures"]) == 0


@pytest.mark.slow
@pytest.mark.usefixtures("library")
@pytest.mark.filterwarnings("ignore")
def test_model_of_the_library_that_refuses_is_quoted() -> None:
    modality = Modality("eeg", 8, 256, 128.0)
    with pytest.raises(ValueError, match="SleepStagerBlanco2020: Given input size"):
        Braindecode(modality=modality, dim=8, model="SleepStagerBlanco2020")
    with pytest.raises(ValueError, match="SignalJEPA: chs_info is required"):
        Braindecode(modality=modality, dim=8, model="SignalJEPA")
