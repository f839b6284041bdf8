"""Unit tests mirror the sources: ``a/b/c.py`` has ``tests/unit/a/b/test_c.py``, except for listed modules."""

from pathlib import Path

from support.paths import ROOT
from support.without_mirror import WITHOUT_MIRROR

ROOTS = (ROOT / "mpcl_core", ROOT / "registry" / "mpcl_registry", ROOT / "plugins" / "mpcl_plugins")
LISTED = [module for modules in WITHOUT_MIRROR.values() for module in modules]
MOST = 21
"""How many modules are listed. Lower it when one gets its test file; a new module comes with its own."""


def source_modules() -> list[Path]:
    """Return the modules below their import roots; packages' ``__init__`` and templates are no modules to test."""
    return [
        path.relative_to(root.parent)
        for root in ROOTS
        for path in sorted(root.rglob("*.py"))
        if not path.name.startswith("__") and "templates" not in path.parts
    ]


def is_mirrored(module: Path) -> bool:
    folder = ROOT / "tests" / "unit" / module.parent
    return any((folder / f"test_{stem}.py").is_file() for stem in (module.stem, module.stem.lstrip("_")))


def test_every_module_has_its_test_file_or_is_listed() -> None:
    lacking = [module.as_posix() for module in source_modules() if not is_mirrored(module)]
    assert sorted(set(lacking) - set(LISTED)) == [], "add tests/unit/<path>/test_<module>.py"


def test_list_of_modules_without_a_test_file_only_shrinks() -> None:
    lacking = {module.as_posix() for module in source_modules() if not is_mirrored(module)}
    assert sorted(set(LISTED) - lacking) == [], "these have a test file now, or are gone: remove them from the list"
    assert len(LISTED) == len(set(LISTED)) <= MOST
