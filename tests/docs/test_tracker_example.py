"""The tracker of the guide is a plugin of at most 40 lines; here it runs with a stand-in for wandb."""

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mpcl_core.interfaces.data import Job
from mpcl_registry.discover import discover
from support.paths import ROOT

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


class StandIn:
    """Record what a run of wandb is sent."""

    def __init__(self, **about: Any) -> None:
        self.about, self.sent, self.exit_codes = about, list[dict[str, Any]](), list[int]()
        self.config: dict[str, Any] = {}
        self.summary: dict[str, Any] = {}

    def log(self, values: dict[str, Any]) -> None:
        self.sent.append(values)

    def finish(self, exit_code: int = 0) -> None:
        self.exit_codes.append(exit_code)


def test_wandb_tracker_of_the_guide_logs_jobs_and_the_means(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (code,) = BLOCK.findall((ROOT / "docs" / "how-to" / "trackers.md").read_text())
    assert len(code.splitlines()) <= 40
    file, runs, wandb = tmp_path / "wandb_tracker.py", list[StandIn](), ModuleType("wandb")

    def init(**about: Any) -> StandIn:
        runs.append(StandIn(**about))
        return runs[-1]

    vars(wandb)["init"] = init
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    file.write_text(code)
    found = discover([file], entries=())
    assert not found.catalog.not_loaded
    call = {name: functions[0] for name, functions in found.observers().items() if functions}
    done, failed = (Job("net", 0, fold, tmp_path / "r.partial" / "jobs" / "net" / "0" / fold) for fold in "ab")
    for job in (done, failed):
        call["mpcl_job_started"](job=job, recipe={"dim": 8}, network=None)
        call["mpcl_epoch_ended"](job=job, epoch=0, metrics={"phase": "search", "train/kl": 0.5})
    call["mpcl_job_ended"](job=done, metrics={"kl_divergence": 0.1})
    call["mpcl_job_failed"](job=failed, error="broken")
    rows = [{"variant": "net", "metric": "cosine", "mean": 0.9}]
    call["mpcl_run_ended"](folder=tmp_path / "r", results=[{"rows": rows}])
    assert [run.about["name"] for run in runs] == ["net/0/a", "net/0/b", "result"]
    assert {run.about["group"] for run in runs} == {"r"}
    assert [run.exit_codes for run in runs] == [[0], [1], [0]]
    assert runs[0].config == {"dim": 8}
    assert runs[0].sent == [{"search/train/kl": 0.5}, {"test/kl_divergence": 0.1}]
    assert runs[2].summary == {"net/cosine": 0.9}
