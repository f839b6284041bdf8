"""Provide every name that a plugin needs, in one import.

A plugin is a file or a package with one function that returns component classes::

    from mpcl_core.plugin import Component, Encoder, Modality, hookimpl

    class MyEncoder(Encoder):
        name = "my_encoder"
        ...

    @hookimpl
    def mpcl_components() -> list[type[Component]]:
        return [MyEncoder]

A recipe then picks the class by its name (``use: my_encoder``). The names below are the slots' base classes, the data
that pass between the slots, bounded types for the parameters of a recipe, the errors that a component may raise, and
building blocks that several components share. Modules behind this one may move; these names stay.
"""

from mpcl_core.interfaces.components import (
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    Fusion,
    Head,
    Memory,
    Needs,
    NetworkComponent,
    Objective,
    Protocol,
    RecordingTransform,
    Retrieval,
    Source,
    Transform,
    Windowing,
    WindowTransform,
)
from mpcl_core.interfaces.data import (
    Batch,
    Fold,
    Job,
    Modality,
    Recall,
    Recording,
    Signal,
    State,
    StreamInfo,
    StreamState,
    Valence,
    WindowSet,
    check_distributions,
    concatenate,
)
from mpcl_core.interfaces.errors import DataError, PluginError
from mpcl_core.interfaces.hooks import hookimpl
from mpcl_core.interfaces.parameter_types import Count, Fraction, Name, Natural, NonNegative, Positive
from mpcl_core.toolkit.attention import Attention, TransformerBlock, check_dropout
from mpcl_core.toolkit.csv_table import DELIMITERS, Row, csv_header, csv_number, csv_rows
from mpcl_core.toolkit.label_correlation import weighted_correlation
from mpcl_core.toolkit.masking import masked_cat, masked_mean, masked_softmax, normalise, weighted_mean
from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours
from mpcl_core.toolkit.prior_head import log_prior, near_zero, start_near_zero
from mpcl_core.toolkit.ratings import AtFloor, MissingScore, RatedDistributions, RatingRule, Ratings
from mpcl_core.toolkit.standardise import Standard
from mpcl_core.toolkit.validation_draw import draw_validation
from mpcl_core.toolkit.window_features import known_features, window_features
from mpcl_core.toolkit.window_keys import WindowKeys, natural_order, require_column, window_keys

__all__ = [
    "DELIMITERS",
    "AtFloor",
    "Attention",
    "Batch",
    "Component",
    "Count",
    "DataError",
    "Encoder",
    "Estimator",
    "FittedTransform",
    "Fold",
    "Fraction",
    "Fusion",
    "Head",
    "Job",
    "Memory",
    "MissingScore",
    "Modality",
    "Name",
    "Natural",
    "Needs",
    "NetworkComponent",
    "NonNegative",
    "Objective",
    "PluginError",
    "Positive",
    "Protocol",
    "RatedDistributions",
    "RatingRule",
    "Ratings",
    "Recall",
    "Recording",
    "RecordingTransform",
    "Retrieval",
    "Row",
    "Signal",
    "Source",
    "Standard",
    "State",
    "StreamInfo",
    "StreamState",
    "Transform",
    "TransformerBlock",
    "Valence",
    "WindowKeys",
    "WindowSet",
    "WindowTransform",
    "Windowing",
    "check_distributions",
    "check_dropout",
    "concatenate",
    "csv_header",
    "csv_number",
    "csv_rows",
    "draw_validation",
    "hookimpl",
    "known_features",
    "log_prior",
    "masked_cat",
    "masked_mean",
    "masked_softmax",
    "natural_order",
    "near_zero",
    "nearest_neighbours",
    "normalise",
    "require_column",
    "start_near_zero",
    "weighted_correlation",
    "weighted_mean",
    "window_features",
    "window_keys",
]
