"""List the blocks of specs, and tell simulated data from measured ones."""

from mpcl_core.spec.variant import blocks
from mpcl_core.toolkit.wrapping_source import WrappingSource
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.sources.simulated import Simulated
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, variant_spec


def test_blocks_lists_nested_blocks_of_every_part() -> None:
    pcl = block(PCL, retrieval=block(Hopfield, beta=2.0))
    model = network(objectives={"pcl": (pcl, 0.1)})
    spec = variant_spec("v", model, block(Simulated), block(LOSO), [block(ZScore)])
    names = [one.cls.name for one in blocks(spec)]
    assert {"simulated", "loso", "zscore", "linear_tokens", "concat", "prototype_bank", "pcl", "hopfield"} <= {*names}
    assert names.count("linear_tokens") == 3
    assert [one.cls for one in blocks(pcl)] == [PCL, Hopfield]
    assert blocks("text") == []


def test_source_that_wraps_a_simulation_is_simulated() -> None:
    class Renamed(WrappingSource):
        name = "renamed"

    class Measured(WrappingSource):
        name = "measured"

    for source, expected in ((block(Renamed, source=block(Simulated)), True), (block(Measured), False)):
        assert variant_spec("v", network(), source, block(LOSO), []).is_simulated is expected
