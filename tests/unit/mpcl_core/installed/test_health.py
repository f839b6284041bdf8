"""An installation is examined: versions, extras, plugins that do not load, and the cache."""

from importlib import metadata
from pathlib import Path

import pytest

from mpcl_core.installed import health
from mpcl_core.installed.health import examine
from mpcl_core.interfaces.errors import UsageError
from mpcl_plugins.estimators.mean import Mean
from mpcl_plugins.estimators.uniform import Uniform
from mpcl_registry.catalog import Catalog


@pytest.fixture
def catalog() -> Catalog:
    catalog = Catalog()
    catalog.add(Mean, "one")
    catalog.add(Uniform, "one")
    return catalog


def test_sound_installation_has_no_problems(catalog: Catalog) -> None:
    found = examine(catalog)
    assert found.problems == ()
    assert found.plugins == {"one": 2}
    assert {"python", "mpcl", "torch"} <= found.versions.keys()
    assert found.devices[0].startswith("cpu (")
    assert found.as_json()["cache"] == found.cache


def test_plugin_that_does_not_load_is_a_problem(catalog: Catalog) -> None:
    catalog.not_loaded["broken.py"] = "SyntaxError: line 3"
    assert examine(catalog).problems == ("broken.py does not load: SyntaxError: line 3",)


def test_missing_and_old_packages_have_the_command_that_installs_them(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == "pluggy":
            raise metadata.PackageNotFoundError(name)
        return "0.1" if name == "einops" else installed(name)

    monkeypatch.setattr(health, "version", version)
    problems = sorted(examine(catalog).problems)
    assert problems[0].startswith("einops is 0.1, but must be ")
    assert problems[1].startswith("pluggy is not installed: ")
    assert "pip install 'pluggy" in problems[1]


def test_extra_that_lacks_a_package_has_an_install_command(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = metadata.version

    def version(name: str) -> str:
        if name == "pyxdf":
            raise metadata.PackageNotFoundError(name)
        return installed(name)

    monkeypatch.setattr(health, "version", version)
    extra = examine(catalog).extras["bio"]
    assert extra.packages["pyxdf"] == "absent"
    assert extra.install.endswith("-m pip install 'mpcl[bio]'")
    assert examine(catalog).problems == ()


def test_entries_of_the_cache_are_counted(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "new" / "cache"))
    found = examine(catalog)
    assert (found.cache, found.cache_entries, found.cache_bytes) == (str(tmp_path / "new" / "cache"), 0, 0)
    assert found.problems == ()


def test_cache_below_a_file_is_a_problem(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "file" / "cache"))
    (problem,) = examine(catalog).problems
    assert "cache" in problem


def test_checkout_that_is_not_installed_is_told_how_to_install_it(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROJECT", "mpcl-of-nobody")
    with pytest.raises(UsageError, match="mpcl-of-nobody is not installed, so that nothing states"):
        examine(catalog)
