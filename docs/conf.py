"""Configure the documentation site. Build it with: python tasks.py docs."""

import os
import re
import sys
import sysconfig
import tomllib
from pathlib import Path

from myst_nb.core import render
from myst_nb.core.utils import coalesce_streams
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(ROOT / "registry"), str(ROOT / "plugins")]

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "MPCL"
author = "The MPCL developers"
copyright = "2026, The MPCL developers"
release = version = PROJECT["version"]
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "**.ipynb_checkpoints", "results/*/**"]
templates_path = ["_templates"]

# Pages: Markdown. No equation is set by MathJax, which the builder would load from a network.
myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # shapes such as "b c t" in sources that viewcode shows

# Notebooks: executed at each build, in a temporary folder; a cell that fails, fails the build.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_merge_streams = True

os.environ |= {
    "COLUMNS": "80",
    "IPYTHONDIR": str(HERE / "_build" / "ipython"),
    "MPCL_CACHE": str(HERE / "_build" / "cache"),
    "NO_COLOR": "1",
    "OMP_NUM_THREADS": "1",
    "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")]),
    "PYTHONPATH": os.pathsep.join([*sys.path[:3], os.environ.get("PYTHONPATH", "")]),
}

# API reference: from the docstrings (Google convention) and the annotations.
autosummary_generate = True
autodoc_class_signature = "separated"
HIDDEN = "__init__,__new__,set_fit_request,set_predict_request,set_score_request"  # the last three are scikit-learn's
autodoc_default_options = {"members": True, "show-inheritance": True, "exclude-members": HIDDEN}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
python_maximum_signature_line_length = 88

html_theme = "pydata_sphinx_theme"
html_title = "MPCL"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "header_links_before_dropdown": 7,
    "navbar_align": "left",
    "navigation_with_keys": False,
    "pygments_light_style": "tango",
    "pygments_dark_style": "github-dark",
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "back_to_top_button": False,
}
html_sidebars = {"index": [], "getting-started": [], "glossary": [], "changelog": [], "architecture": []}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True


EXTERNAL = re.compile(
    r"""<(?:script|img|source|iframe)\b[^>]*\bsrc=["'](?:https?:)?//|"""
    r"""<link\b[^>]*\brel=["'](?:stylesheet|preload|icon)["'][^>]*\bhref=["'](?:https?:)?//|"""
    r"""(?:url\(|@import )\s*["']?(?:https?:)?//"""
)
"""What a browser would load from a network."""


def _use_targets(app: Sphinx, name: str, source: list[str]) -> None:
    """Turn the HTML anchors of the component reference into targets that links can find."""
    if name == "components":
        source[0] = re.sub(r'^(#+) <a id="([^"]+)"></a>', r"(\2)=\n\1 ", source[0], flags=re.MULTILINE)


def _join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the chunks of each stream of a cell exactly; myst-nb ends a line after each chunk."""
    streams: dict[str, NotebookNode] = {}
    joined = []
    for output in outputs:
        first = streams.get(output["name"]) if output["output_type"] == "stream" else None
        if first is not None:
            first["text"] += output["text"]
            continue
        joined.append(output)
        if output["output_type"] == "stream":
            streams[output["name"]] = output
    return coalesce_streams(joined)


def _require_offline(app: Sphinx, error: Exception | None) -> None:
    """Raise an error if a page or a style sheet would load something from a network."""
    files = [*Path(app.outdir).rglob("*.html"), *Path(app.outdir).rglob("*.css")] if error is None else []
    found = [str(file) for file in files if EXTERNAL.search(file.read_text(encoding="utf-8"))]
    if found:
        raise ExtensionError(f"these files load something from a network: {', '.join(found)}")


def setup(app: Sphinx) -> None:
    """Register what the pages need beside the extensions."""
    render.coalesce_streams = _join_streams
    app.connect("source-read", _use_targets)
    app.connect("build-finished", _require_offline)
