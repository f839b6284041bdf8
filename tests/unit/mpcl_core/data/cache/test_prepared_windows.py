"""Prepared rows that are kept: the same to the bit, found by what they depend on, never used when damaged."""

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

Blocks = tuple[Block, list[Block]]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own; and no plugin was edited while the tests ran."""
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
def test_simulated_rows_are_the_same_with_and_without(parameters: dict[str, Any]) -> None:
    assert_same_with_and_without(simulated_blocks(subjects=3, trials=4, **parameters))


def test_long_reading_says_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared_windows, "FIRST_REPORT_AFTER", 0.0)
    notices: list[str] = []
    blocks = simulated_blocks(subjects=2, trials=3)
    windows, _ = cached(blocks, notices)
    assert notices[0].startswith(f"{len(windows)} rows after 0 s, as far as subject 's02'")
    cached(blocks, notices)
    assert len(notices) == 1, "what is in the cache is not read again"


@pytest.mark.slow
def test_real_rows_are_the_same_with_and_without(data_dir: Path) -> None:
    for blocks in real_blocks(data_dir):
        assert_same_with_and_without(blocks)


def test_rows_of_a_careless_plugin_are_the_same_with_and_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_same_with_and_without((block(Sloppy, path=tmp_path / "file"), []))


def test_signals_are_mapped_from_the_entry_and_cannot_be_written(root: Path, tmp_path: Path) -> None:
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


def test_another_parameter_is_another_entry(tmp_path: Path) -> None:
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


def test_simulated_rows_depend_on_their_parameters_alone(tmp_path: Path) -> None:
    small = {"subjects": 2, "trials": 2, "seconds": 8.0}
    keys = [key_of(simulated_blocks(**small, seed=seed)) for seed in (0, 1)]
    assert len(set(keys)) == 2
    assert cached(simulated_blocks(**small, seed=1))[1].from_cache


def change_content(path: Path) -> None:
    (path / "a.txt").write_text("7.0")


def change_content_and_hide_it(path: Path) -> None:
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
        change_content_and_hide_it,
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
def test_a_change_of_files_is_noticed(
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


def test_the_place_of_files_and_the_times_they_were_touched_do_not_count(tmp_path: Path) -> None:
    path = ramps(tmp_path / "one" / "data", a=1.0, b=2.0)
    first = key_of(ramp_blocks(path))
    shutil.copytree(path, tmp_path / "two" / "data")
    (path / "a.txt").touch()
    for place_ in (path, tmp_path / "two" / "data"):
        _, origin = cached(ramp_blocks(place_))
        assert (origin.key, origin.from_cache) == (first, True)
    assert key_of(ramp_blocks((tmp_path / "two").rename(tmp_path / "three") / "data" / "a.txt")) != first


def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read to be hashed from here on."""
    names: list[str] = []
    original = hashlib.file_digest

    def file_digest(file: Any, digest: str) -> Any:
        names.append(Path(file.name).name)
        return original(file, digest)

    monkeypatch.setattr(hashlib, "file_digest", file_digest)
    return names


def test_files_that_did_not_change_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", 0.0)
    path, names = ramps(tmp_path / "data", a=1.0, b=2.0), hashed(monkeypatch)
    hashes = FileHashes(tmp_path / "tables")
    first = hashes.of({"x": path})
    assert first == {"x": {name: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in ("a.txt", "b.txt")}}
    assert names == ["a.txt", "b.txt"]
    names.clear()
    assert hashes.of({"x": path}) == first
    assert names == []
    (path / "b.txt").write_text("3.0")
    assert hashes.of({"x": path}) != first
    assert names == ["b.txt"]


def test_a_file_that_has_just_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, names = ramps(tmp_path / "data", a=1.0), hashed(monkeypatch)
    for _ in range(2):
        FileHashes(tmp_path / "tables").of({"x": path})
    assert names == ["a.txt", "a.txt"]


def test_a_damaged_table_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_hashes, "SETTLING_TIME", 0.0)
    path, hashes = ramps(tmp_path / "data", a=1.0), FileHashes(tmp_path / "tables")
    first = hashes.of({"x": path})
    (table,) = (tmp_path / "tables").iterdir()
    table.write_text(table.read_text().replace(first["x"]["a.txt"], "0" * 64))
    assert hashes.of({"x": path}) == first


def test_a_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    (path / "again").symlink_to(path)
    assert list(FileHashes(tmp_path / "tables").of({"x": path})["x"]) == ["a.txt"]


def test_another_library_or_framework_is_another_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    first = key_of(blocks)
    with monkeypatch.context() as patch:
        patch.setattr(key, "_versions", lambda: {"numpy": "0.1"})
        assert key_of(blocks) != first
    monkeypatch.setattr(key, "FORMAT", 2)
    assert key_of(blocks) != first


def test_other_code_is_another_entry_and_unknown_code_none(
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
    """Reads the files that a list names.

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


def test_files_that_a_list_names_count(tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0, b=2.0)
    (tmp_path / "list").write_text(f"{path / 'a.txt'} {path / 'b.txt'}")
    blocks = block(Listed, path=tmp_path / "list", scale=1.0), ramp_blocks(path)[1]
    first = key_of(blocks)
    assert key_of(blocks) == first
    change_content(path)
    assert key_of(blocks) != first


class Unnamed(Ramps):
    """Reads files that nobody knows of."""

    name = "unnamed"
    place: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__(path=self.place)


def test_a_source_that_names_no_file_is_never_kept(root: Path, tmp_path: Path) -> None:
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
def test_a_flipped_bit_is_noticed_and_the_rows_are_prepared_again(
    name: str, where: float, root: Path, tmp_path: Path
) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0, b=2.0))
    _, origin = cached(blocks)
    flipped(root / "rows" / str(origin.key) / name, where)
    notices: list[str] = []
    windows, again = cached(blocks, notices)
    assert_same(windows, uncached(blocks))
    assert (again.key, again.from_cache) == (origin.key, False)
    (notice,) = notices
    assert f"cannot be used, so they are prepared again: {name} is not what was written" in notice
    assert cached(blocks)[1].from_cache, "and kept again"
    assert folders(root) == [origin.key]


@pytest.mark.parametrize("name", ["about.json", "columns.npz", "X0.npy", None])
def test_what_is_missing_or_cut_off_is_noticed(name: str | None, root: Path, tmp_path: Path) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    entry = root / "rows" / str(cached(blocks)[1].key)
    for harm in ("removed", "cut"):
        for path in [entry / name] if name else list(entry.iterdir()):
            if harm == "removed":
                path.unlink()
            else:
                os.truncate(path, path.stat().st_size // 2)
        notices: list[str] = []
        assert_same(cached(blocks, notices)[0], uncached(blocks))
        assert len(notices) == 1
        assert cached(blocks)[1].from_cache


def test_a_label_that_was_changed_by_hand_is_noticed(root: Path, tmp_path: Path) -> None:
    blocks = ramp_blocks(ramps(tmp_path / "data", a=1.0))
    about = root / "rows" / str(cached(blocks)[1].key) / "about.json"
    about.write_text(about.read_text().replace('"joy","fear"', '"fear","joy"'))
    notices: list[str] = []
    assert cached(blocks, notices)[0].labels == ("joy", "fear")
    assert len(notices) == 1


# --- faults


def assert_prepared_in_memory(blocks: Blocks, reason: str) -> None:
    notices: list[str] = []
    windows, origin = cached(blocks, notices)
    assert_same(windows, uncached(blocks))
    assert origin.key is None
    (notice,) = notices
    assert "The cache cannot keep these rows, so they are prepared in memory: " in notice
    assert reason in notice


def test_a_folder_that_cannot_be_made_breaks_nothing(root: Path, tmp_path: Path) -> None:
    root.write_text("no folder")
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "Not a directory")
    assert root.read_text() == "no folder"


def test_no_home_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("MPCL_CACHE")
    monkeypatch.setattr(Path, "home", nowhere)
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "there is no home directory")


@contextmanager
def small_disk() -> Iterator[None]:
    """No file can grow beyond 20 kB; nor can the one that pytest's own output may go to, so no longer than need be."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("name", ["a", "long" * 40], ids=["signals", "columns"])
def test_a_full_disk_breaks_nothing(name: str, root: Path, tmp_path: Path) -> None:
    starts = {f"{name}{number}": 1.0 for number in range(20 if name == "a" else 6)}
    blocks = ramp_blocks(ramps(tmp_path / "data", **starts))
    size = sum(values.nbytes for values in uncached(blocks).X.values())
    assert (size > 20_000) is (name == "a")
    with small_disk():
        assert_prepared_in_memory(blocks, os.strerror(errno.EFBIG))
    assert folders(root) == [], "nothing is left"


def test_what_is_written_wrongly_is_not_used(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = prepared_windows.EntryWriter.commit

    def keep(self: Any, entry: Path, *others: Any, **more: Any) -> None:
        original(self, entry, *others, **more)
        flipped(entry / "X0.npy", 0.5)

    monkeypatch.setattr(prepared_windows.EntryWriter, "commit", keep)
    assert_prepared_in_memory(ramp_blocks(ramps(tmp_path / "data", a=1.0)), "X0.npy is not what was written")


def test_an_error_of_the_data_is_what_it_is_without_the_cache(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)
    source, transforms = ramp_blocks(path, scale=float("inf"))
    with pytest.raises(DataError) as expected:
        uncached((source, transforms))
    with pytest.raises(DataError) as caught:
        cached((source, transforms))
    assert str(caught.value) == str(expected.value)
    assert not (root / "rows").exists() or folders(root) == []


def test_a_missing_file_is_the_source_s_to_tell(tmp_path: Path) -> None:
    source = block(EmoPair, path=tmp_path / "nowhere")
    with pytest.raises(DataError, match="nowhere"):
        cached((source, [block(Window, length=2.0)]))


def test_rows_of_a_file_that_changes_while_it_is_read_are_not_kept(root: Path, tmp_path: Path) -> None:
    path = ramps(tmp_path / "data", a=1.0)

    class Touching(Doubled):
        name = "touching"

        def transform(self, windows: WindowSet) -> WindowSet:
            change_content(path)
            return super().transform(windows)

    source, (window, _) = ramp_blocks(path)
    notices: list[str] = []
    windows, origin = cached((source, [window, block(Touching)]), notices)
    assert (origin.key, len(notices)) == (None, 1)
    assert "a file changed while it was read" in notices[0]
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
def test_where_the_cache_lies(environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert location.find_root() == Path(expected)
