"""Provide protocols: split windows into folds."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.protocols.kfold import KFold
    from mpcl_plugins.protocols.loso import LOSO
    from mpcl_plugins.protocols.loso_calibrated import LOSOCalibrated
    from mpcl_plugins.protocols.predefined import Predefined
    from mpcl_plugins.protocols.random_windows import RandomWindows
    from mpcl_plugins.protocols.subject_and_stimulus import SubjectAndStimulus
    from mpcl_plugins.protocols.subject_kfold import SubjectKFold
    from mpcl_plugins.protocols.trial_heldout import TrialHeldout
    from mpcl_plugins.protocols.trial_kfold import TrialKFold
    from mpcl_plugins.protocols.within_trial import WithinTrial

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
