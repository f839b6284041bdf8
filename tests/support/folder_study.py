"""Small files of every kind that a study of one's own may hold, written by their specifications, byte by byte."""

import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from mpcl_plugins.sources._folder.declared import Declared
from mpcl_plugins.sources.folder import Folder

Values = np.ndarray


def edf(
    path: Path,
    signals: Mapping[str, Values],
    sfreq: Mapping[str, int],
    units: Mapping[str, str],
    kind: str = "",
) -> None:
    """An EDF (or, by the suffix, BDF) file with records of a second, -1000 to 1000 over the whole digital range."""
    wide = path.suffix == ".bdf"
    lowest, highest = (-(2**23), 2**23 - 1) if wide else (-(2**15), 2**15 - 1)
    names = list(signals)
    seconds = len(signals[names[0]]) // sfreq[names[0]]
    version = b"\xffBIOSEMI" if wide else b"0       "
    fields = [("X X X X", 80), ("Startdate 01-JAN-2020 X X X", 80), ("01.01.20", 8), ("00.00.00", 8)]
    fields += [(str(256 * (len(names) + 1)), 8), (kind or ("24BIT" if wide else ""), 44), (str(seconds), 8), ("1", 8)]
    fields += [(str(len(names)), 4)]
    header = version + b"".join(text.ljust(width).encode() for text, width in fields)
    for texts, width in [
        (names, 16),
        ([""] * len(names), 80),
        ([units[name] for name in names], 8),
        (["-1000"] * len(names), 8),
        (["1000"] * len(names), 8),
        ([str(lowest)] * len(names), 8),
        ([str(highest)] * len(names), 8),
        ([""] * len(names), 80),
        ([str(sfreq[name]) for name in names], 8),
        ([""] * len(names), 32),
    ]:
        header += b"".join(text.ljust(width).encode("latin-1") for text in texts)
    digital = {
        name: np.rint((values + 1000) / 2000 * (highest - lowest) + lowest).astype("<i4")
        for name, values in signals.items()
    }
    body = b""
    for second in range(seconds):
        for name in names:
            block = digital[name][second * sfreq[name] : (second + 1) * sfreq[name]]
            raw = block.tobytes()
            body += b"".join(raw[4 * n : 4 * n + (3 if wide else 2)] for n in range(len(block)))
    path.write_bytes(header + body)


def e4(path: Path, tables: Mapping[str, tuple[float, float, Values]]) -> None:
    """An archive of an E4: name -> start, rate, (T, c)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (start, rate, values) in tables.items():
            head = [", ".join([f"{number:.6f}"] * values.shape[1]) for number in (start, rate)]
            lines = [",".join(f"{value:g}" for value in row) for row in values]
            archive.writestr(f"{name}.csv", "\n".join([*head, *lines]) + "\n")
        archive.writestr("IBI.csv", "1495437325.000000, IBI\n1.5,0.8\n")


def chunk(tag: int, content: bytes) -> bytes:
    return b"\x04" + struct.pack("<IH", len(content) + 2, tag) + content


def xdf_stream(
    number: int,
    name: str,
    sfreq: float,
    values: Values,
    times: Values,
    labels: Sequence[str] = (),
    unit: str = "microvolts",
    footer: bool = True,
    offset: float = 0.0,
) -> bytes:
    """The chunks of a stream of float32: every tenth sample, and each behind a break, has its time stamp."""
    stream = struct.pack("<I", number)
    described = "".join(f"<channel><label>{label}</label><unit>{unit}</unit></channel>" for label in labels)
    info = f"<channel_count>{values.shape[1]}</channel_count><nominal_srate>{sfreq}</nominal_srate>"
    info += f"<name>{name}</name><type>EEG</type><channel_format>float32</channel_format>"
    made = chunk(2, stream + f"<info>{info}<desc><channels>{described}</channels></desc></info>".encode())
    for second in range(0, int(np.ptp(times)) + 10, 5):
        made += chunk(4, stream + struct.pack("<dd", times[0] + second, offset))
    for begin in range(0, len(values), 50):
        part = b"\x01" + struct.pack("<B", len(values[begin : begin + 50]))
        for row in range(begin, min(begin + 50, len(values))):
            stamped = row % 10 == 0 or times[row] - times[row - 1] > 1.5 / sfreq
            part += b"\x08" + struct.pack("<d", times[row]) if stamped else b"\x00"
            part += values[row].astype("<f4").tobytes()
        made += chunk(3, stream + part)
    end = f"<info><first_timestamp>{times[0]}</first_timestamp><sample_count>{len(values)}</sample_count></info>"
    return made + (chunk(6, stream + end.encode()) if footer else b"")


def xdf(path: Path, *streams: bytes) -> None:
    """A file of these streams."""
    path.write_bytes(b"XDF:" + chunk(1, b"<info><version>1.0</version></info>") + b"".join(streams))


def _openface(path: Path, rng: np.random.Generator) -> None:
    rows = [f"{n + 1}, {n / 30:.3f}, 0.9, 1, {value:.2f}" for n, value in enumerate(rng.uniform(0, 5, 120))]
    path.write_text("\n".join(["frame, timestamp, confidence, success, AU12_r", *rows]))


def _edf(path: Path, rng: np.random.Generator) -> None:
    edf(
        path, {"Fz": rng.uniform(-900, 900, 512), "GSR": np.zeros(16)}, {"Fz": 128, "GSR": 4}, {"Fz": "uV", "GSR": "uS"}
    )


def _xdf(path: Path, rng: np.random.Generator) -> None:
    xdf(path, xdf_stream(1, "amp", 64, rng.normal(size=(256, 2)), 9 + np.arange(256) / 64, ["Fz", "Cz"]))


def _table(path: Path, rng: np.random.Generator) -> None:
    np.savetxt(path, rng.normal(size=(400, 2)), "%.4f", "\t", header="a\tb", comments="")


def _table_with_time(path: Path, rng: np.random.Generator) -> None:
    np.savetxt(
        path, np.stack([np.arange(400) / 100, rng.normal(size=400)], 1), "%.4f", ",", header="time,a", comments=""
    )


KINDS: dict[str, tuple[str, Callable[[Path, np.random.Generator], None], Declared]] = {
    "edf": ("x.edf", _edf, Declared(channels=("Fz",), sfreq=128.0, unit="uV")),
    "bdf": ("x.bdf", _edf, Declared(channels=("Fz",), sfreq=128.0, unit="uV")),
    "xdf": ("x.xdf", _xdf, Declared(channels=("Cz",), sfreq=64.0, unit="uV")),
    "npz": (
        "x.npz",
        lambda path, rng: np.savez(path, eeg=rng.normal(size=(2, 400)), eeg_sfreq=[100.0]),
        Declared(channels=("a", "b"), sfreq=100.0),
    ),
    "e4": (
        "x.zip",
        lambda path, rng: e4(path, {"EDA": (1e9, 4.0, rng.normal(size=(99, 1))), "HR": (1e9, 1.0, np.ones((20, 1)))}),
        Declared(channels=("EDA",), sfreq=4.0, unit="uS", part="EDA"),
    ),
    "table": ("x.tsv", _table, Declared(channels=("a", "b"), sfreq=100.0)),
    "table with time": ("x.csv", _table_with_time, Declared(channels=("a",), sfreq=100.0)),
    "openface": ("x.csv", _openface, Declared(channels=("AU12_r",), sfreq=30.0)),
}
"""What a study may be made of -> the name of its file, how that is written, and what a recipe declares of it."""


def study(folder: Path, kind: str) -> Folder:
    """A study of two recordings of one file."""
    name, write, _ = KINDS[kind]
    write(folder / name, np.random.default_rng(0))
    rows = [f"s1,1,0,1.5,{name},1,2", f"s1,2,2,,{name},3,2"]
    (folder / "manifest.csv").write_text("\n".join(["subject,trial,start,stop,signal,happy,sad", *rows]))
    return source(folder, kind)


def source(folder: Path, kind: str) -> Folder:
    """The source of such a study, whatever became of its files."""
    return Folder(path=folder / "manifest.csv", modalities={"signal": KINDS[kind][2]}, labels=("happy", "sad"))
