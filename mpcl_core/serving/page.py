"""Build the page of a server: live predictions, upload of a recording and the model card, all in one file."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

from markupsafe import Markup, escape

from mpcl_core.model.card import model_card
from mpcl_core.model.model import Model
from mpcl_core.reporting.report.page import TEMPLATES as REPORT_TEMPLATES
from mpcl_core.serving.requests import UPLOADS

TEMPLATES = Path(__file__).parent / "templates"


def build_page(model: Model, is_live: bool) -> tuple[str, str]:
    """Build the page.

    Args:
        model: the model.
        is_live: whether live signals are predicted.

    Returns:
        The HTML, and the content security policy that it needs: its own script, found by its hash, and no other.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader([TEMPLATES, REPORT_TEMPLATES])
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script = (TEMPLATES / "serve.js").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    description = model.description
    html = environment.get_template("serve.html").render(
        name=description.name,
        kind=description.kind,
        labels=model.labels,
        inputs=description.inputs,
        is_simulated=description.trained_on.is_simulated,
        has_error_bars=description.error_bars.radius is not None,
        coverage=description.error_bars.coverage,
        reason=description.error_bars.reason,
        is_live=is_live,
        is_pooled=model.spec.pool is not None,
        trial_seconds=description.trained_on.trial_seconds,
        uploads=",".join(UPLOADS),
        card=card_html(model_card(description)),
        script=Markup(script),
    )
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; connect-src 'self'; "
        "img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    return html, policy


def card_html(card: str) -> Markup:
    r"""Convert the Markdown of a model card: headings, tables, code, bold text and paragraphs.

    Args:
        card: the text of the card.

    Returns:
        HTML, without the card's metadata and its title.

    Example:
        >>> str(card_html("# Title\n\n## Input\n\n<b>"))
        '<h3>Input</h3>\n<p>&lt;b&gt;</p>'
    """
    text = re.sub(r"\A\s*---\n.*?\n---\n", "", card, flags=re.DOTALL)
    blocks = re.findall(r"```.*?```|[^\n]+(?:\n(?!```)[^\n]+)*", text, flags=re.DOTALL)
    return Markup("\n").join(_block_html(block) for block in blocks if not block.startswith("# "))


def _block_html(block: str) -> Markup:
    if block.startswith("```"):
        return Markup("<pre tabindex='0'>{}</pre>").format(block.strip("`").partition("\n")[2].strip())
    if block.startswith("#"):
        return Markup("<h3>{}</h3>").format(block.lstrip("# "))
    if block.startswith("|"):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        return _table_html(rows[0], rows[2:])
    marked = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", str(escape(block)))
    return Markup("<p>{}</p>").format(Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", marked)))


def _table_html(head: list[str], rows: list[list[str]]) -> Markup:
    def line(cells: list[str], tag: str) -> Markup:
        return (
            Markup("<tr>")
            + Markup("").join(Markup(f"<{tag}>{escape(cell)}</{tag}>") for cell in cells)
            + Markup("</tr>")
        )

    body = Markup("").join(line(cells, "td") for cells in rows)
    return Markup("<div class='scroll' tabindex='0'><table><thead>{}</thead><tbody>{}</tbody></table></div>").format(
        line(head, "th"), body
    )
