"""The scripts of the page about clusters parse, and the commands in them are commands of ``mpcl run``."""

import ast
import re
import shlex
import shutil
import subprocess

import pytest

from mpcl_core.cli.main import parser
from mpcl_core.runs.shard import Shard
from support.code_blocks import blocks
from support.paths import ROOT

PAGE = "docs/how-to/clusters.md"
SLURM = {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_COUNT": "8", "SLURM_CPUS_PER_TASK": "4"}


def script(name: str, kind: str = "sh") -> str:
    (found,) = [block for block in blocks(PAGE, kind) if name in block]
    return found


def shard_of(command: list[str]) -> Shard:
    arguments = parser().parse_args(command[command.index("mpcl") + 1 :])
    assert arguments.verb == "run"
    assert arguments.out is not None
    shard: Shard = arguments.shard
    return shard


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_slurm_array_calls_mpcl_with_its_task_as_shard() -> None:
    block = script("#SBATCH").replace("mpcl run", "printf '%s\\n' mpcl run")
    done = subprocess.run(["bash", "-eu", "-c", block], env=SLURM, capture_output=True, text=True, check=True)
    assert shard_of(done.stdout.splitlines()) == Shard(2, 8)


def test_submitit_example_submits_each_shard_once() -> None:
    tree = ast.parse(script("submitit", "python"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    assert {"AutoExecutor", "update_parameters", "batch", "submit", "CommandFunction"} <= names
    values = [node.value for node in tree.body if isinstance(node, ast.Assign)]
    (command,) = [ast.literal_eval(value) for value in values if isinstance(value, ast.List)]
    assert [shard_of([*command, f"{i}/8"]) for i in range(1, 9)] == [Shard(i, 8) for i in range(1, 9)]


def test_parallel_example_names_each_shard_once() -> None:
    before, _, values = script("parallel --").partition(":::")
    call = shlex.split(before)
    shards = [shard_of([word.replace("{}", value) for word in call]) for value in values.split()]
    assert shards == [Shard(i, 8) for i in range(1, 9)]


def test_resume_after_an_array_is_a_command() -> None:
    page = re.findall(r'--wrap "mpcl (run --resume [^"]+)"', (ROOT / PAGE).read_text(encoding="utf-8"))
    assert [parser().parse_args(shlex.split(each)).resume.name for each in page] == ["my-study"]
