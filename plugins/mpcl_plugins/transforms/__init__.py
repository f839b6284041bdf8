"""Provide transforms: prepare recordings and windows before a model sees them."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.transforms.band_power import BandPower
    from mpcl_plugins.transforms.bandpass import Bandpass
    from mpcl_plugins.transforms.differential_entropy import DifferentialEntropy
    from mpcl_plugins.transforms.eda import EDA
    from mpcl_plugins.transforms.hrv import HRV
    from mpcl_plugins.transforms.neurokit import NeuroKit
    from mpcl_plugins.transforms.notch import Notch
    from mpcl_plugins.transforms.resample import Resample
    from mpcl_plugins.transforms.robust import Robust
    from mpcl_plugins.transforms.statistics import Statistics
    from mpcl_plugins.transforms.subject_prior import SubjectPrior
    from mpcl_plugins.transforms.window import Window
    from mpcl_plugins.transforms.zscore import ZScore

    return [
        BandPower,
        Bandpass,
        DifferentialEntropy,
        EDA,
        HRV,
        NeuroKit,
        Notch,
        Resample,
        Robust,
        Statistics,
        SubjectPrior,
        Window,
        ZScore,
    ]
