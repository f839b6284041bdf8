"""Accept every valid recipe by the JSON Schema, and reject common mistakes."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mpcl_core.cli.main import main
from mpcl_core.recipe.json_schema import recipe_schema
from mpcl_core.recipe.load import load
from mpcl_core.recipe.node import to_plain
from mpcl_core.recipe.yaml import read
from mpcl_core.recipes import FOLDER
from mpcl_registry.discover import discover
from support.paths import ROOT

EXAMPLES = ROOT / "examples"
PLUGINS = sorted(path for path in EXAMPLES.glob("*/*.py") if not path.name.startswith("test_"))


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    entries = discover(PLUGINS, entries=()).catalog.entries()
    return recipe_schema([entry.cls for entry in entries])


@pytest.fixture(scope="module")
def validator(schema: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def tree(path: Path) -> Any:
    """Read a text as an editor does, with numbers as the recipe reader reads them."""
    faults: list[Any] = []
    node = read(path, faults)
    assert node is not None
    assert not faults
    return to_plain(node)


def faults(validator: Draft202012Validator, text: str, path: Path) -> list[tuple[str, str]]:
    path.write_text(text)
    return [
        (".".join(map(str, error.absolute_path)), error.message) for error in _leaves(validator.iter_errors(tree(path)))
    ]


def _leaves(errors: Any) -> Any:
    for error in errors:
        if error.context:
            yield from _leaves(error.context)
        else:
            yield error


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe", sorted([*EXAMPLES.rglob("*.yaml"), *FOLDER.rglob("*.yaml")]), ids=lambda path: path.stem
)
def test_schema_accepts_every_shipped_recipe(recipe: Path, validator: Draft202012Validator) -> None:
    validator.validate(tree(recipe))


@pytest.mark.slow
def test_schema_accepts_a_resolved_recipe(validator: Draft202012Validator, tmp_path: Path) -> None:
    recipe = load("mpcl")
    validator.validate({"name": "x", "extends": None, **to_plain(recipe.variants["main"].node)})


BASE = "name: x\nsource: {use: simulated}\nprotocol: {use: loso}\n"
CHILD = "extends: other.yaml\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (BASE + "head: {use: hsc, levle: 3}\n", "head", "'levle' was unexpected"),
        (BASE + "head: {use: hcs}\n", "head.use", "'hcs' is not one of"),
        (BASE + "head: {}\n", "head", "'use' is a required property"),
        (BASE + "head: null\n", "head", "None is not of type 'object'"),
        (BASE + "haed: {use: hsc}\n", "", "'haed' was unexpected"),
        (BASE + "train: {epochs: many}\n", "train.epochs", "'many' is not of type 'integer'"),
        (BASE + "train: {epoch: 3}\n", "train", "'epoch' was unexpected"),
        (BASE + "transforms: [{use: window, length: 4.0}]\n", "transforms.0.use", "'window' is not one of"),
        (BASE + "prepare: [{use: window}]\n", "prepare.0", "'length' is a required property"),
        (BASE + "objectives: {p: {use: pcl, retrieval: {use: hopfeld}}}\n", "objectives.p.retrieval.use", "not one of"),
        (BASE + "objectives: {p: {use: pcl}}\n", "objectives.p", "'retrieval' is a required property"),
        (BASE + "streams: {s: {encoders: {}}}\n", "streams.s", "'fusion' is a required property"),
        (BASE + "variants: {v: {head: {use: hsc, levle: 3}}}\n", "variants.v.head", "'levle' was unexpected"),
        (BASE + "variants: {v: {seeds: [1]}}\n", "variants.v", "'seeds' was unexpected"),
        (CHILD + "source: {subjetcs: 3}\n", "source", "'subjetcs' was unexpected"),
        (CHILD + "source: {use: simulated, snr: -1}\n", "source.snr", "-1 is less than the minimum"),
        (CHILD + "source: {use: respiration}\n", "source.use", "'respiration' is not one of"),
        ("seeds: [0]\n", "", "'name' is a required property"),
    ],
)
def test_schema_rejects_mistakes(
    text: str, place: str, message: str, validator: Draft202012Validator, tmp_path: Path
) -> None:
    found = faults(validator, text, tmp_path / "r.yaml")
    assert any(where == place and message in what for where, what in found), found


@pytest.mark.parametrize(
    "text",
    [
        CHILD,
        CHILD + "objectives: {prd: null, pcl: {weight: 0.5, retrieval: {beta: 4.0}}}\n",
        CHILD
        + "streams: {behavioural: null, physiological: {memory: null, encoders: {ppg: null, gsr: {tokens: 2}}}}\n",
        CHILD + "source: {subjects: 16}\nvariants: null\n",
        BASE + "references: {knn: {k: 3}, mean: null}\ntrain: {epochs: 3}\n",
        BASE + "objectives: {o: {use: kl, weight: 0.5}}\n",
        BASE + "variants: {v: {estimator: {use: mean}}, w: {}, x: {train: {lr: 1e-4}, head: null}}\n",
    ],
)
def test_patch_may_be_partial(text: str, validator: Draft202012Validator, tmp_path: Path) -> None:
    assert faults(validator, text, tmp_path / "r.yaml") == []


def test_parameters_have_descriptions(schema: dict[str, Any]) -> None:
    (case,) = [case for case in schema["$defs"]["encoder"]["allOf"] if "conv_tokens" in str(case["if"])]
    kernel = case["then"]["properties"]["kernel"]
    assert kernel["description"] == "length of the filters in seconds, at least one sample."
    assert (kernel["default"], kernel["exclusiveMinimum"]) == (0.5, 0)


def test_unusable_component_does_not_break_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "odd.py"
    path.write_text(
        "from mpcl_core.interfaces.components import Estimator\nfrom mpcl_core.interfaces.hooks import hookimpl\n"
        "class Odd(Estimator):\n    name = 'odd'\n    def __init__(self, *, x: 'Nothing'): pass\n"
        "    def fit(self, windows): return self\n    def predict(self, windows): return None\n"
        "@hookimpl\ndef mpcl_components():\n    return [Odd]\n"
    )
    assert main(["schema", "--plugin", str(path), "--out", str(tmp_path / "schema.json")]) == 0
    assert '"knn"' in (tmp_path / "schema.json").read_text()


def test_folder_as_output_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--out", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
