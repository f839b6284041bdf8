"""Peak memory of the data stage on long recordings, and the time of reading many trials of one file.

Aims: 24 h of 32 channels at 256 Hz with bandpass, window and differential entropy <= 700 MiB; 20 min of 64 channels at
1,024 Hz with bandpass and resample <= 600 MiB; forty trials that are cut from one CSV <= 1.5 times the time of reading
it once. Each study runs in a process of its own, whose peak is the operating system's (libraries included, 300 MiB).
The files are generated in a temporary folder, which needs 10 GB for the day.
Run: python benchmarks/memory.py [day] [wide] [trials]
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from mpcl_plugins.sources._folder.declared import Declared
from mpcl_plugins.sources.folder import Folder
from pairs import Ratio, ratio

MODALITY = "{{channels: [{channels}], sfreq: {sfreq}.0, unit: uV}}"
RECIPE = """\
name: r
dim: 8
source:
  use: folder
  path: m.csv
  modalities: {{eeg: {modality}}}
  labels: [happy, sad]
prepare:
{prepare}
protocol: {{use: {protocol}}}
streams: {{p: {{encoders: {{eeg: {{use: linear_tokens}}}}, fusion: {{use: concat}}}}}}
head: {{use: linear}}
objectives: {{d: {{use: kl}}}}
"""
BANDPASS = "  - {use: bandpass, modality: eeg, low: 1, high: 45}\n"
WINDOW = "  - {use: window, length: 4.0}\n"
N_TRIALS = 40


def edf(path: Path, channels: list[str], sfreq: int, seconds: int) -> None:
    """Write noise as EDF, in records of a second."""
    n = len(channels)
    fields = [("0", 8), ("X X X X", 80), ("Startdate 01-JAN-2020 X X X", 80), ("01.01.20", 8), ("00.00.00", 8)]
    fields += [(str(256 * (n + 1)), 8), ("", 44), (str(seconds), 8), ("1", 8), (str(n), 4)]
    of_channels = [(channels, 16), ([""] * n, 80), (["uV"] * n, 8), (["-1000"] * n, 8), (["1000"] * n, 8)]
    of_channels += [(["-32768"] * n, 8), (["32767"] * n, 8), ([""] * n, 80), ([str(sfreq)] * n, 8), ([""] * n, 32)]
    header = "".join(text.ljust(width) for text, width in fields)
    header += "".join(text.ljust(width) for texts, width in of_channels for text in texts)
    rng = np.random.default_rng(0)
    block = rng.normal(0, 1600, (60, n * sfreq)).astype("<i2")
    with path.open("wb") as file:
        file.write(header.encode())
        for first in range(0, seconds, 60):
            np.roll(block, first, axis=1)[: seconds - first].tofile(file)


def study(folder: Path, n_channels: int, sfreq: int, seconds: int, prepare: str, n_subjects: int) -> None:
    channels = [f"E{number}" for number in range(n_channels)]
    for subject in range(n_subjects):
        edf(folder / f"{subject}.edf", channels, sfreq, seconds)
    rows = [f"{subject},1,{subject}.edf,{subject + 1},2" for subject in range(n_subjects)]
    (folder / "m.csv").write_text("\n".join(["subject,trial,eeg,happy,sad", *rows]) + "\n", encoding="utf-8")
    modality = MODALITY.format(channels=", ".join(channels), sfreq=sfreq)
    protocol = "loso" if n_subjects > 1 else "kfold"
    (folder / "r.yaml").write_text(
        RECIPE.format(modality=modality, prepare=prepare, protocol=protocol), encoding="utf-8"
    )


def peak_of_check(folder: Path) -> str:
    """Run ``mpcl check`` on the study, and state its peak memory and its time."""
    environment = {**os.environ, "MPCL_CACHE": str(folder / "cache"), "OMP_NUM_THREADS": "1"}
    started = time.perf_counter()
    command = [sys.executable, "-m", "mpcl_core", "check", "r.yaml"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    return f"{peak} MiB, {time.perf_counter() - started:.0f} s"


def day(folder: Path) -> str:
    features = "  - {use: differential_entropy, modality: eeg}\n"
    study(folder, 32, 256, 24 * 3600, BANDPASS + WINDOW + features, 1)
    return f"24 h, 32 channels, 256 Hz (aim 700 MiB): {peak_of_check(folder)}"


def wide(folder: Path) -> str:
    study(folder, 64, 1024, 20 * 60, BANDPASS + "  - {use: resample, modality: eeg, sfreq: 128}\n" + WINDOW, 2)
    return f"20 min, 64 channels, 1,024 Hz (aim 600 MiB): {peak_of_check(folder)}"


def trials_over_once(folder: Path, minutes: int = 15, n_channels: int = 32) -> Ratio:
    """Compare reading forty trials of a CSV with reading it once."""
    n = 128 * 60 * minutes
    channels = [f"E{number}" for number in range(n_channels)]
    columns = [np.arange(n) / 128, *np.random.default_rng(0).normal(size=(n_channels, n))]
    np.savetxt(folder / "a.csv", np.column_stack(columns), "%.4f", ",", header=",".join(["t", *channels]), comments="")
    length = 60 * minutes / N_TRIALS
    head = "subject,trial,eeg,start,stop,happy,sad"
    cut = [f"s1,{k},a.csv,{k * length:g},{(k + 1) * length:g},1,2" for k in range(N_TRIALS)]
    (folder / "trials.csv").write_text("\n".join([head, *cut]) + "\n", encoding="utf-8")
    (folder / "once.csv").write_text(f"{head}\ns1,1,a.csv,,,1,2\n", encoding="utf-8")

    def read(manifest: str) -> None:
        declared = {"eeg": Declared(channels=tuple(channels), sfreq=128.0)}
        for _ in Folder(path=folder / manifest, modalities=declared, labels=("happy", "sad")).load():
            pass

    return ratio(lambda: read("trials.csv"), lambda: read("once.csv"), pairs=3)


def trials(folder: Path) -> str:
    return f"forty trials of one CSV over reading it once (aim 1.5): {trials_over_once(folder)}"


STUDIES = {"wide": wide, "day": day, "trials": trials}

if __name__ == "__main__":
    for chosen in sys.argv[1:] or STUDIES:
        with tempfile.TemporaryDirectory() as made:
            print(STUDIES[chosen](Path(made)), flush=True)
