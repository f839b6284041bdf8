"""The contract as checks that an author runs on a component of their own, and the made-up world they use."""

from mpcl_core.testing.contract import Check, ContractError, checks, failures
from mpcl_core.testing.sample_data import MODALITIES, N_TOKENS, D, K, study

__all__ = ["MODALITIES", "N_TOKENS", "Check", "ContractError", "D", "K", "checks", "failures", "study"]
