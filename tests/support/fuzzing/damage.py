"""Damage a file, and undo the damage."""

import io
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from support.corruption import emptied, flipped, truncated, wrong_header
from support.fuzzing.changed_values import changed_value


def nested(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a text that is nested very deep.

    Returns:
        The damaged content.
    """
    depth = int(rng.choice([200, 2000, 10**5]))
    return b"a: " + b"[" * depth if suffix == ".yaml" else b'{"a":' * depth + b"1" + b"}" * depth


def foreign(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a sound file of the same kind that holds something else.

    Returns:
        The damaged content.
    """
    out = io.BytesIO()
    if suffix in (".npz", ".npy"):
        np.savez(out, a=np.arange(3)) if suffix == ".npz" else np.save(out, np.arange(3))
        return out.getvalue()
    return bytes(rng.choice([b"[1]\n", b"{}\n", b"null\n", b"3\n", b'"x"\n', b"\n\n", b"a,b\n1,2\n", b"{}\n" * 1000]))


def bomb(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return a small file that unpacks to 700 MB, or one long line.

    Returns:
        The damaged content.
    """
    if suffix != ".npz":
        return b"x" * (3 * 10**7)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (700 * 2**17,)})
        for name in np.load(io.BytesIO(content)).files[:1]:
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                entry.write(header.getvalue())
                for _ in range(700):
                    entry.write(b"\0" * 2**20)
    return out.getvalue()


DAMAGES = (changed_value, changed_value, changed_value, truncated, flipped, wrong_header, emptied, nested, foreign)
REPLACED = ("gone", "folder", "fifo", "loop")
"""What stands in the place of a file: nothing, a folder, a pipe that nobody writes into, a link to itself."""


@dataclass(frozen=True)
class Damage:
    """Hold a damage of one file, which can be undone."""

    file: Path
    content: bytes

    def apply(self, rng: np.random.Generator, rare: bool) -> str:
        """Damage the file.

        Returns:
            The name of the damage.
        """
        if rng.random() < 0.08:
            kind = REPLACED[int(rng.integers(len(REPLACED)))]
            self.file.unlink()
            if kind == "folder":
                self.file.mkdir()
            elif kind == "fifo":
                os.mkfifo(self.file)
            elif kind == "loop":
                self.file.symlink_to(self.file)
            return kind
        damage = bomb if rare else DAMAGES[int(rng.integers(len(DAMAGES)))]
        self.file.write_bytes(damage(self.content, self.file.suffix, rng))
        return damage.__name__

    def undo(self) -> None:
        """Restore the file."""
        if self.file.is_dir() and not self.file.is_symlink():
            self.file.rmdir()
        self.file.unlink(missing_ok=True)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.content)
