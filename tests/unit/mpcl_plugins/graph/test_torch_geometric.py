"""Users of graphs read no warning about what torch-geometric does as it is imported."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_import_of_the_operators_warns_of_nothing() -> None:
    code = "import mpcl_plugins.graph._torch_geometric"
    command = [sys.executable, "-W", "error:`torch.jit.script`", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
