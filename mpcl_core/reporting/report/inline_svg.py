"""A figure's SVG as part of the page: ids of its own, colours that follow the page's, and nothing that acts.

Only drawing elements are kept; scripts, styles, event attributes and addresses outside the figure are dropped.
"""

import re
from pathlib import Path
from xml.etree import ElementTree

KEPT = frozenset({"svg", "g", "defs", "path", "use", "text", "tspan", "rect", "circle", "line", "polyline", "polygon"})
KEPT |= {"clipPath", "image"}

COLOURS = {
    "#ffffff": "var(--figure)",
    "#000000": "currentColor",
    "#444444": "var(--soft)",
    "#f4f4f4": "var(--panel)",
    "#0072b2": "var(--blue)",
}
"""What would be lost on a dark page: ink, paper, captions, empty panels, and the darkest of the palette."""

_COLOUR = re.compile("|".join(COLOURS))
_INSIDE = re.compile(r"url\(#([^)]+)\)")
_NUMBER = re.compile(r"\d*\.\d{4,}")


def inlined(path: Path, prefix: str, label: str) -> str:
    """The figure as an ``<svg>`` element of an HTML page.

    Args:
        path: an SVG file.
        prefix: put before every id, so that two figures never share one.
        label: what a screen reader says.

    Raises:
        ParseError: it is no XML.
    """
    root = ElementTree.fromstring(path.read_bytes())
    _clean(root, prefix)
    root.attrib |= {"role": "img", "aria-label": label}
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, prefix: str) -> None:
    element.tag = _local(element.tag)
    given = {_local(name): value for name, value in element.attrib.items()}
    element.attrib.clear()
    element.attrib |= {name: _value(name, value, prefix) for name, value in given.items() if _allowed(name, value)}
    element.tail = None if element.tag != "tspan" else element.tail
    if element.tag != "text" and element.tag != "tspan":
        element.text = None
    for child in list(element):
        if isinstance(child.tag, str) and _local(child.tag) in KEPT:
            _clean(child, prefix)
        else:
            element.remove(child)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _allowed(name: str, value: str) -> bool:
    if name == "href":
        return value.startswith(("#", "data:image/png;base64,"))
    return not name.lower().startswith("on") and "://" not in value


def _value(name: str, value: str, prefix: str) -> str:
    if name == "id":
        return prefix + value
    if name == "href":
        return f"#{prefix}{value[1:]}" if value.startswith("#") else value
    if name == "d":
        return " ".join(_NUMBER.sub(lambda number: f"{float(number[0]):.3f}", value).split())
    value = _INSIDE.sub(rf"url(#{prefix}\1)", value)
    return _COLOUR.sub(lambda colour: COLOURS[colour[0]], value) if name == "style" else value
