"""The composition root: joins registry, recipe, engine and results. Nothing but `cli` and `sklearn` imports it."""

from mpcl_core.app.auditing import audit, verify
from mpcl_core.app.checking import CheckedRecipe, assembled, check, survey
from mpcl_core.app.running import RUNS, FinishedRun, RunSettings, open_run_context, resume, run

__all__ = [
    "RUNS",
    "CheckedRecipe",
    "FinishedRun",
    "RunSettings",
    "assembled",
    "audit",
    "check",
    "open_run_context",
    "resume",
    "run",
    "survey",
    "verify",
]
