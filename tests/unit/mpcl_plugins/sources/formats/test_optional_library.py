"""A library that is not installed is named with how to install it."""

from pathlib import Path

import pytest

from mpcl_core.interfaces.errors import PluginError
from mpcl_plugins.sources.formats import optional_library
from mpcl_plugins.sources.formats.open_file import open_file


@pytest.mark.parametrize(("suffix", "name"), [(".xdf", "pyxdf")])
def test_a_missing_library_error_states_how_to_install_it(
    suffix: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(wanted: str) -> None:
        raise ModuleNotFoundError(f"No module named '{wanted}'")

    monkeypatch.setattr(optional_library, "import_module", absent)
    (tmp_path / f"x{suffix}").write_bytes(b"")
    with pytest.raises(
        PluginError, match=rf"x{suffix}: .* {name}, which is not installed. .*pip install 'mpcl\[bio\]'"
    ):
        open_file(tmp_path / f"x{suffix}")
