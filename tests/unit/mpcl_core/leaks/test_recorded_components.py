"""Recognise every window that a component is fitted on by its mark, whatever transforms do to it."""

from dataclasses import replace
from functools import partial
from typing import ClassVar

import numpy as np
import pytest
import torch

from mpcl_core import testing
from mpcl_core.interfaces.components import FittedTransform, NetworkComponent, Source
from mpcl_core.interfaces.data import Fold, WindowSet
from mpcl_core.jobs.run_context import RunContext
from mpcl_core.leaks.fingerprints import are_equal
from mpcl_core.leaks.recorded_components import EventLog, record_components
from mpcl_core.leaks.trace_comparison import first_differences
from mpcl_core.leaks.traced_job import ExperimentJob, JobTrace, run_experiment
from mpcl_core.leaks.variant_components import list_components
from mpcl_core.leaks.window_marks import MarkedWindows, mark_windows
from mpcl_core.spec.block import Block
from mpcl_core.spec.network import NetworkSpec, StreamSpec
from mpcl_core.spec.variant import VariantSpec
from mpcl_plugins.memories.ema_bank import EmaBank
from mpcl_plugins.memories.situation_bank import SituationBank
from mpcl_plugins.objectives.pcl import PCL
from mpcl_plugins.protocols.loso import LOSO
from mpcl_plugins.retrievals.hopfield import Hopfield
from mpcl_plugins.transforms.zscore import ZScore
from support.specs import block, network, train, variant_spec

WINDOWS = testing.study()
FOLD = Fold(np.arange(0, 140), np.arange(140, 190), np.arange(190, 240), "f")


class Made(Source):
    """Never loaded."""

    name = "made"
    modalities = testing.MODALITIES
    labels = tuple(f"e{i}" for i in range(testing.K))

    def load(self) -> WindowSet:
        raise NotImplementedError


class Counts(FittedTransform):
    """Counts its fits in its class, through the instance."""

    name = "counts"
    fits: ClassVar[int] = 0

    def fit(self, windows: WindowSet) -> "Counts":
        type(self).fits += 1
        self.nth = self.fits
        return self

    def transform(self, windows: WindowSet) -> WindowSet:
        return windows.with_signals({name: values + np.float32(self.nth) for name, values in windows.X.items()})


def made(model: NetworkSpec | Block, *transforms: Block) -> VariantSpec:
    return variant_spec("net", model, block(Made), block(LOSO), transforms)


def with_memory() -> NetworkSpec:
    plain = network()
    streams = {
        name: StreamSpec(stream.encoders, stream.fusion, block(EmaBank)) for name, stream in plain.streams.items()
    }
    pcl = block(PCL, retrieval=Block(Hopfield, {"beta": 8.0}, block(PCL).place, "objectives.pcl.retrieval"))
    return replace(plain, streams=streams, objectives={**plain.objectives, "pcl": (pcl, 0.01)}, train=train())


def run(of: VariantSpec, *, times: int = 1, **changes: bool) -> tuple[MarkedWindows, list[JobTrace]]:
    used = mark_windows(WINDOWS, [FOLD], 120)
    windows, fold = used.select_fold(FOLD)
    job = ExperimentJob("net", 0, 0, windows, fold, 2, **changes)
    return used, run_experiment(partial(RunContext, {"net": of}), [job] * times)


def test_windows_that_every_component_is_fitted_on_are_recorded() -> None:
    used, (trace,) = run(made(with_memory(), block(ZScore, scope="train")))
    assert trace.error == ""
    seen: dict[tuple[str, str], set[int]] = {}
    for event in trace.events:
        seen.setdefault((event.name, event.method), set()).update(used.find_indices(event.marks).tolist())
    fitting = {row for row in used.indices.tolist() if row < 190}
    for key in [("zscore", "fit"), ("ema_bank", "observe"), ("kl", "observe")]:
        assert seen[key] == fitting, key
    assert {row for row in fitting if row < 140} <= seen["ema_bank", "updated"] <= fitting
    assert seen["zscore", "transform"] == set(used.indices.tolist())
    assert {"linear_tokens", "concat", "hopfield", "pcl", "linear"} <= {event.name for event in trace.events}
    assert {cls for cls, _ in list_components(made(with_memory()))} >= {Hopfield, PCL, EmaBank}


def test_situations_that_a_memory_observes_are_recorded() -> None:
    log, plain = EventLog(), network()
    streams = {name: replace(stream, memory=block(SituationBank)) for name, stream in plain.streams.items()}
    recorded = record_components(made(replace(plain, streams=streams)), log).model
    assert isinstance(recorded, NetworkSpec)
    memory = next(iter(recorded.streams.values())).memory
    assert memory is not None
    bank, D = memory.build(n_outputs=2, dim=3), torch.eye(2)
    bank.observe_situations(D, {"stimulus": torch.tensor([0, 1])})
    bank.observe_situations(D, {"stimulus": torch.tensor([1, 0])})
    one, other = (event for event in log.events if event.method == "observe_situations")
    assert one.name == "situation_bank"
    assert not are_equal(one.values, other.values)


def test_components_without_situations_keep_their_method() -> None:
    recorded = record_components(made(with_memory()), EventLog()).model
    assert isinstance(recorded, NetworkSpec)
    assert recorded.head.cls.observe_situations is NetworkComponent.observe_situations  # type: ignore[attr-defined]


@pytest.mark.slow
def test_repeated_job_has_the_same_events() -> None:
    _, (one, other) = run(made(with_memory(), block(ZScore, scope="train")), times=2, perturb_weights=True)
    assert len(one.events) > 50
    assert list(first_differences(one, other)) == []


@pytest.mark.slow
def test_state_in_a_class_persists_and_its_first_effect_is_found() -> None:
    Counts.fits = 0
    _, (one, other) = run(made(with_memory(), block(Counts)), times=2)
    (event,) = first_differences(one, other)
    assert event is not None
    assert (event.name, event.method) == ("counts", "transform")


def test_difference_in_predictions_alone_is_found() -> None:
    _, (trace,) = run(made(with_memory()))
    assert list(first_differences(trace, replace(trace, D_pred=trace.D_pred[::-1]))) == [None]


def test_perturbed_network_depends_on_all_its_parts() -> None:
    from mpcl_core.interfaces.components import Head

    class Deaf(Head):
        """Starts without any influence of its input."""

        name = "deaf"

        def __init__(self, *, streams, n_outputs, dim, valence) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
            super().__init__(streams=streams, n_outputs=n_outputs, dim=dim, valence=valence)
            self.read = torch.nn.Linear(dim * len(streams), n_outputs)
            torch.nn.init.zeros_(self.read.weight)

        def forward(self, streams):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return self.read(torch.cat([stream.z for stream in streams.values()], 1)), {}

    lazy = made(replace(network(lr=1e-12), head=block(Deaf)))
    _, (plain,) = run(lazy)
    _, (perturbed,) = run(lazy, perturb_weights=True)
    assert plain.D_pred.std(0).max() < 1e-6
    assert perturbed.D_pred.std(0).max() > 1e-3


def test_failed_job_has_its_error() -> None:
    _, (trace,) = run(made(with_memory(), block(ZScore, scope="sample")))
    assert "scope 'sample'" in trace.error
    assert len(trace.D_pred) == 0
