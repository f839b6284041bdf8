"""Sweeps are variants that differ from the base in one number."""

from pathlib import Path
from typing import Any

import pytest

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.figures import draw
from mpcl_core.reporting.figures.sensitivity import Sweep, find_sweeps
from support.drawn_runs import NETWORK, UNIFORM, finish, predict, study, text


@pytest.mark.slow
def test_sensitivity_uses_variants_that_differ_in_one_number(tmp_path: Path) -> None:
    bank = {"memory": {"per_emotion": 2}}
    variants: dict[str, Any] = {
        "base": {},
        "weight_1": {"objectives": {"pcl": {"weight": 1}}},
        "beta_4": {"objectives": {"pcl": {"retrieval": {"beta": 4.0}}}},
        "beta_0.5": {"objectives": {"pcl": {"retrieval": {"beta": 0.5}}}},
        "two_each": {"streams": {"body": bank, "face": bank}},
        "no_pcl": {"objectives": {"pcl": None}},
        "list": {"streams": {"body": {"fusion": {"betas": [4.0]}}}},
        "switch": {"objectives": {"pcl": {"exclude": True}}},
        "both": {"objectives": {"pcl": {"weight": 1, "retrieval": {"beta": 4.0}}}},
        "replaced": {"streams": {"body": {"memory": {"use": "other", "per_emotion": 2}}}},
        "same": {"objectives": {"pcl": {"weight": 0.1}}},
    }
    for name in [*variants, "elsewhere"]:
        predict(tmp_path, name, UNIFORM)
    other_place = {"elsewhere": {"objectives": {"pcl": {"weight": 7}}}}
    recipe = {**NETWORK, "streams": {**NETWORK["streams"], "face": {"memory": {"use": "bank"}}}}
    finish(
        tmp_path, {**recipe, "variants": variants | other_place}, study(*variants), study("elsewhere", grade="leaky")
    )
    assert find_sweeps(Run(tmp_path), "base", list(variants)) == {
        "objectives.pcl.weight": Sweep(0.1, {1.0: "weight_1"}),
        "objectives.pcl.retrieval.beta": Sweep(8.0, {4.0: "beta_4", 0.5: "beta_0.5"}),
        "streams.*.memory.per_emotion": Sweep(None, {2.0: "two_each"}),
    }
    draw(Run(tmp_path))
    displayed = text(tmp_path, "sensitivity")
    assert "default" in displayed
    assert "0.5 4 8" in displayed
