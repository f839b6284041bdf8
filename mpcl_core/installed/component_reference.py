"""Write the reference of all components as Markdown: ``docs/components.md``."""

from collections.abc import Iterable, Iterator
from inspect import getdoc
from pathlib import Path

from mpcl_core.installed.description import Description, Parameter, describe, first_sentence
from mpcl_core.interfaces.components import SLOTS
from mpcl_core.toolkit.printable import markdown_text, printable
from mpcl_registry.catalog import Entry

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
# Components

Made by `mpcl list --markdown` from the components themselves; do not edit. A recipe names one with
`use:` and gives its parameters beside it.
"""


def as_markdown(entries: Iterable[Entry]) -> str:
    """Return the reference: all components by slot, each with its equation, parameters and file.

    Args:
        entries: the components in the catalog.

    Returns:
        The text, with a newline at its end.
    """
    found = [describe(entry) for entry in entries]
    parts = [HEAD]
    for slot, cls in SLOTS.items():
        if members := [each for each in found if each.slot == slot]:
            links = ", ".join(f"[`{about.name}`](#{slot}-{about.name})" for about in members)
            parts.append(f"## {slot.capitalize()}\n\n{first_sentence(getdoc(cls) or '')}\n\n{links}\n")
            parts += ["\n".join(_component(about)) for about in members]
    return "\n".join(parts)


def _component(about: Description) -> Iterator[str]:
    yield f'### <a id="{about.slot}-{about.name}"></a>{about.name}\n'
    yield f"{markdown_text(about.summary)} {_source(about)}\n"
    yield f"```text\n{printable(about.equation).replace('```', '` ` `')}\n```\n"
    if about.parameters:
        yield "| parameter | type | default | meaning |\n|---|---|---|---|"
        yield from map(_row, about.parameters)
        yield ""


def _source(about: Description) -> str:
    """Return where a component comes from.

    Returns:
        A link to the file where it belongs to this project, else the plugin that brings it.
    """
    path = Path(about.file)
    if path.is_relative_to(ROOT):
        return f"([{about.owner}](../{path.relative_to(ROOT).as_posix()}))"
    return f"({markdown_text(about.owner)})"


def _row(parameter: Parameter) -> str:
    cells = (f"`{parameter.name}`", f"`{parameter.type}`", f"`{parameter.default}`", markdown_text(parameter.meaning))
    return f"| {' | '.join(printable(cell).replace('|', chr(92) + '|') for cell in cells)} |"
