"""A notebook shows one progress bar as HTML; outside of one there is none."""

import sys
from types import ModuleType

import pytest

from mpcl_core.app.running.notebook import bar_html, notebook_progress


def test_no_progress_bar_outside_of_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert notebook_progress() is None


def test_bar_is_updated_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    class Handle:
        def update(self, html: str) -> None:
            drawn.append(html)

    fake = ModuleType("IPython.display")
    fake.HTML = str  # type: ignore[attr-defined]
    fake.display = lambda html, display_id: Handle()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ipykernel", ModuleType("ipykernel"))
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", fake)
    on_progress = notebook_progress()
    assert on_progress is not None
    on_progress(3, 12, 1)
    assert drawn == [bar_html(3, 12, 1)]
    assert drawn[0] == '<div><progress value="3" max="12"></progress> 3 of 12 jobs, 1 failed</div>'
