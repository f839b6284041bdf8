"""Check every source of the catalog against the contract, on simulated data, small files or real recordings."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.testing.contract import checks
from mpcl_plugins.sources._folder.declared import Declared
from mpcl_registry.discover import discover
from support import crema_d_files, deap_files, feature_tables, lifesnaps_files, study_files

SOURCES = {entry.cls.name: entry.cls for entry in discover(entries=()).catalog.entries("source")}


def folder(tmp_path: Path, data_dir: Callable[[], Path]) -> dict[str, Any]:
    """Write two rated trials of one subject as CSV."""
    for trial in (1, 2):
        samples = "\n".join(str(sample * trial % 7) for sample in range(40))
        (tmp_path / f"{trial}.csv").write_text(f"pulse\n{samples}\n")
    path = tmp_path / "study.csv"
    path.write_text("subject,trial,ppg,joy,fear\nA,1,1.csv,3,1\nA,2,2.csv,1,2\n")
    return {"path": path, "modalities": {"ppg": Declared(channels=("pulse",), sfreq=8.0)}, "labels": ("joy", "fear")}


def wesad(tmp_path: Path, data_dir: Callable[[], Path]) -> dict[str, Any]:
    """Link one subject of WESAD."""
    for name in ("S2", "e4_offsets_derived.csv"):
        (tmp_path / name).symlink_to(data_dir() / "wesad" / name)
    sync = tmp_path / "e4_offsets_derived.csv"
    return {"path": tmp_path, "layout": "e4", "sync": sync, "missing": "floor"}


PARAMETERS: dict[str, Callable[[Path, Callable[[], Path]], dict[str, Any]]] = {
    "simulated": lambda tmp_path, data_dir: {"subjects": 2, "trials": 2, "seconds": 6.0},
    "folder": folder,
    "table": lambda tmp_path, data_dir: {
        "path": feature_tables.write_table(tmp_path / "features.csv"),
        "modalities": feature_tables.MODALITIES,
        "labels": feature_tables.LABELS,
    },
    "dmer": lambda tmp_path, data_dir: {"path": data_dir() / "dmer-emotiondict" / "data_feature_sample.mat"},
    "ldl_mat": lambda tmp_path, data_dir: {"path": data_dir() / "ldl" / "SJAFFE.mat"},
    "emopair": lambda tmp_path, data_dir: {"path": data_dir() / "emopaircompete"},
    "wesad": wesad,
    "deap": lambda tmp_path, data_dir: {"path": deap_files.save_small(tmp_path)},
    "amigos": lambda tmp_path, data_dir: {"path": study_files.amigos(tmp_path)},
    "ascertain": lambda tmp_path, data_dir: {"path": study_files.ascertain(tmp_path)},
    "case": lambda tmp_path, data_dir: {"path": study_files.case(tmp_path)},
    "dreamer": lambda tmp_path, data_dir: {"path": study_files.dreamer(tmp_path)},
    "emognition": lambda tmp_path, data_dir: {"path": study_files.emognition(tmp_path)},
    "faced": lambda tmp_path, data_dir: {"path": study_files.faced(tmp_path)},
    "k_emocon": lambda tmp_path, data_dir: {"path": study_files.k_emocon(tmp_path)},
    "seed_iv": lambda tmp_path, data_dir: {"path": study_files.seed_iv(tmp_path)},
    "seed_v": lambda tmp_path, data_dir: {"path": study_files.seed_v(tmp_path)},
    "lifesnaps": lambda tmp_path, data_dir: {"path": lifesnaps_files.save(tmp_path, lifesnaps_files.table())},
    "crema_d_votes": lambda tmp_path, data_dir: {
        "path": crema_d_files.save(tmp_path, crema_d_files.published(crema_d_files.ROWS))
    },
}
"""Source -> its parameters; tests that need real recordings are skipped if these are absent."""


ALIKE = ("amigos", "ascertain", "case", "emognition", "faced", "k_emocon", "seed_iv", "seed_v")
"""Sources that share the order in which they read with `dreamer`; only that one is tried in other processes."""


def _is_slow(name: str, check: str) -> bool:
    """Return whether the check takes seconds, because it reads many signals or starts a process."""
    return name in ("emopair", "wesad") or (check == "hash_independent" and name != "simulated")


CASES = [
    pytest.param(name, check.name, marks=[pytest.mark.slow] if _is_slow(name, check.name) else [], id=str(check))
    for name, cls in SOURCES.items()
    for check in checks(cls)
    if check.name != "hash_independent" or name not in ALIKE
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "check"), CASES)
def test_contract(name: str, check: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    parameters = PARAMETERS[name](tmp_path, lambda: request.getfixturevalue("data_dir"))
    (found,) = [each for each in checks(SOURCES[name], **parameters) if each.name == check]
    found()


def test_every_source_is_checked() -> None:
    assert SOURCES.keys() == PARAMETERS.keys()
