"""The weighted correlation against numpy's."""

import numpy as np
import torch

from mpcl_core.toolkit.label_correlation import weighted_correlation
from support.states import distributions


def test_it_equals_that_of_numpy() -> None:
    labels, weight = distributions(20), torch.rand(20)
    cov = np.cov(labels.T.numpy().astype(float), aweights=weight.numpy().astype(float), ddof=0)
    scale = np.sqrt(np.diag(cov))
    assert np.allclose(weighted_correlation(labels, weight), cov / np.outer(scale, scale), atol=1e-4)


def test_a_column_that_does_not_vary_gives_finite_values() -> None:
    labels = distributions(20)
    labels[:, 2] = 0.3
    assert weighted_correlation(labels, torch.rand(20)).isfinite().all()
