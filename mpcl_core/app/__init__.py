"""The composition root: joins registry, recipe, engine and results. Nothing but `cli` and `sklearn` imports it."""

from mpcl_core.app.auditing import audit, verify
from mpcl_core.app.checking import Checked, assembled, check, survey
from mpcl_core.app.running import RUNS, Finished, How, open_run, resume, run

__all__ = [
    "RUNS",
    "Checked",
    "Finished",
    "How",
    "assembled",
    "audit",
    "check",
    "open_run",
    "resume",
    "run",
    "survey",
    "verify",
]
