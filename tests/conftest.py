"""What several test files share."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.paths import ROOT
from support.shape_checks import PACKAGES, check_shapes

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported: small tensors gain nothing from threads,
# and lose much where other work runs beside the tests
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process that a test starts would compile every module again

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in a command that a shell runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Ctrl-C is part of what is tested

check_shapes(PACKAGES)


def pytest_collection_finish() -> None:
    """Spare the collector the tests and the libraries, which it would go through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where prepared rows are kept while the tests run, instead of in the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPCL_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder with real recordings; a test that needs it is skipped where it is absent."""
    folder = Path(os.environ.get("MPCL_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real recordings at {folder} (set MPCL_TEST_DATA)")
    return folder
