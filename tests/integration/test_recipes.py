"""Every shipped recipe and every example has a description, is right, and takes one training step."""

from pathlib import Path

import pytest
import torch

from mpcl_core import recipes
from mpcl_core.app.inspection.checking import check
from mpcl_core.app.inspection.repeated_variants import repeated_variant_notes
from mpcl_core.data.prepare import output_modalities
from mpcl_core.interfaces.data import Batch
from mpcl_core.recipe.load import load
from mpcl_core.spec.network import NetworkSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_core.training.network import Learner, Network
from mpcl_core.training.network_check import NetworkSize
from support.paths import ROOT

RECIPES = sorted([*(ROOT / "examples").rglob("*.yaml"), *recipes.FOLDER.rglob("*.yaml")])


def real_path(recipe: Path, data_dir: Path) -> list[str]:
    """The option that points a recipe at the recordings it needs."""
    if "dmer" in recipe.name:
        return [f"source.path={data_dir / 'dmer-emotiondict' / 'data_feature_sample.mat'}"]
    if "emopair" in recipe.name:
        return [f"source.path={data_dir / 'emopaircompete'}"]
    if "wesad" in recipe.name:
        return [f"source.path={data_dir / 'wesad'}"]
    if recipe.stem == "lifesnaps-ridge":
        return [f"source.path={data_dir / 'lifesnaps' / 'daily.csv'}"]
    if recipe.stem == "crema-d-votes":
        return [f"source.path={data_dir / 'crema-d-votes' / 'votes.csv'}"]
    if recipe.stem == "ldl":
        return [f"source.path={data_dir / 'ldl' / 'SJAFFE.mat'}"]
    return []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_first_comment_lines_describe_the_recipe_and_its_command(recipe: Path) -> None:
    first, second, *_ = recipe.read_text().splitlines()
    assert first.startswith("# ")
    assert first.endswith(".")
    assert 20 < len(first) <= 120
    shipped = recipe.is_relative_to(recipes.FOLDER)
    name = recipe.relative_to(recipes.FOLDER).with_suffix("") if shipped else recipe.relative_to(ROOT)
    assert f"mpcl run {name}" in second


COMPARISONS = sorted((recipes.FOLDER / "comparison").glob("*.yaml"))


@pytest.mark.parametrize("recipe", COMPARISONS, ids=lambda path: path.stem)
def test_comparison_trains_no_networks_for_error_bars(recipe: Path) -> None:
    stated = {name: variant.node.mapping.get("error_bars") for name, variant in load(recipe).variants.items()}
    assert [name for name, bars in stated.items() if bars is not None and bars.mapping["folds"].value != 0] == []


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_recipe_is_right_and_takes_one_step(recipe: Path, data_dir: Path) -> None:
    checked = check(load(recipe, real_path(recipe, data_dir)))
    assert repeated_variant_notes(checked.specs) == []
    for name, spec in checked.specs.items():
        if isinstance(spec.model, NetworkSpec):
            one_step(spec, spec.model, checked.sizes[name])


def one_step(spec: VariantSpec, model: NetworkSpec, size: NetworkSize) -> None:
    source = spec.source.build()
    modalities = output_modalities(source.modalities, [block.build() for block in (*spec.prepare, *spec.transforms)])
    torch.manual_seed(0)
    learner = Learner(Network(model, modalities, source.labels, source.valence), model, len(source.labels))
    optimizer = torch.optim.SGD(learner.parameters(), lr=1e-3)
    before = [parameter.clone() for parameter in learner.parameters()]
    assert sum(parameter.numel() for parameter in before) == size.parameters
    k = len(source.labels)
    batch = Batch(
        {m.name: torch.randn(4, m.n_chans, m.n_times or 1) for m in modalities},
        {m.name: torch.ones(4, dtype=torch.bool) for m in modalities},
        torch.randn(4, k).softmax(-1),
        torch.ones(4),
    )
    _, losses = learner(batch)
    losses["loss"].backward()
    optimizer.step()
    assert losses["loss"].isfinite()
    assert any(not torch.equal(a, b) for a, b in zip(before, learner.parameters(), strict=True))
