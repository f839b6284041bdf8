"""A run's context travels to other processes."""

import pickle

from mpcl_core.jobs.run_context import RunContext
from mpcl_plugins.estimators.knn import KNN
from mpcl_plugins.protocols.kfold import KFold
from mpcl_plugins.sources.simulated import Simulated
from support.specs import block, variant_spec

SPEC = variant_spec("main", block(KNN), block(Simulated), block(KFold))


def test_context_without_observers_can_be_pickled() -> None:
    context = RunContext({"main": SPEC})
    assert context.observers == {}
    assert pickle.loads(pickle.dumps(context)).specs["main"].recipe == SPEC.recipe


def test_contexts_do_not_share_observers() -> None:
    assert RunContext({}).observers is not RunContext({}).observers
