"""The reference of all components as Markdown: ``docs/components.md``."""

from collections.abc import Iterable, Iterator
from inspect import getdoc
from pathlib import Path

from mpcl_core.installed.description import Description, Parameter, described, sentence
from mpcl_core.interfaces.components import SLOTS
from mpcl_registry.catalog import Entry

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
# Components

Made by `mpcl list --markdown` from the components themselves; do not edit. A recipe names one with
`use:` and gives its parameters beside it.
"""


def as_markdown(entries: Iterable[Entry]) -> str:
    """All components, slot by slot, each with its equation, parameters and file."""
    found = [described(entry) for entry in entries]
    parts = [HEAD]
    for slot, cls in SLOTS.items():
        if mine := [about for about in found if about.slot == slot]:
            links = ", ".join(f"[`{about.name}`](#{slot}-{about.name})" for about in mine)
            parts.append(f"## {slot.capitalize()}\n\n{sentence(getdoc(cls) or '')}\n\n{links}\n")
            parts += ["\n".join(_component(about)) for about in mine]
    return "\n".join(parts)


def _component(about: Description) -> Iterator[str]:
    yield f'### <a id="{about.slot}-{about.name}"></a>{about.name}\n'
    yield f"{about.what} {_source(about)}\n"
    yield f"```text\n{about.equation}\n```\n"
    if about.parameters:
        yield "| parameter | type | default | meaning |\n|---|---|---|---|"
        yield from map(_row, about.parameters)
        yield ""


def _source(about: Description) -> str:
    """A link to the file, if it comes with this project; otherwise who brought it."""
    path = Path(about.file)
    if path.is_relative_to(ROOT):
        return f"([{about.owner}](../{path.relative_to(ROOT).as_posix()}))"
    return f"({about.owner})"


def _row(parameter: Parameter) -> str:
    cells = (f"`{parameter.name}`", f"`{parameter.type}`", f"`{parameter.default}`", parameter.meaning)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
