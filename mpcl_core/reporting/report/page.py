"""Puts the report together: reads the run, fills the template."""

import json
from pathlib import Path
from typing import Any

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.costs import costs, total
from mpcl_core.reporting.report.data_section import audit, data, notes
from mpcl_core.reporting.report.emotion_errors import emotions
from mpcl_core.reporting.report.figure_sections import pictures
from mpcl_core.reporting.report.long_tables import robustness, tests
from mpcl_core.reporting.report.model_card import card
from mpcl_core.reporting.report.result_section import results, variants

TEMPLATES = Path(__file__).parent / "templates"


def page(run: Run) -> str:
    """Return the report of a run as HTML.

    Args:
        run: the run.

    Returns:
        The page.

    Raises:
        UsageError: a file of the run is damaged.
        OSError, ValueError, KeyError: a file of the run is missing or not what a run writes.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html").render(_content(run))


def _content(run: Run) -> dict[str, Any]:
    return {
        "name": run.name,
        "simulated": any(study.is_simulated for study in run.studies),
        "grades": list(dict.fromkeys(study.grade for study in run.studies)),
        "results": results(run),
        "variants": variants(run),
        "tests": tests(run),
        "emotions": emotions(run),
        "robustness": robustness(run),
        "costs": costs(run),
        "jobs": total(run),
        "data": data(run),
        "audit": audit(run),
        "notes": notes(run),
        "card": card(run),
        "pictures": pictures(run),
        "manifest": run.manifest,
        "recipe": run.recipe_text,
        "manifest_text": json.dumps(run.manifest.model_dump(), indent=1, ensure_ascii=False),
    }
