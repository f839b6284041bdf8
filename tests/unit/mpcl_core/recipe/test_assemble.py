"""Assemble blocks into components with checked parameters; every fault has its place."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import RecipeError
from mpcl_core.recipe.assemble import assemble
from mpcl_core.recipe.load import load
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.robustness import RobustnessSettings
from mpcl_core.spec.variant import VariantSpec
from support.toy_components import RECIPE, Assoc, Files, Flat, Look, Prior, Toys


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the toy recipe to the current folder, with a short name that keeps places short."""
    monkeypatch.chdir(tmp_path)
    Path("toy.yaml").write_text(RECIPE)
    return Path("toy.yaml")


def variant_spec(sets: Sequence[str] = ()) -> VariantSpec:
    (only,) = assemble(load(Path("toy.yaml"), sets), Toys()).values()
    return only


def network(sets: Sequence[str] = ()) -> NetworkSpec:
    model = variant_spec(sets).model
    assert isinstance(model, NetworkSpec)
    return model


def faults(*sets: str, text: str | None = None) -> list[str]:
    if text is not None:
        Path("toy.yaml").write_text(text)
    with pytest.raises(RecipeError) as caught:
        assemble(load(Path("toy.yaml"), sets), Toys())
    return str(caught.value).splitlines()


def test_recipe_is_assembled_into_a_spec(toy: Path) -> None:
    made = variant_spec()
    model = made.model
    assert isinstance(model, NetworkSpec)
    assert (made.name, model.dim, list(model.streams)) == ("main", 8, ["body", "face"])
    assert model.streams["body"].encoders["eeg"].cls is Flat
    assert model.streams["body"].encoders["eeg"].parameters == {"tokens": 3, "dropout": 0.0}
    assert model.streams["body"].fusion.parameters == {
        "primary": "eeg",
        "betas": (1.0, 4.0, 10.0),
        "gate": "open",
        "mix": 1.0,
        "copy": False,
    }
    assert model.objectives["fit"][1] == 1.0
    pair, weight = model.objectives["pair"]
    assert weight == 0.01
    assert isinstance(pair.parameters["retrieval"], Block)
    assert (pair.parameters["retrieval"].cls, pair.parameters["second"]) == (Look, None)
    assert model.train.lr == 1e-3
    assert {name: block.cls for name, block in made.baselines.items()} == {"prior": Prior}


def test_spec_builds_its_components(toy: Path) -> None:
    source = variant_spec().source.build()
    fusion = network().streams["body"].fusion.build(modalities=source.modalities, n_tokens=(3, 2), dim=8, n_outputs=2)
    assert isinstance(fusion, Assoc)
    assert fusion.betas == (1.0, 4.0, 10.0)


def test_robustness_block_has_defaults_and_is_off_without_it(toy: Path) -> None:
    assert variant_spec().robustness is None
    assert variant_spec(["robustness={rates: [0.2, 0.5]}"]).robustness == RobustnessSettings(
        rates=(0.2, 0.5), repeats=5
    )
    assert variant_spec(["robustness={}"]).robustness == RobustnessSettings()
    assert variant_spec(["robustness={rates: [0.2]}", "robustness=null"]).robustness is None


def test_blocks_have_their_places(toy: Path) -> None:
    made = variant_spec()
    assert (str(made.source.place), made.source.key) == ("toy.yaml:5:1", "source")
    assert (str(made.transforms[0].place), made.transforms[0].key) == ("toy.yaml:7:14", "transforms[0]")
    encoder = network().streams["body"].encoders["ppg"]
    assert (str(encoder.place), encoder.key) == ("toy.yaml:12:7", "streams.body.encoders.ppg")


def test_paths_are_relative_to_the_file_that_states_them(toy: Path) -> None:
    folder = Path("sub")
    folder.mkdir()
    (folder / "child.yaml").write_text("extends: ../toy.yaml\nsource: {others: [a, ../b], parts: {x: c}}\n")
    (made,) = assemble(load(folder / "child.yaml", ["source.parts.y=d"]), Toys()).values()
    here = Path.cwd()
    expected = {
        "path": here / "sub/../data/raw",
        "others": (here / "sub/a", here / "sub/../b"),
        "parts": {"x": here / "sub/c", "y": here / "d"},
    }
    assert made.source.parameters == expected
    assert isinstance(made.source.build(), Files)
    assert made.recipe["source"]["parts"] == {"x": str(here / "sub/c"), "y": str(here / "d")}


def test_absolute_paths_and_home_are_resolved(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    parameters = variant_spec(["source.path=/data", "source.others=[~/x]"]).source.parameters
    assert parameters["path"] == Path("/data")
    assert parameters["others"] == (Path("/home/me/x"),)


def test_resolved_text_gives_the_same_specs_in_another_folder(toy: Path, tmp_path: Path) -> None:
    Path("child.yaml").write_text(
        "extends: toy.yaml\nvariants:\n  full: {}\n  prior: {estimator: {use: prior}}\n"
        "  less: {objectives: {pair: null}, streams: {body: {fusion: {use: average}}}}\n"
    )
    recipe = load(Path("child.yaml"))
    before = assemble(recipe, Toys())
    other = tmp_path / "elsewhere" / "recipe.yaml"
    other.parent.mkdir()
    other.write_text(recipe.resolved(before))
    again = load(other)
    after = assemble(again, Toys())
    assert [made.recipe for made in after.values()] == [made.recipe for made in before.values()]
    assert again.resolved(after) == other.read_text()
    assert after["full"].source.parameters["path"] == Path.cwd() / "data/raw"
    assert "less:\n    streams:\n      body:\n        fusion: {use: average}\n    objectives: {pair: null}" in (
        other.read_text()
    )


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("head.use=logit", "--set:1:10: head.use: no head named 'logit'. Known: logits, odd."),
        (
            "head.level=2",
            "--set:1:6: head.level: 'logits' has no parameter 'level'. Did you mean 'levels'? It takes: levels, dropout.",
        ),
        ("head.dim=2", "--set:1:6: head.dim: the engine supplies 'dim' to 'logits', so leave it out."),
        (
            "protocol.x=2",
            "--set:1:10: protocol.x: 'halves' has no parameter 'x'. It takes none.",
        ),
        ("source.path=null", "--set:1:1: source: 'files' needs 'path'."),
        ("source.path=3", "--set:1:13: source.path: expected text, got 3. Put it in quotes."),
        ("head.levels=[2, 0]", "--set:1:17: head.levels[1]: must be at least 1, got 0."),
        ("head.levels=[2, 1.0]", "--set:1:17: head.levels[1]: expected a whole number, got 1.0."),
        ("head.levels=2", "--set:1:13: head.levels: expected a list, got 2."),
        ("head.dropout=1", "--set:1:14: head.dropout: must be below 1, got 1."),
        ("head.dropout=true", "--set:1:14: head.dropout: expected a number, got true."),
        (
            "streams.body.fusion.gate=shut",
            "--set:1:26: streams.body.fusion.gate: expected 'open' or 'learned' or a number, got 'shut'.",
        ),
        (
            "streams.body.fusion.gate=0",
            "--set:1:26: streams.body.fusion.gate: must be 'open' or 'learned' or above 0, got 0.",
        ),
        (
            "streams.body.fusion.primary=gsr",
            "--set:1:29: streams.body.fusion.primary: the stream has no modality 'gsr'. It has: eeg, ppg.",
        ),
        ("streams.body.fusion.copy=1", "--set:1:26: streams.body.fusion.copy: expected true or false, got 1."),
        ("streams.body.fusion.mix=[1, x]", "--set:1:29: streams.body.fusion.mix[1]: expected a number, got 'x'."),
        ("streams.body.fusion.mix=x", "--set:1:25: streams.body.fusion.mix: expected a number or a list, got 'x'."),
        ("objectives.pair.retrieval=look", "--set:1:27: objectives.pair.retrieval: expected a block like {use: name}, got 'look'."),
        ("objectives.pair.retrieval={beta: 1, use: lok}", "--set:1:42: objectives.pair.retrieval.use: no retrieval named 'lok'. Known: look."),
        ("objectives.pair.retrieval.beta=-1", "--set:1:32: objectives.pair.retrieval.beta: must be above 0, got -1."),
        ("objectives.pair.retrieval=null", "--set:1:12: objectives.pair: 'pair' needs 'retrieval'."),
        ("transforms=[{use: cut, length: 1}]", "--set:1:19: transforms[0].use: 'cut' is not a fitted transform, so it belongs under 'prepare'."),
        ("prepare=[{use: scale}]", "--set:1:16: prepare[0].use: 'scale' is not a stateless transform, so it belongs under 'transforms'."),
        ("streams.face.memory=null", "toy.yaml:23:3: objectives.pair needs two streams with a memory, but 'face' has none."),
        ("streams.face=null", "toy.yaml:23:3: objectives.pair needs two streams with a memory, but there is only one."),
        ("references.prior.k=0", "--set:1:20: references.prior.k: must be at least 1, got 0."),
    ],
)  # fmt: skip
def test_faults_of_components(toy: Path, option: str, expected: str) -> None:
    assert faults(option) == [expected]


def test_unusable_parameter_type_names_the_plugin(toy: Path) -> None:
    (message,) = faults("head={use: odd, thing: 1}")
    assert message.startswith("--set:1:12: head.use: 'odd' cannot be used in a recipe (")
    assert "toy_components.py" in message


def test_all_faults_are_reported_once(toy: Path) -> None:
    text = RECIPE.replace("use: halves", "use: halvs").replace("tokens: 3", "tokens: 0")
    text += "variants:\n  a: {}\n  b: {head: {use: x}}\n"
    assert faults(text=text) == [
        "toy.yaml:6:17: protocol.use: no protocol named 'halvs'. Known: halves.",
        "toy.yaml:11:32: streams.body.encoders.eeg.tokens: must be at least 1, got 0.",
        "toy.yaml:29:19: head.use: no head named 'x'. Known: logits, odd. Only in variant b.",
    ]


def test_estimator_replaces_the_network(toy: Path) -> None:
    made = variant_spec(["estimator={use: prior, k: 3}", "streams.body.fusion.use=unheard"])
    assert isinstance(made.model, Block)
    assert (made.model.cls, made.model.parameters) == (Prior, {"k": 3, "modalities": None})


def test_pretraining_names_objectives_that_use_no_labels(toy: Path) -> None:
    phase = "train.pretrain={epochs: 1, lr: 0.1, objectives: {%s: 1.0}}"
    assert "uses labels, so it cannot train without them" in faults(phase % "fit")[0]
    assert "there is no objective 'fitt'. Did you mean 'fit'?" in faults(phase % "fitt")[0]
    assert "epochs" in faults("train.pretrain={epoch: 1, lr: 0.1, objectives: {fit: 1.0}}")[0]
    assert faults("train.pretrain={epochs: 1, lr: 0.1, objectives: {}}")


def test_start_model_is_a_path_beside_the_recipe_and_its_parts_are_blocks(toy: Path) -> None:
    made = assemble(load(toy, ["train={from: models/old, freeze: [head]}"]), Toys())["main"]
    assert isinstance(made.model, NetworkSpec)
    assert made.model.train.from_model == Path("models/old").absolute()
    assert made.recipe["train"]["from"] == str(Path("models/old").absolute())
    (fault,) = faults("train={from: m, freeze: [streams.bodi]}")
    assert "train.freeze[0]: the network has no block 'streams.bodi'." in fault
    (fault,) = faults("train={from: m, from_parts: [streams], freeze: [head]}")
    assert "'head' is not loaded from the model, so it cannot be frozen; name it in from_parts." in fault
    assert "Did you mean 'from'?" in faults("train.fro=m")[0]


def test_mix_needs_held_out_people_and_names_of_its_own(toy: Path) -> None:
    assert list(network(["mix={flat: {use: prior}}"]).mix) == ["flat"]
    (fault,) = faults("mix={flat: {use: prior}}", "train.refit=false")
    assert "mix: mix compares models on people whom they did not learn from: it needs train.refit: true." in fault
    (fault,) = faults("mix={flat: {use: prior}}", "train.choose=last", "error_bars={folds: 0}")
    assert "mix needs held-out people: error_bars.folds must not be 0" in fault
    (fault,) = faults("train={shrink: true, choose: last}", "error_bars={folds: 0}")
    assert "train.shrink needs held-out people: error_bars.folds must not be 0" in fault
    (fault,) = faults("mix={network: {use: prior}}")
    assert "'network' is the name of the network itself" in fault
