"""What is done to recordings and windows before a model sees them."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_transforms.band_power import BandPower
    from mpcl_transforms.bandpass import Bandpass
    from mpcl_transforms.differential_entropy import DifferentialEntropy
    from mpcl_transforms.eda import EDA
    from mpcl_transforms.hrv import HRV
    from mpcl_transforms.notch import Notch
    from mpcl_transforms.resample import Resample
    from mpcl_transforms.robust import Robust
    from mpcl_transforms.statistics import Statistics
    from mpcl_transforms.subject_prior import SubjectPrior
    from mpcl_transforms.window import Window
    from mpcl_transforms.zscore import ZScore

    return [
        BandPower,
        Bandpass,
        DifferentialEntropy,
        EDA,
        HRV,
        Notch,
        Resample,
        Robust,
        Statistics,
        SubjectPrior,
        Window,
        ZScore,
    ]
