"""Store prepared windows: the same to the bit, found by what they depend on, never used when damaged."""

import errno
import hashlib
import math
import os
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from mpcl_core.data.cache import code_hash, file_hashes, key, location, prepared_windows
from mpcl_core.data.cache.file_hashes import FileHashes
from mpcl_core.data.prepare import prepare
from mpcl_core.data.unused_recordings import UnusedRecording
from mpcl_core.interfaces.data import Recording, WindowSet
from mpcl_core.interfaces.errors import DataError
from mpcl_core.spec.block import Block
from mpcl_plugins.sources.dmer import DMER
from mpcl_plugins.sources.emopair import EmoPair
from mpcl_plugins.transforms.hrv import HRV
from mpcl_plugins.transforms.window import Window
from support.cache_study import (
    Doubled,
    Ramps,
    Sloppy,
    assert_same,
    cached,
    ramp_blocks,
    ramps,
    simulated_blocks,
)
from support.specs import block

pytestmark = pytest.mark.slow

Blocks = tuple[Block, list[Block]]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a cache of this test alone, and count no plugin as edited while the tests run."""
    monkeypatch.setattr(code_hash, "IMPORT_TIME", math.inf)
    monkeypatch.setenv("MPCL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def uncached(blocks: Blocks) -> WindowSet:
    source, transforms = blocks
    return prepare(source.build(), [transform.build() for transform in transforms])


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "rows").iterdir())


# --- the same, to the bit


def real_blocks(data_dir: Path) -> Iterator[Blocks]:
    features = [block(Window, length=200.0), block(HRV, modality="ppg", output="beats")]
    yield block(EmoPair, path=data_dir / "emopaircompete"), features
    yield block(DMER, path=data_dir / "dmer-emotiondict" / "data_feature_sample.mat"), []


def assert_same_with_and_without(blocks: Blocks) -> None:
    expected = uncached(blocks)
    for found in (False, True):
        windows, origin = cached(blocks)
        assert origin.from_cache is found
        assert_same(windows, expected)


@pytest.mark.parametrize("parameters", [{"missing": 0.3}, {"missing": 0.0, "seconds": 7.0}])
def test_simulated_windows_are_the_same_with_and_without_cache(parameters: dict[str, Any]) -> None:
    assert_same_with_and_without(simulated_blocks(subjects=3, trials=4, **parameters))


def test_long_preparation_reports_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_windows, "FIRST_REPORT_AFTER", 0.0)
    messages: list[str] = []
    blocks = simulated_blocks(subjects=2, trials=3)
    windows, _ = cached(blocks, messages)
    assert messages[0].startswith(f"{len(windows)} windows after 0 s, up to subject 's02'")
    cached(blocks, messages)
    assert len(messages) == 1, "what is in the cache is not read again"


@pytest.mark.slow
def test_real_windows_are_the_same_with_and_without_cache(data_dir: Path) -> None:
    for blocks in real_blocks(data_dir):
        assert_same_with_and_without(blocks)


def test_windows_of_wrong_types_are_the_same_with_and_without_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_same_with_and_without((block(Sloppy, path=tmp_path / "file"), []))


def test_signals_are_mapped_read_only_from_the_entry(root: Path, tmp_path: Path) -> None:
    windows, origin = cached(ramp_blocks(ramps(tmp_path / "data", a=1.0)))
    for number, values in enumerate(windows.X.values()):
        assert isinstance(values, np.memmap)
        assert values.filename == str(root / "rows" / str(origin.key) / f"X{number}.npy")
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1.0


# --- the key


def key_of(blocks: Blocks) -> str:
    windows, origin = cached(blocks)
    assert_same(windows, uncached(blocks))
    assert origin.key is not None
    return origin.key


def test_other_parameters_have_other_entries(tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0, b=2.0)
    source, transforms = ramp_blocks(path)
    others = [
        ramp_blocks(path, scale=2.0),
        (source, transforms[:1]),
        (source, [*transforms, block(Doubled)]),
        (source, [block(Window, length=2.0, hop=0.5), transforms[1]]),
        (source, [block(Window, length=2.0), transforms[1]]),
    ]
    keys = [key_of(blocks) for blocks in ((source, transforms), *others)]
    assert len(set(keys)) == len(keys)


def test_simulated_windows_depend_on_their_parameters_alone(tmp_path: Path) -> None:
    small = {"subjects": 2, "trials": 2, "seconds": 8.0}
    keys = [key_of(simulated_blocks(**small, seed=seed)) for seed in (0, 1)]
    assert len(set(keys)) == 2
    assert cached(simulated_blocks(**small, seed=1))[1].from_cache


def change_content(path: Path) -> None:
    (path / "a.txt").write_text("7.0")


def change_content_and_restore_times(path: Path) -> None:
    before = (path / "a.txt").stat()
    (path / "a.txt").write_text("9.0")
    os.utime(path / "a.txt", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path / "a.txt").stat().st_size == before.st_size


def exchange(path: Path) -> None:
    (path / "a.txt").rename(path / "c.txt")
    (path / "b.txt").rename(path / "a.txt")
    (path / "c.txt").rename(path / "b.txt")


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        change_content,
        change_content_and_restore_times,
        exchange,
        lambda path: (path / "a.txt").rename(path / "z.txt"),
        lambda path: (path / "b.txt").unlink(),
        lambda path: ramps(path / "below", d=4.0),
        lambda path: (path / "e.txt").symlink_to(path / "a.txt"),
        lambda path: path.rename(path.with_name("data2")) and path.symlink_to("data2"),
    ],
    ids=["content", "hidden", "exchanged", "renamed", "removed", "added below", "linked", "linked folder"],
)
@pytest.mark.parametrize("settled", [True, False])
def test_changed_files_have_another_entry(
    change: Any, settled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if settled:  # as if all that happens here happened long ago
        monkeypatch.setattr(file_hashes, "SETTLING_TIME", 0.0)
    path = ramps(tmp_path / "data", a=1.0, b=2.0)
    first = key_of(ramp_blocks(path))
    assert key_of(ramp_blocks(path)) == first
    change(path)
    moved = "linked folder" in request.node.name
    assert (key_of(ramp_blocks(path)) == first) is moved, "the same files in another place are the same"


def test_place_and_times_of_files_do_not_matter(tmp_path: Path) -> None:
    path = ramps(tmp_path / "one" / "data", a=1.0, b=2.0)
    first = key_of(ramp_blocks(path))
    shutil.copytree(path, tmp_path / "two" / "data")
    (path / "a.txt").touch()
    for place_ in (path, tmp_path / "two" / "data"):
        _, origin = cached(ramp_blocks(place_))
        assert (origin.key, origin.from_cache) == (first, True)
    assert key_of(ramp_blocks((tmp_path / "two").rename(tmp_path / "three") / "data" / "a.txt")) != first


def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the names of the files that are read to be hashed."""
    names: list[str] = []
    original = hashlib.file_digest

    def file_digest(file: Any, digest: str) -> Any:
        names.append(Path(file.name).name)
        return original(file, digest)

    monkeypatch.setattr(hashlib, "file_digest", file_digest)
    return names


def test_unchanged_files_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", 0.0)
    path, names = ramps(tmp_path / "data", a=1.0, b=2.0), hashed(monkeypatch)
    hashes = FileHashes(tmp_path / "tables")
    first = hashes.compute({"x": path})
    assert first == {"x": {name: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in ("a.txt", "b.txt")}}
    assert names == ["a.txt", "b.txt"]
    names.clear()
    assert hashes.compute({"x": path}) == first
    assert names == []
    (path / "b.txt").write_text("3.0")
    assert hashes.compute({"x": path}) != first
    assert names == ["b.txt"]


def test_recently_changed_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, names = ramps(tmp_path / "data", a=1.0), hashed(monkeypatch)
    for _ in range(2):
        FileHashes(tmp_path / "tables").compute({"x": path})
    assert names == ["a.txt", "a.txt"]


def test_damaged_table_of_hashes_is_ignored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", 0.0)
    path, hashes = ramps(tmp_path / "data", a=1.0), FileHashes(tmp_path / "tables")
    first = hashes.compute({"x": path})
    (table,) = (tmp_path / "tables").iterdir()
    table.write_text(table.read_text().replace(first["x"]["a.txt"], "0" * 64))
    assert hashes.compute({"x": path}) == first


def test_folder_that_links_to_itself_is_read_once(tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    (path / "again").symlink_to(path)
    assert list(FileHashes(tmp_path / "tables").compute({"x": path})["x"]) == ["a.txt"]


def test_other_versions_of_libraries_have_other_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    first = key_of(blocks)
    with monkeypatch.context() as patch:
        patch.setattr(key, "library_versions", lambda: {"numpy": "0.1"})
        assert key_of(blocks) != first
    monkeypatch.setattr(key, "FORMAT", 2)
    assert key_of(blocks) != first


def test_other_code_has_another_entry_and_unknown_code_none(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    keys = [key_of(blocks)]
    for changed in (Ramps, Window, Doubled):
        with monkeypatch.context() as patch:
            patch.setattr(
                key, "hash_class", lambda cls, changed=changed: "new" if cls is changed else code_hash.hash_class(cls)
            )
            keys.append(key_of(blocks))
            patch.setattr(
                key, "hash_class", lambda cls, changed=changed: None if cls is changed else code_hash.hash_class(cls)
            )
            assert cached(blocks)[1].key is None
    assert len(set(keys)) == 4
    assert folders(root) == sorted(keys)


class Listed(Ramps):
    """Read the files that a list names.

    Args:
        path: the list.
        scale: of the ramp.
    """

    name = "listed"

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(map(Path, self.path.read_text().split()))

    def load(self) -> Iterator[Recording]:
        for file in self.files:
            yield self.recording(file.stem, float(file.read_text()))


def test_files_named_by_a_list_matter(tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0, b=2.0)
    (tmp_path / "list").write_text(f"{path / 'a.txt'} {path / 'b.txt'}")
    blocks = block(Listed, path=tmp_path / "list", scale=1.0), ramp_blocks(path)[1]
    first = key_of(blocks)
    assert key_of(blocks) == first
    change_content(path)
    assert key_of(blocks) != first


class Unnamed(Ramps):
    """Read files that are not declared."""

    name = "unnamed"
    place: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__(path=self.place)


def test_source_without_files_is_never_stored(root: Path, tmp_path: Path) -> None:
    Unnamed.place = ramps(tmp_path / "data", a=1.0)
    blocks = block(Unnamed), ramp_blocks(tmp_path)[1]
    for start in ("1.0", "5.0"):
        (tmp_path / "data" / "a.txt").write_text(start)
        windows, origin = cached(blocks)
        assert origin.key is None
        assert windows.X["ramp"][0, 0, 0] == 2 * float(start)
    assert not root.exists()


# --- damage


def flipped(path: Path, where: float) -> None:
    content = bytearray(path.read_bytes())
    content[round(where * (len(content) - 1))] ^= 1
    path.write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("where", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("name", ["about.json", "columns.npz", "X0.npy", "X1.npy"])
def test_flipped_bit_is_detected_and_windows_are_prepared_again(
    name: str, where: float, root: Path, tmp_path: Path
) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0, b=2.0))
    _, origin = cached(blocks)
    flipped(root / "rows" / str(origin.key) / name, where)
    messages: list[str] = []
    windows, again = cached(blocks, messages)
    assert_same(windows, uncached(blocks))
    assert (again.key, again.from_cache) == (origin.key, False)
    (message,) = messages
    assert f"cannot be used, so they are prepared again: {name} is not what was written" in message
    assert cached(blocks)[1].from_cache, "and kept again"
    assert folders(root) == [origin.key]


@pytest.mark.parametrize("name", ["about.json", "columns.npz", "X0.npy", None])
def test_missing_or_truncated_files_are_detected(name: str | None, root: Path, tmp_path: Path) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    entry = root / "rows" / str(cached(blocks)[1].key)
    for harm in ("removed", "cut"):
        for path in [entry / name] if name else list(entry.iterdir()):
            if harm == "removed":
                path.unlink()
            else:
                os.truncate(path, path.stat().st_size // 2)
        messages: list[str] = []
        assert_same(cached(blocks, messages)[0], uncached(blocks))
        assert len(messages) == 1
        assert cached(blocks)[1].from_cache


def test_label_changed_by_hand_is_detected(root: Path, tmp_path: Path) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    about = root / "rows" / str(cached(blocks)[1].key) / "about.json"
    about.write_text(about.read_text().replace('"joy","fear"', '"fear","joy"'))
    messages: list[str] = []
    assert cached(blocks, messages)[0].labels == ("joy", "fear")
    assert len(messages) == 1


# --- faults


def assert_prepared_in_memory(blocks: Blocks, reason: str) -> None:
    messages: list[str] = []
    windows, origin = cached(blocks, messages)
    assert_same(windows, uncached(blocks))
    assert origin.key is None
    (message,) = messages
    assert "The cache cannot store these windows, so they are prepared in memory: " in message
    assert reason in message


def test_unwritable_folder_does_not_stop_the_preparation(root: Path, tmp_path: Path) -> None:
    root.write_text("no folder")
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "Not a directory")
    assert root.read_text() == "no folder"


def test_missing_home_does_not_stop_the_preparation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("MPCL_CACHE")
    monkeypatch.setattr(Path, "home", nowhere)
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "there is no home directory")


@contextmanager
def small_disk() -> Iterator[None]:
    """Limit files to 20 kB, pytest's output included, so only as long as needed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ["a", "long" * 40], ids=["signals", "columns"])
def test_full_disk_does_not_stop_the_preparation(name: str, root: Path, tmp_path: Path) -> None:
    starts = {f"{name}{number}": 1.0 for number in range(20 if name == "a" else 6)}
    blocks = ramp_blocks(ramps(tmp_path / "data", **starts))
    size = sum(values.nbytes for values in uncached(blocks).X.values())
    assert (size > 20_000) is (name == "a")
    with small_disk():
        assert_prepared_in_memory(blocks, os.strerror(errno.EFBIG))
    assert folders(root) == [], "nothing is left"


def test_entry_that_is_written_wrongly_is_not_used(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = prepared_windows.EntryWriter.commit

    def commit(self: Any, entry: Path, *others: Any, **more: Any) -> None:
        original(self, entry, *others, **more)
        flipped(entry / "X0.npy", 0.5)

    monkeypatch.setattr(prepared_windows.EntryWriter, "commit", commit)
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "X0.npy is not what was written")


def test_errors_of_the_data_are_the_same_without_cache(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    source, transforms = ramp_blocks(path, scale=float("inf"))
    with pytest.raises(DataError) as expected:
        uncached((source, transforms))
    with pytest.raises(DataError) as caught:
        cached((source, transforms))
    assert str(caught.value) == str(expected.value)
    assert not (root / "rows").exists() or folders(root) == []


def test_missing_file_is_an_error_of_the_source(tmp_path: Path) -> None:
    source = block(EmoPair, path=tmp_path / "nowhere")
    with pytest.raises(DataError, match="nowhere"):
        cached((source, [block(Window, length=2.0)]))


def test_windows_of_a_file_that_changes_while_it_is_read_are_not_stored(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)

    class Touching(Doubled):
        name = "touching"

        def transform(self, windows: WindowSet) -> WindowSet:
            change_content(path)
            return super().transform(windows)

    source, (window, _) = ramp_blocks(path)
    messages: list[str] = []
    windows, origin = cached((source, [window, block(Touching)]), messages)
    assert (origin.key, len(messages)) == (None, 1)
    assert "a file changed while it was read" in messages[0]
    assert windows.X["ramp"][0, 0, 0] == 14.0
    assert folders(root) == []


# --- where


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"MPCL_CACHE": "/some/where", "XDG_CACHE_HOME": "/x"}, "/some/where"),
        ({"MPCL_CACHE": "", "XDG_CACHE_HOME": "/x"}, "/x/mpcl"),
        ({"MPCL_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/mpcl"),
    ],
)
@pytest.mark.skipif("sys.platform != 'linux'", reason="other systems keep caches elsewhere")
def test_folder_of_the_cache(environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert location.find_root() == Path(expected)


def test_recordings_without_windows_are_known_from_the_cache_as_well(tmp_path: Path) -> None:
    source, transforms = ramp_blocks(ramps(tmp_path / "data", a=0.0, b=1.0))
    windows, prepared = cached((block(_OneIsShort, path=source.parameters["path"]), transforms))
    again, read = cached((block(_OneIsShort, path=source.parameters["path"]), transforms))
    assert_same(windows, again)
    assert (prepared.n_recordings, read.n_recordings, read.from_cache) == (2, 2, True)
    assert read.unused == prepared.unused == (UnusedRecording("a", "t1", "ramp lasts 0.5 s, a window 2 s"),)
    assert read.notes == prepared.notes == ("a note",)


class _OneIsShort(Ramps):
    name = "one_is_short"

    @property
    def notes(self) -> tuple[str, ...]:
        return ("a note",)

    def recording(self, subject: str, start: float) -> Recording:
        made = super().recording(subject, start)
        if subject == "a":
            made.signals["ramp"].values = made.signals["ramp"].values[:, :5]
        return made
