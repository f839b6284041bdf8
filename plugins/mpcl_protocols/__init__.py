"""How rows are split into folds."""

from mpcl_core.interfaces.components import Component
from mpcl_core.interfaces.hooks import hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_protocols.kfold import KFold
    from mpcl_protocols.loso import LOSO
    from mpcl_protocols.loso_calibrated import LOSOCalibrated
    from mpcl_protocols.predefined import Predefined
    from mpcl_protocols.random_windows import RandomWindows
    from mpcl_protocols.subject_and_stimulus import SubjectAndStimulus
    from mpcl_protocols.subject_kfold import SubjectKFold
    from mpcl_protocols.trial_heldout import TrialHeldout
    from mpcl_protocols.trial_kfold import TrialKFold
    from mpcl_protocols.within_trial import WithinTrial

    return [
        KFold,
        LOSO,
        LOSOCalibrated,
        Predefined,
        RandomWindows,
        SubjectAndStimulus,
        SubjectKFold,
        TrialHeldout,
        TrialKFold,
        WithinTrial,
    ]
