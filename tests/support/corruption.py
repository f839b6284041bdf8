"""Damage the files of a source, read the result in a process of its own, and report the outcome.

The process can be limited in memory, and can crash or hang without the tests. What is right depends on the file: where
it holds checksums, damage must be refused or leave the data unchanged; where it does not, other numbers may result, but
they must be what the source promises.
"""

import io
import json
import resource
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import numpy as np
from scipy.io import loadmat, savemat

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Recording, WindowSet, check_distributions
from mpcl_core.interfaces.errors import DataError
from support.paths import ROOT

Seen = list[dict[str, object]]
"""What a source gave: columns and arrays by name, for the rows or for each recording."""

SEED = 20
MEMORY = 2 * 2**30
NUMBERS = ("0", "-1", "nan", "inf", "1e308", "7", "2.5", "", "64.0", "much")
LARGE = ("9" * 12, "9" * 400, "1e30", "4294967295")
CHECKSUMMED = (".npz", ".zip")


@dataclass(frozen=True)
class Reader:
    """Describe a source under test.

    Args:
        make: writes its files into a folder; small, for they are read a hundred times.
        source: returns the source of that folder.
        checksummed: whether every file that is damaged holds checksums, though its name does not show it.
        seconds: after which reading hangs.
    """

    make: Callable[[Path], object]
    source: Callable[[Path], Source]
    checksummed: bool = False
    seconds: float = 20.0


class Case(NamedTuple):
    """Hold the outcome of one damaged file."""

    number: int
    reader: str
    damage: str
    file: str
    outcome: str


class Hang(BaseException):
    """Signal that reading took too long; no reader may catch it."""


def truncated(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a part from the beginning.

    Returns:
        The damaged content.
    """
    return content[: int(rng.integers(1, max(len(content), 2)))]


def flipped(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return the content with some bits flipped.

    Returns:
        The damaged content.
    """
    damaged = bytearray(content)
    for place in rng.integers(0, len(damaged), int(rng.integers(1, 9))):
        damaged[place] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


def wrong_header(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Replace the beginning by noise, or by that of another kind of file.

    Returns:
        The damaged content.
    """
    heads = (
        rng.bytes(int(rng.integers(100, 300))),
        b"\x89HDF\r\n\x1a\n",
        b"PK\x03\x04",
        b"subject,time\n",
        b"\x80\x02",
    )
    head = heads[int(rng.integers(len(heads)))]
    return head + content[len(head) :]


def emptied(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return an empty content.

    Returns:
        The damaged content.
    """
    return b""


def restated(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a complete file that states something else: a rate, a count, a clip, a rating.

    Returns:
        The damaged content.
    """
    return REWRITE.get(suffix, _overwritten)(content, rng, NUMBERS)


def huge(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a complete file with a number that is far too large: of samples, of bytes, of rows.

    Returns:
        The damaged content.
    """
    return REWRITE.get(suffix, _overwritten)(content, rng, LARGE)


def _overwritten(content: bytes, rng: np.random.Generator, numbers: tuple[str, ...]) -> bytes:
    size = int(rng.choice([2, 4, 8]))
    place = int(rng.integers(max(min(len(content), 4096) - size, 1)))
    number = b"\xff" * size if numbers is LARGE else rng.bytes(size)
    return content[:place] + (b"\x7f" + number[1:])[::-1] + content[place + size :]


def _text(content: bytes, rng: np.random.Generator, numbers: tuple[str, ...]) -> bytes:
    lines = content.decode("latin-1").split("\n")
    line = int(rng.integers(min(len(lines), 4))) if rng.random() < 0.5 else int(rng.integers(len(lines)))
    mark = next((mark for mark in ";\t" if mark in lines[line]), ",")
    cells = lines[line].split(mark)
    cells[int(rng.integers(len(cells)))] = str(rng.choice(numbers))
    lines[line] = mark.join(cells)
    return "\n".join(lines).encode("latin-1")


def _archive(content: bytes, rng: np.random.Generator, numbers: tuple[str, ...]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name = str(rng.choice(sorted(entries)))
    change = _array if name.endswith(".npy") else _text
    entries[name] = change(entries[name], rng, numbers)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, held in entries.items():
            archive.writestr(entry, held)
    return out.getvalue()


def _array(content: bytes, rng: np.random.Generator, numbers: tuple[str, ...]) -> bytes:
    if numbers is LARGE:
        many = str(rng.choice([10**5, 10**9, 10**12, 10**18])).encode()
        start = content.index(b"'shape': (") + len(b"'shape': (")
        stop = content.index(b"}", start)
        header = (content[:start] + many + b",), }").ljust(127) + b"\n"
        return header + content[128:] if len(header) == 128 and stop < 128 else content
    values = np.load(io.BytesIO(content)).copy()
    out = io.BytesIO()
    np.save(out, _changed(values, rng))
    return out.getvalue()


def _matlab(content: bytes, rng: np.random.Generator, numbers: tuple[str, ...]) -> bytes:
    if numbers is LARGE:
        return _overwritten(content, rng, numbers)
    arrays = {name: values for name, values in loadmat(io.BytesIO(content)).items() if not name.startswith("__")}
    name = str(rng.choice(sorted(arrays)))
    arrays[name] = _changed(arrays[name], rng)
    out = io.BytesIO()
    savemat(out, arrays, do_compression=bool(rng.integers(2)))
    return out.getvalue()


def _changed(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change a value at one place, or the shape, or the type.

    Returns:
        The changed array.
    """
    if values.dtype.kind not in "iuf" or rng.random() < 0.3:
        return np.asarray(rng.choice([0, 1])) if rng.random() < 0.3 else values[::-1][1:].T
    wide = values.astype(np.float64)
    wide.flat[int(rng.integers(wide.size))] = rng.choice([0, -1, np.nan, np.inf, 1e300, 7, 0.5, 1e12])
    keep = values.dtype.kind == "f" or not np.isfinite(wide).all() or np.abs(wide).max() > 2**31
    return wide if keep else wide.astype(values.dtype)


REWRITE = {".csv": _text, ".tsv": _text, ".npz": _archive, ".zip": _archive, ".mat": _matlab}
REPACKED = (restated, huge)
DAMAGES = (truncated, flipped, wrong_header, restated, emptied, huge)


class BrokenPromiseError(Exception):
    """Report that a source gave what it does not promise."""


def seen(source: Source) -> Seen:
    """Return everything that a source gives.

    Returns:
        Columns and arrays by name.

    Raises:
        BrokenPromiseError: it is not what the source promises.
    """
    loaded = source.load()
    if isinstance(loaded, Iterator):
        return [_recording(recording, source) for recording in loaded]
    return [_windows(loaded, source)]


def _windows(windows: WindowSet, source: Source) -> dict[str, object]:
    try:
        windows.validate()
    except DataError as error:
        raise BrokenPromiseError(error) from error
    _promised(windows.modalities == source.modalities, "modalities")
    columns = {name: getattr(windows, name) for name in ("D", "subject", "trial", "split", "t_start")}
    return {**windows.X, **columns}


def _recording(recording: Recording, source: Source) -> dict[str, object]:
    try:
        check_distributions(recording.D[None], "D")
    except DataError as error:
        raise BrokenPromiseError(error) from error
    rates = {modality.name: (modality.n_chans, modality.sfreq) for modality in source.modalities}
    _promised(bool(recording.subject and recording.trial and recording.signals), "a recording of nobody or nothing")
    _promised(len(recording.D) == len(source.labels), "labels")
    for name, part in recording.signals.items():
        _promised(rates[name] == (len(part.values), part.sfreq), f"{name} has other channels or another rate")
        _promised(part.values.dtype == np.float32 and part.values.size > 0, f"{name} has no samples")
        _promised(not np.isinf(part.values).any(), f"{name} is infinite")
    values = {name: part.values for name, part in recording.signals.items()}
    starts = {f"{name} start": part.start for name, part in recording.signals.items()}
    return {**values, **starts, "D": recording.D, "subject": recording.subject, "trial": recording.trial}


def _promised(is_met: bool, what: str) -> None:
    if not is_met:
        raise BrokenPromiseError(what)


def same(one: Seen, other: Seen) -> bool:
    """Return whether both are equal to the last bit.

    Returns:
        True where they are.
    """
    return len(one) == len(other) and all(
        a.keys() == b.keys()
        and all(np.array_equal(np.asarray(a[k]), np.asarray(b[k]), equal_nan=_real(a[k])) for k in a)
        for a, b in zip(one, other, strict=True)
    )


def _real(value: object) -> bool:
    return np.asarray(value).dtype.kind == "f"


def outcome(reader: Reader, folder: Path, expected: Seen, exact: bool) -> str:
    """Return ``refused``, ``same`` or ``other``, or else what is wrong.

    Returns:
        The outcome in words.
    """
    signal.setitimer(signal.ITIMER_REAL, reader.seconds)
    try:
        found = seen(reader.source(folder))
    except DataError as error:
        return "wanted too much memory" if _wants_memory(error) else "refused"
    except Hang:
        return f"took more than {reader.seconds:g} s"
    except MemoryError:
        return "wanted too much memory"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if same(found, expected):
        return "same"
    return "damaged data were believed" if exact else "other"


def _wants_memory(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, MemoryError):
        error = error.__cause__ or error.__context__
    return error is not None


def cases(readers: dict[str, Reader], numbers: Iterable[int]) -> Iterator[Case]:
    """Yield the outcome of one damaged file after the other; each is restored before the next.

    Yields:
        The cases.
    """
    names = list(readers)
    with tempfile.TemporaryDirectory() as scratch:
        expected: dict[str, Seen] = {}
        for number in numbers:
            name, damage = names[number % len(names)], DAMAGES[number // len(names) % len(DAMAGES)]
            folder, reader = Path(scratch) / name, readers[name]
            if name not in expected:
                folder.mkdir()
                reader.make(folder)
                expected[name] = seen(reader.source(folder))
            rng = np.random.default_rng([SEED, number])
            files = sorted(file for file in folder.rglob("*") if file.is_file())
            file = files[int(rng.integers(len(files)))]
            content = file.read_bytes()
            file.write_bytes(damage(content, file.suffix, rng))
            exact = (reader.checksummed or file.suffix in CHECKSUMMED) and damage not in REPACKED
            yield Case(number, name, damage.__name__, file.name, outcome(reader, folder, expected[name], exact))
            file.write_bytes(content)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Hang


def main(table: str, first: str, last: str) -> None:
    """Run some cases and print a line of JSON each, with a limit on what they may allocate."""
    from support import corrupted_readers

    signal.signal(signal.SIGALRM, _stop)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for case in cases(getattr(corrupted_readers, table), range(int(first), int(last))):
        sys.stdout.write(json.dumps(case) + "\n")
        sys.stdout.flush()


def run(table: str, first: int, last: int, seconds: float = 240.0) -> list[Case]:
    """Return the outcomes of the cases from ``first`` to before ``last``, run in a process of their own.

    Returns:
        The cases; a crash is the outcome of its case.
    """
    command = [sys.executable, "-W", "error", "-m", "support.corruption", table, str(first), str(last)]
    try:
        done = subprocess.run(command, cwd=ROOT / "tests", capture_output=True, text=True, check=False, timeout=seconds)
        output, end = done.stdout, f"exit {done.returncode}: {done.stderr[-800:]}" if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        output, end = (error.stdout or b"").decode(), f"hung for {seconds:g} s"
    found = [Case(*json.loads(line)) for line in output.splitlines()]
    return [*found, Case(first + len(found), "", "", "", end)] if end else found


if __name__ == "__main__":
    main(*sys.argv[1:])
