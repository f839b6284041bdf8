"""Build the page of the report: collect its content from the run and fill the template.

The page has one script, which sorts tables and switches between metrics; its policy allows this script by its hash and
no other. Without it, the page shows the same tables.
"""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mpcl_core.evaluation.run import Run
from mpcl_core.reporting.report.costs import build_cost_tables, describe_jobs
from mpcl_core.reporting.report.coverage_section import build_coverage_tables
from mpcl_core.reporting.report.data_section import build_data_tables, list_source_notes, read_audit
from mpcl_core.reporting.report.emotion_errors import build_emotion_tables
from mpcl_core.reporting.report.figure_sections import embed_figures
from mpcl_core.reporting.report.heat_map import build_heat_maps
from mpcl_core.reporting.report.long_tables import build_robustness_tables, build_test_tables
from mpcl_core.reporting.report.model_card import build_card
from mpcl_core.reporting.report.prototype_usage import build_usage_tables
from mpcl_core.reporting.report.result_section import build_results, build_variant_tables
from mpcl_core.reporting.report.search_section import build_search_tables

TEMPLATES = Path(__file__).parent / "templates"


def build_page(run: Run) -> str:
    """Build the report of a run as HTML.

    Args:
        run: the run.

    Returns:
        The page.

    Raises:
        UsageError: a file of the run is damaged.
        OSError, ValueError, KeyError: a file of the run is missing or has unexpected content.
    """
    return render("page.html", _collect_content(run))


def render(template: str, content: Mapping[str, Any]) -> str:
    """Fill a template of this package, with its script and the hash by which the page's policy allows it.

    Args:
        template: the name of its file.
        content: name -> value.

    Returns:
        The page.
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
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template(template).render(content, script=script, script_digest=digest)


def _collect_content(run: Run) -> dict[str, Any]:
    return {
        "name": run.name,
        "simulated": any(study.is_simulated for study in run.studies),
        "grades": list(dict.fromkeys(study.grade for study in run.studies)),
        "results": build_results(run),
        "variants": build_variant_tables(run),
        "people": build_heat_maps(run),
        "tests": build_test_tables(run),
        "emotions": build_emotion_tables(run),
        "robustness": build_robustness_tables(run),
        "usage": build_usage_tables(run),
        "error_bars": build_coverage_tables(run),
        "searches": build_search_tables(run),
        "costs": build_cost_tables(run),
        "jobs": describe_jobs(run),
        "data": build_data_tables(run),
        "audit": read_audit(run),
        "notes": list_source_notes(run),
        "card": build_card(run),
        "figures": embed_figures(run),
        "manifest": run.manifest,
        "recipe": run.recipe_text,
        "manifest_text": json.dumps(run.manifest.model_dump(), indent=1, ensure_ascii=False),
    }
