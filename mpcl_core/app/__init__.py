"""The composition root: joins registry, recipe, engine and results. Nothing but the command line imports it."""

from mpcl_core.app.auditing import audit, verify
from mpcl_core.app.checking import Checked, check, survey
from mpcl_core.app.running import RUNS, Finished, How, open_run, resume, run

__all__ = ["RUNS", "Checked", "Finished", "How", "audit", "check", "open_run", "resume", "run", "survey", "verify"]
