"""Make the files that are damaged: a run, its cache, a split file, models and a checkpoint."""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RECIPE = """
name: net
seeds: [0]
dim: 4
source: {use: simulated, subjects: 3, trials: 2, seconds: 4.0}
prepare: [{use: window, length: 4.0, hop: 4.0}]
protocol: {use: loso}
references: {knn: null, uniform: null}
streams: {body: {encoders: {gsr: {use: linear_tokens}}, fusion: {use: concat}, memory: {use: prototype_bank}}}
head: {use: linear}
objectives: {distribution: {use: kl}}
train: {epochs: 1}
"""


@dataclass(frozen=True)
class World:
    """Hold the files that are damaged.

    Args:
        folder: holds everything.
        intact: a run that is never damaged.
    """

    folder: Path
    intact: Path

    @property
    def run(self) -> Path:
        """Return the run that is damaged."""
        return self.folder / "run"

    @property
    def recipe(self) -> Path:
        """Return the recipe that is damaged."""
        return self.folder / "net.yaml"

    @property
    def split_recipe(self) -> Path:
        """Return a recipe that reads the split file."""
        return self.folder / "split.yaml"

    @property
    def checkpoint(self) -> Path:
        """Return the checkpoint that is damaged."""
        return self.folder / "job" / "checkpoint" / "training.pt"

    @property
    def state(self) -> Path:
        """Return the file of a fitted state that is damaged."""
        return self.folder / "job" / "state.safetensors"

    def hash_file(self) -> None:
        """Hash a file with the table of earlier hashes, which is written again."""
        from mpcl_core.data.cache.file_hashes import FileHashes

        FileHashes(self.folder / "cache" / "files").compute({"intact": self.intact / "splits.json"})

    def restore(self) -> None:
        """Make the damaged run as it was."""
        shutil.rmtree(self.run, ignore_errors=True)
        shutil.rmtree(self.run.with_name("run.partial"), ignore_errors=True)
        shutil.copytree(self.intact, self.run)


def build(folder: Path) -> World:
    """Make a run, its cache, a split file and a checkpoint.

    Returns:
        Where they are.
    """
    from mpcl_core.app import auditing
    from mpcl_core.app.running import completion
    from mpcl_core.cli.main import main
    from mpcl_core.data.cache import file_hashes
    from mpcl_core.evaluation.metrics import METRICS
    from mpcl_core.leaks.finding import AuditReport
    from mpcl_core.runs.atomic_files import write_json
    from mpcl_core.runs.journal import Journal
    from mpcl_core.toolkit.state_file import encode_state
    from mpcl_core.training import checkpoint
    from mpcl_core.training.checkpoint import Checkpoint

    os.environ["MPCL_CACHE"] = str(folder / "cache")
    world = World(folder, folder / "intact")
    world.recipe.write_text(RECIPE, encoding="utf-8")
    completion.draw = lambda _: []  # figures take longer than everything else
    assert main(["run", str(world.recipe), f"--out={world.intact}", "--jobs=1"]) == 0
    auditing.audit_studies = lambda *_, **__: AuditReport("net", [], [])
    completion.run_tasks = lambda *_, **__: []
    for job in sorted(world.intact.glob("jobs/main/0/*")):
        line = {"subject": job.name, "modalities": ["gsr"], "rate": 0.0, "weight": 2.0, **dict.fromkeys(METRICS, 0.5)}
        text = "".join(json.dumps({**line, "kind": kind}) + "\n" for kind in ("all", "subset", "train_mean"))
        (job / "robustness.jsonl").write_text(text, encoding="utf-8")
    write_json(world.intact / "audit.json", AuditReport("net", [], []).as_json())
    shutil.copy(world.intact / "splits.json", folder / "splits.json")
    text = RECIPE.replace("protocol: {use: loso}", "protocol: {use: predefined, file: splits.json}")
    world.split_recipe.write_text(text.replace("name: net", "name: split"), encoding="utf-8")
    for variant in ("main", "mean"):
        (job,) = sorted(world.intact.glob(f"jobs/{variant}/0/*"))[:1]
        shutil.copytree(job / "model", folder / "models" / variant)
    made = Checkpoint(world.checkpoint, Journal(folder / "job" / "metrics.jsonl"))
    made.path.parent.mkdir(parents=True)
    checkpoint.EVERY = 0.0
    made.save_if_due(lambda: {"epochs": 1})
    world.state.write_bytes(encode_state({"mean": np.arange(3.0), "names": np.array(["a", "b"]), "k": 3}))
    file_hashes.SETTLING_TIME = -3600.0
    world.hash_file()
    world.restore()
    return world
