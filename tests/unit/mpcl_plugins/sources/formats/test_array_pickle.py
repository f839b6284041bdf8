"""A Python 2 pickle of arrays is read, and nothing that a pickle asks for is run."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.interfaces.errors import DataError
from mpcl_plugins.sources.formats.array_pickle import PickledArray, load_pickle
from support.wesad_study import opcodes, pickled


def write(folder: Path, content: bytes) -> Path:
    (folder / "S2.pkl").write_bytes(content)
    return folder / "S2.pkl"


@pytest.mark.parametrize("kind", ["<f8", "<f4", "<i4", "|u1", "<i8", ">f8"])
@pytest.mark.parametrize("shape", [(5,), (4, 3), (3, 1), (0, 2)])
def test_arrays_are_read_exactly(tmp_path: Path, kind: str, shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(60, 10, shape).astype(kind)
    path = write(tmp_path, pickled({"x": values}))
    found = load_pickle(path)
    assert isinstance(found, dict)
    np.testing.assert_array_equal(found["x"].read(path, "x"), values)


def test_numpy_reads_the_pickles_of_these_tests(tmp_path: Path) -> None:
    values = np.arange(6.0).reshape(3, 2)
    content = pickled({"subject": "S2", "x": values}).replace(b"numpy.core.", b"numpy._core.")
    found = pickle.loads(content, encoding="latin1")  # our own bytes
    assert found["subject"] == "S2"
    np.testing.assert_array_equal(found["x"], values)


def test_an_array_in_columns(tmp_path: Path) -> None:
    values = np.arange(6.0).reshape(2, 3)
    complete = opcodes(values).replace(b"\x89T", b"\x88T")
    path = write(tmp_path, b"\x80\x02" + complete + b".")
    found = load_pickle(path)
    assert isinstance(found, PickledArray)
    np.testing.assert_array_equal(found.read(path, "x"), values.reshape(-1).reshape((2, 3), order="F"))


class Evil:
    """Touches a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return open, (str(self.path), "w")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_functions_named_in_a_pickle_are_not_run(tmp_path: Path, protocol: int) -> None:
    touched = tmp_path / "touched"
    path = write(tmp_path, pickle.dumps({"label": Evil(touched)}, protocol))
    with pytest.raises(DataError, match=r"it asks for .*io\.?.*open"):
        load_pickle(path)
    assert not touched.exists()


ASKS = {
    "a command": b"cos\nsystem\n(S'true'\ntR.",
    "an import": b"c__builtin__\n__import__\n(S'os'\ntR.",
    "eval": b"cbuiltins\neval\n(S'1'\ntR.",
    "another function of numpy": b"cnumpy\nload\n(S'x'\ntR.",
    "what the allowed name leads to": b"cnumpy.core.multiarray\n_reconstruct.__globals__\n.",
    "another array": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntS'b'\ntR.",
    "an array of objects": b"cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.",
    "an array of records": b"cnumpy\ndtype\n(S'V8'\nI0\nI1\ntR.",
    "a type that is none": b"cnumpy\ndtype\n(I8\nI0\nI1\ntR.",
    "an instance": b"(S'x'\ncos\nsystem\no.",
    "a state for a class": b"cnumpy\ndtype\n}S'a'\nI1\nsb.",
    "a state for a name": b"cnumpy\nndarray\n}S'a'\nI1\nsb.",
    "a registered extension": b"\x80\x02\x82\x01.",
    "something outside": b"Pelsewhere\n.",
}


@pytest.mark.parametrize("content", ASKS.values(), ids=ASKS)
def test_a_forged_pickle_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="not a pickle of plain numbers"):
        load_pickle(write(tmp_path, content))


def test_the_stand_ins_are_left_as_they_were(tmp_path: Path) -> None:
    before = dict(vars(PickledArray))
    with pytest.raises(DataError):
        load_pickle(write(tmp_path, b"cnumpy.core.multiarray\n_reconstruct\nN}S'read'\nI1\ns\x86b."))
    assert dict(vars(PickledArray)) == before


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_pickle_cut_off(tmp_path: Path, share: float) -> None:
    content = pickled({"x": np.arange(50.0), "y": np.arange(9)})
    with pytest.raises(DataError, match="not a pickle"):
        load_pickle(write(tmp_path, content[: int(share * len(content))]))


def test_an_array_whose_bytes_do_not_fit(tmp_path: Path) -> None:
    content = pickled({"x": np.arange(6.0)}).replace(opcodes((6,)), opcodes((7,)))
    path = write(tmp_path, content)
    found = load_pickle(path)
    assert isinstance(found, dict)
    with pytest.raises(DataError, match="not an array that can be read") as caught:
        found["x"].read(path, "x")
    assert (caught.value.path, caught.value.field) == (path, "x")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        load_pickle(tmp_path / "S2.pkl")


HUGE = {
    "a value called by a huge number": b"\x80\x02Nr\xff\xff\xff\xff.",
    "a text of a huge size": b"\x80\x02T\xff\xff\xff\x7f.",
    "bytes of a huge size": b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f.",
    "a frame of a huge size": b"\x80\x04\x95" + b"\xff" * 7 + b"\x7fN.",
}


@pytest.mark.slow
def test_sizes_stated_by_a_damaged_pickle_reserve_no_memory(tmp_path: Path) -> None:
    """The address space of the process is limited to what it has and 256 MiB."""
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from mpcl_core.interfaces.errors import DataError\nfrom mpcl_plugins.sources.formats.array_pickle import load_pickle\n"
        "pages = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (pages + 2**28, pages + 2**28))\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n        print('read', load_pickle(Path(path)))\n"
        "    except DataError as error:\n        print('refused', error)"
    )
    paths = []
    for name, content in HUGE.items():
        (tmp_path / name).mkdir()
        paths.append(str(write(tmp_path / name, content)))
    run = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=True)
    lines = run.stdout.splitlines()
    assert len(lines) == len(HUGE)
    for name, line in zip(HUGE, lines, strict=True):
        assert line.startswith(("refused", "read None")), f"{name}: {line}"
        assert "MemoryError" not in line, name
