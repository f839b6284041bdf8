"""Convert the SVG file of a figure to an element of the page, with unique ids and the page's colours.

Only drawing elements are kept; scripts, styles, event attributes and links to anything outside the figure are removed.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

ALLOWED_ELEMENTS = frozenset(
    "circle clipPath defs g image line path polygon polyline rect svg text tspan use".split()  # noqa: SIM905
)

COLOURS = {
    "#ffffff": "var(--figure)",
    "#000000": "currentColor",
    "#444444": "var(--soft)",
    "#f4f4f4": "var(--panel)",
    "#0072b2": "var(--blue)",
}
"""Colours that a dark page needs to change: ink, paper, captions, empty panels, and the darkest of the palette."""

_COLOUR = re.compile("|".join(COLOURS))
_INSIDE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"\d*\.\d{4,}")


def inline_svg(path: Path, prefix: str, label: str) -> str:
    """Convert a figure to an ``<svg>`` element of an HTML page.

    Args:
        path: an SVG file.
        prefix: put before every id, so that ids of different figures never clash.
        label: text for screen readers.

    Returns:
        The element.

    Raises:
        ParseError: the file is no XML.
    """
    root = ElementTree.fromstring(path.read_bytes())
    _clean(root, prefix)
    root.attrib |= {"role": "img", "aria-label": label}
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, prefix: str) -> None:
    element.tag = _local_name(element.tag)
    attributes = {_local_name(name): value for name, value in element.attrib.items()}
    element.attrib.clear()
    element.attrib |= {
        name: _convert(name, value, prefix) for name, value in attributes.items() if _is_safe(name, value)
    }
    element.tail = None if element.tag != "tspan" else element.tail
    if element.tag != "text" and element.tag != "tspan":
        element.text = None
    for child in list(element):
        if isinstance(child.tag, str) and _local_name(child.tag) in ALLOWED_ELEMENTS:
            _clean(child, prefix)
        else:
            element.remove(child)


def _local_name(name: str) -> str:
    return name.rpartition("}")[2]


def _is_safe(name: str, value: str) -> bool:
    if name == "href":
        return value.startswith(("#", "data:image/png;base64,"))
    return not name.lower().startswith("on") and "://" not in value


def _convert(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return prefix + value
    if name == "href":
        return f"#{prefix}{value[1:]}" if value.startswith("#") else value
    if name == "d":
        return " ".join(_NUMBER.sub(lambda number: f"{float(number[0]):.3f}", value).split())
    value = _INSIDE.sub(rf"url(#{prefix}\1)", value)
    return _COLOUR.sub(lambda colour: COLOURS[colour[0]], value) if name == "style" else value
