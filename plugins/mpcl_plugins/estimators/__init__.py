"""Provide models that are not networks: baselines, and classical label distribution learners."""

from mpcl_core.plugin import Component, hookimpl


@hookimpl
def mpcl_components() -> list[type[Component]]:
    from mpcl_plugins.estimators.aa_knn import AAKNN
    from mpcl_plugins.estimators.canonical_ridge import CanonicalRidge
    from mpcl_plugins.estimators.condition_mean import ConditionMean
    from mpcl_plugins.estimators.empirical_bayes import EmpiricalBayes
    from mpcl_plugins.estimators.hierarchical_ridge import HierarchicalRidge
    from mpcl_plugins.estimators.knn import KNN
    from mpcl_plugins.estimators.lda_knn import LDAKNN
    from mpcl_plugins.estimators.ldl_lrr import LDLLRR
    from mpcl_plugins.estimators.mean import Mean
    from mpcl_plugins.estimators.modality_ridge import ModalityRidge
    from mpcl_plugins.estimators.random_forest import RandomForest
    from mpcl_plugins.estimators.ridge import Ridge
    from mpcl_plugins.estimators.sa_bfgs import SABFGS
    from mpcl_plugins.estimators.situation_posterior import SituationPosterior
    from mpcl_plugins.estimators.subject_mean import SubjectMean
    from mpcl_plugins.estimators.uniform import Uniform

    return [
        AAKNN,
        CanonicalRidge,
        ConditionMean,
        EmpiricalBayes,
        HierarchicalRidge,
        KNN,
        LDAKNN,
        LDLLRR,
        Mean,
        ModalityRidge,
        RandomForest,
        Ridge,
        SABFGS,
        SituationPosterior,
        SubjectMean,
        Uniform,
    ]
