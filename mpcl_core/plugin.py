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
    AffineMap,
    Component,
    Encoder,
    Estimator,
    FittedTransform,
    FittedValues,
    Fusion,
    Head,
    Memory,
    MergeableTransform,
    Needs,
    NetworkComponent,
    Objective,
    Protocol,
    RecordingTransform,
    Retrieval,
    Source,
    StateValue,
    Statistics,
    SubjectTransform,
    Transform,
    TransformModule,
    Windowing,
    WindowSchedule,
    WindowTransform,
)
from mpcl_core.interfaces.data import (
    Batch,
    Fold,
    Job,
    Modality,
    Questionnaires,
    RatedStretch,
    Recall,
    Recording,
    RecordingOverlap,
    Signal,
    SignalClock,
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
from mpcl_core.interfaces.metric import Metric
from mpcl_core.interfaces.parameter_types import Count, Fraction, Name, Natural, NonNegative, Positive
from mpcl_core.interfaces.suggestions import list_names, suggest_name
from mpcl_core.toolkit.affine import AffineModule
from mpcl_core.toolkit.archives import parse_array, read_array_header, read_entry
from mpcl_core.toolkit.arguments import check_dropout, check_heads, check_levels
from mpcl_core.toolkit.attention import Attention, AttentionReadout, TransformerBlock
from mpcl_core.toolkit.bounded_json import parse_json, read_bytes
from mpcl_core.toolkit.channel_labels import find_label
from mpcl_core.toolkit.csv_table import (
    DELIMITERS,
    LongLineError,
    Row,
    bounded_lines,
    csv_header,
    csv_number,
    csv_numbers,
    csv_rows,
)
from mpcl_core.toolkit.distributions import distinct_distributions, kl_divergence, log_shares
from mpcl_core.toolkit.hopfield import hopfield_attention, hopfield_retrieval
from mpcl_core.toolkit.joined_tables import join_tables
from mpcl_core.toolkit.label_correlation import weighted_correlation
from mpcl_core.toolkit.log_power import make_channel_features
from mpcl_core.toolkit.long_signals import allocate_samples, change_channels, release_samples
from mpcl_core.toolkit.losses import kl, pcl, prd, relation_divergence
from mpcl_core.toolkit.masking import (
    expand_per_token,
    masked_cat,
    masked_mean,
    masked_softmax,
    normalise,
    weighted_mean,
)
from mpcl_core.toolkit.nearest_neighbours import nearest_neighbours
from mpcl_core.toolkit.precision import at_least_float32, full_precision
from mpcl_core.toolkit.prior_head import PriorHead, log_prior, near_zero, prior_classifier, start_near_zero
from mpcl_core.toolkit.prototypes import excess_over_uniform, orthogonal_prototypes, read_prototypes
from mpcl_core.toolkit.ratings import AtFloor, MissingScore, RatedDistributions, RatingRule, Ratings
from mpcl_core.toolkit.standardise import Standard
from mpcl_core.toolkit.streams import RememberedStream, feature_width, remembered_streams, stream_features
from mpcl_core.toolkit.validation_draw import draw_validation
from mpcl_core.toolkit.window_features import known_features, window_features
from mpcl_core.toolkit.window_keys import WindowKeys, natural_order, require_column, window_keys
from mpcl_core.toolkit.wrapping_source import WrappingSource

__all__ = [
    "DELIMITERS",
    "AffineMap",
    "AffineModule",
    "AtFloor",
    "Attention",
    "AttentionReadout",
    "Batch",
    "Component",
    "Count",
    "DataError",
    "Encoder",
    "Estimator",
    "FittedTransform",
    "FittedValues",
    "Fold",
    "Fraction",
    "Fusion",
    "Head",
    "Job",
    "LongLineError",
    "Memory",
    "MergeableTransform",
    "Metric",
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
    "PriorHead",
    "Protocol",
    "Questionnaires",
    "RatedDistributions",
    "RatedStretch",
    "RatingRule",
    "Ratings",
    "Recall",
    "Recording",
    "RecordingOverlap",
    "RecordingTransform",
    "RememberedStream",
    "Retrieval",
    "Row",
    "Signal",
    "SignalClock",
    "Source",
    "Standard",
    "State",
    "StateValue",
    "Statistics",
    "StreamInfo",
    "StreamState",
    "SubjectTransform",
    "Transform",
    "TransformModule",
    "TransformerBlock",
    "Valence",
    "WindowKeys",
    "WindowSchedule",
    "WindowSet",
    "WindowTransform",
    "Windowing",
    "WrappingSource",
    "allocate_samples",
    "at_least_float32",
    "bounded_lines",
    "change_channels",
    "check_distributions",
    "check_dropout",
    "check_heads",
    "check_levels",
    "concatenate",
    "csv_header",
    "csv_number",
    "csv_numbers",
    "csv_rows",
    "distinct_distributions",
    "draw_validation",
    "excess_over_uniform",
    "expand_per_token",
    "feature_width",
    "find_label",
    "full_precision",
    "hookimpl",
    "hopfield_attention",
    "hopfield_retrieval",
    "join_tables",
    "kl",
    "kl_divergence",
    "known_features",
    "list_names",
    "log_prior",
    "log_shares",
    "make_channel_features",
    "masked_cat",
    "masked_mean",
    "masked_softmax",
    "natural_order",
    "near_zero",
    "nearest_neighbours",
    "normalise",
    "orthogonal_prototypes",
    "parse_array",
    "parse_json",
    "pcl",
    "prd",
    "prior_classifier",
    "read_array_header",
    "read_bytes",
    "read_entry",
    "read_prototypes",
    "relation_divergence",
    "release_samples",
    "remembered_streams",
    "require_column",
    "start_near_zero",
    "stream_features",
    "suggest_name",
    "weighted_correlation",
    "weighted_mean",
    "window_features",
    "window_keys",
]
