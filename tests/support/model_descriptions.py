"""Describe models that are not there, for tests of what reads a description."""

from typing import Any

from mpcl_core.model.description import ModelDescription, TrainedOn


def described(**changes: Any) -> ModelDescription:
    """Describe an estimator of two emotions without modalities; ``changes`` are fields of the description."""
    fields = {
        "name": "main",
        "kind": "estimator",
        "recipe": {},
        "inputs": (),
        "modalities": (),
        "labels": ("joy", "fear"),
        "valence": None,
        "epochs": None,
        "seed": 0,
        "trained_on": TrainedOn(windows=4, subjects=2),
        "versions": {},
    }
    return ModelDescription(**fields | changes)
