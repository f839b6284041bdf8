"""Read and write run manifests."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mpcl_core.cli.main import main
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.manifest import FORMAT_VERSION, JobName, read_manifest, write_manifest
from support.hand_made_runs import finish, manifest, study

VARIANTS = {"net": {}, "near": {"estimator": {"use": "knn"}}}
MANIFEST = manifest(study("mean", "net", "near"), seeds=(3, 4), variants=VARIANTS)


def edited(run: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    write_manifest(run, MANIFEST)
    content = json.loads((run / "lock.json").read_text())
    change(content)
    (run / "lock.json").write_text(json.dumps(content))
    return run


def test_manifest_survives_writing_and_reading(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST
    assert json.loads((tmp_path / "lock.json").read_text())["format_version"] == FORMAT_VERSION == 3


def test_jobs_are_every_seed_of_networks_and_the_first_of_estimators() -> None:
    folds = ("a", "b")
    expected = [("mean", 3), ("net", 3), ("net", 4), ("near", 3)]
    assert list(MANIFEST.jobs()) == [JobName(variant, seed, fold) for variant, seed in expected for fold in folds]


def test_first_format_is_refused_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = finish(tmp_path / "run", study("main"))
    edited(run, lambda content: content.pop("format_version"))
    message = (
        f"{run} was written by an early version of mpcl, whose run folders cannot be read; run its recipe again: "
        f"mpcl run {run / 'recipe.yaml'}"
    )
    with pytest.raises(UsageError) as error:
        read_manifest(run)
    assert str(error.value) == message
    for command in (["verify", str(run)], ["compare", str(run)], ["run", "--resume", str(run)]):
        assert main(command) == 2
        assert capsys.readouterr().err == f"{message}\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content.update(format_version=2), "has format version 2, but this version of mpcl reads 3"),
        (lambda content: content.pop("seeds"), "lock.json is damaged: seeds: Field required"),
        (lambda content: content["studies"][0].pop("labels"), r"is damaged: studies\.0\.labels: Field required"),
        (lambda content: content["studies"][0].update(variants=["../../x"]), "cannot be the name of a folder"),
        (lambda content: content.update(seeds="x"), "lock.json is damaged: seeds: Input should be a valid list"),
        (lambda content: content.update(extra=1), "is damaged: extra: Extra inputs are not permitted"),
        (lambda content: content["variants"].pop("net"), "is damaged: variants: net missing"),
        (lambda content: content["components"].update(a={}), r"is damaged: components\.a\.owner: Field required"),
    ],
)
def test_damage_is_one_message_with_the_place(
    change: Callable[[dict[str, Any]], object], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message) as error:
        read_manifest(edited(tmp_path, change))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"3", b"\xff\xfe"])
def test_what_is_not_json_is_one_message(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "lock.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"lock\.json cannot be read: ") as error:
        read_manifest(tmp_path)
    assert "\n" not in str(error.value)


def test_folder_without_a_manifest_is_not_a_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not a run folder: it has no lock\.json"):
        read_manifest(tmp_path)
