"""Compute intervals, paired tests and average ranks over subjects.

A subject is one observation, however many windows, folds and seeds it has: windows of one person are no independent
evidence, and neither are the seeds of one network.
"""

from mpcl_core.evaluation.statistics.intervals import interval

__all__ = ["interval"]
