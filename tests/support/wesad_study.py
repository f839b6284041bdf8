"""A small study in the layout of WESAD, written byte by byte as the real one is."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

ORDER = ("Base", "TSST", "Medi 1", "Fun", "Medi 2")
START = ("0.1", "1.02", "2", "2.3", "4.05")
END = ("1", "1.5", "2.2", "3.2", "5")
SECONDS = ((10, 60), (62, 110), (120, 140), (150, 200), (245, 300))
CODES = {"Base": 1, "TSST": 2, "Fun": 3, "Medi 1": 4, "Medi 2": 4}
OFFSET = 7.5
E4_RATES = {"BVP": 64, "EDA": 4, "TEMP": 4, "HR": 1, "ACC": 32}
LONG = 330


def panas(order: tuple[str, ...] = ORDER) -> list[list[str]]:
    """A row a condition: 24 scores, or 26 after the TSST."""
    rng = np.random.default_rng(0)
    return [[str(score) for score in rng.integers(1, 6, 26 if name == "TSST" else 24)] for name in order]


def quest(
    subject: str = "S2",
    order: tuple[str, ...] = ORDER,
    start: tuple[str, ...] = START,
    end: tuple[str, ...] = END,
    rows: list[list[str]] | None = None,
    tag: str = "# Subj",
) -> str:
    cells = [[tag, subject], ["# ORDER", *order, "sRead"], ["# START", *start, "1"], ["# END", *end, "1.01"], [""]]
    cells += [["# PANAS", *row] for row in (panas(order) if rows is None else rows)]
    cells += [[""], ["# STAI", "3", "2"], ["# DIM", "7", "2"], ["# SSSQ", "5", "Nan"]]
    return "\n".join(";".join(row) + ";" * (27 - len(row)) for row in cells) + "\n"


def e4_values() -> dict[str, np.ndarray]:
    """The samples of an E4 session, (T, c); the first four temperatures cannot be."""
    rng = np.random.default_rng(1)
    made = {name: rng.normal(30, 1, (LONG * rate, 3 if name == "ACC" else 1)) for name, rate in E4_RATES.items()}
    made["TEMP"][:4] = 382.18
    return made


def e4_texts(values: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {
        f"{name}.csv": "\n".join(
            [
                ", ".join([f"{1495437335.0 if name == 'HR' else 1495437325.0:.6f}"] * samples.shape[1]),
                ", ".join([f"{E4_RATES[name]:.6f}"] * samples.shape[1]),
                *(",".join(f"{number:.6f}" for number in row) for row in samples),
            ]
        )
        + "\n"
        for name, samples in values.items()
    }


def e4_study(path: Path, texts: Mapping[str, str], subject: str = "S2", text: str | None = None) -> Path:
    """A person with a zip file, and the table of offsets."""
    folder = path / subject
    folder.mkdir()
    (folder / f"{subject}_quest.csv").write_text(quest(subject) if text is None else text)
    with zipfile.ZipFile(folder / f"{subject}_E4_Data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in texts.items():
            archive.writestr(name, content)
    (path / "e4_offsets_derived.csv").write_text(f"subject,e4_offset_s\n{subject},{OFFSET}\n")
    return path


def session(order: tuple[str, ...] = ORDER) -> dict[str, Any]:
    """What ``SX.pkl`` holds: the labels are shifted and ten seconds shorter at both ends, as the real ones."""
    rng = np.random.default_rng(2)
    seconds = LONG - 5
    label = np.zeros(seconds * 700, dtype=np.int32)
    for name, (begin, end) in zip(order, SECONDS, strict=True):
        label[(begin + 5) * 700 : (end - 5) * 700] = CODES[name]
    label[:700] = 6
    wrist = {"ACC": (32, 3), "BVP": (64, 1), "EDA": (4, 1), "TEMP": (4, 1)}
    chest = {"ACC": 3, "ECG": 1, "EMG": 1, "EDA": 1, "Temp": 1, "Resp": 1}
    return {
        "subject": "S2",
        "label": label,
        "signal": {
            "wrist": {name: rng.normal(size=(seconds * rate, c)) for name, (rate, c) in wrist.items()},
            "chest": {name: rng.normal(size=(seconds * 700, c)).astype(np.float32) for name, c in chest.items()},
        },
    }


def pickled(value: object) -> bytes:
    """The value as Python 2 pickles it under protocol 2: text and the bytes of an array as latin-1 strings."""
    return b"\x80\x02" + opcodes(value) + b"."


def opcodes(value: object) -> bytes:
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return b"}(" + b"".join(opcodes(part) for pair in value.items() for part in pair) + b"u"
    if isinstance(value, tuple):
        return b"(" + b"".join(map(opcodes, value)) + b"t"
    if isinstance(value, str | bytes):
        raw = value if isinstance(value, bytes) else value.encode("latin1")
        return b"T" + len(raw).to_bytes(4, "little") + raw
    if isinstance(value, bool):
        return b"\x88" if value else b"\x89"
    if isinstance(value, int):
        return b"J" + value.to_bytes(4, "little", signed=True)
    assert value is None
    return b"N"


def _array(values: np.ndarray) -> bytes:
    made = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n" + opcodes((0,)) + opcodes("b") + b"tR"
    return (
        made + b"(" + b"".join(map(opcodes, (1, values.shape))) + _dtype(values.dtype) + b"\x89" + _raw(values) + b"tb"
    )


def _dtype(kind: np.dtype[Any]) -> bytes:
    state = (3, kind.str[0], None, None, None, -1, -1, 0)
    return b"cnumpy\ndtype\n" + opcodes((kind.str[1:], 0, 1)) + b"R" + opcodes(state) + b"b"


def _raw(values: np.ndarray) -> bytes:
    return opcodes(np.ascontiguousarray(values).tobytes())
