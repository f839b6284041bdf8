"""All components of a variant are visited, nested ones first."""

from dataclasses import replace

from mpcl_core.leaks.variant_components import list_components, replace_blocks
from mpcl_core.spec.block import Block
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, variant_spec
from support.trainers import Unused

NETWORK = variant_spec(
    "net",
    network(objectives={"pcl": (block(PCL, retrieval=block(Hopfield)), 0.5)}),
    block(Unused),
    block(LOSO),
    [block(ZScore, scope="train")],
)


def test_every_class_is_listed_and_transforms_with_their_parameters() -> None:
    found = {cls.name: text for cls, text in list_components(NETWORK)}
    assert set(found) == {"linear_tokens", "concat", "mean", "prototype_bank", "linear", "pcl", "hopfield", "zscore"}
    assert found["zscore"] == "[('scope', 'train')]"
    assert {text for name, text in found.items() if name != "zscore"} == {""}


def test_inner_blocks_are_replaced_first_and_weights_kept() -> None:
    order: list[str] = []

    def change(each: Block) -> Block:
        order.append(each.cls.name)
        return replace(each, key=f"new {each.key}")

    changed = replace_blocks(NETWORK, change)
    assert order.index("hopfield") < order.index("pcl")
    objective, weight = changed.model.objectives["pcl"]  # type: ignore[union-attr]
    assert weight == 0.5
    assert objective.key == "new pcl"
    assert objective.parameters["retrieval"].key == "new hopfield"
    assert NETWORK.model.objectives["pcl"][0].key == "pcl"  # type: ignore[union-attr]


def test_estimator_is_a_component_by_itself() -> None:
    spec = variant_spec("mean", block(Mean), block(Unused), block(LOSO))
    assert list_components(spec) == {(Mean, "")}
