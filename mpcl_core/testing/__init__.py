"""Check that a component keeps the contract of its slot, on small made-up data; for authors of plugins."""

from mpcl_core.testing.contract import Check, ContractError, checks, failures
from mpcl_core.testing.sample_data import MODALITIES, N_TOKENS, D, K, study

__all__ = ["MODALITIES", "N_TOKENS", "Check", "ContractError", "D", "K", "checks", "failures", "study"]
