"""Inline SVG keeps only elements that draw."""

from pathlib import Path

from mpcl_core.reporting.report.inline_svg import inline_svg

HOSTILE = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
<style>@import url(http://x/y.css)</style><script>alert(1)</script><foreignObject><p>x</p></foreignObject>
<defs><clipPath id="c"><rect x="1.23456789" width="2"/></clipPath><path id="m" d="M 1.23456789 0
L 2 0"/></defs><a xlink:href="http://x"><text>gone</text></a>
<g id="g" clip-path="url(#c)" onclick="x()" style="fill: #ffffff; stroke: #000000"><use xlink:href="#m"/>
<image xlink:href="http://x/y.png"/><image xlink:href="data:image/png;base64,AA"/><text>a &lt;b&gt; c</text></g></svg>"""


def test_inline_svg_keeps_only_drawing_elements(tmp_path: Path) -> None:
    (tmp_path / "h.svg").write_text(HOSTILE)
    text = inline_svg(tmp_path / "h.svg", "f1-", 'a "figure"')
    for gone in ("script", "alert", "foreign", "style>", "onclick", "http:", "gone", "<a", "xmlns"):
        assert gone not in text, gone
    for remaining in ('id="f1-c"', 'url(#f1-c)"', 'href="#f1-m"', 'href="data:image/png;base64,AA"', "a &lt;b&gt; c"):
        assert remaining in text, remaining
    for remaining in (
        'd="M 1.235 0 L 2 0"',
        "fill: var(--figure); stroke: currentColor",
        'aria-label="a &quot;figure&quot;"',
    ):
        assert remaining in text, remaining
