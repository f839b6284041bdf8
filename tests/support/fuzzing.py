"""Damage files that the framework wrote itself, read them as the commands do, and report what happens.

All cases run in one process with a limit on its memory and a limit on the time of each case. Right are a refusal (a
`UserError`, or an exit code of 1 or 2 with a message) and an answer; wrong are any other exception, a hang, and too much
memory.
"""

import hashlib
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

from support.corruption import Hang, emptied, flipped, truncated, wrong_header
from support.paths import ROOT

SEED = 14
SECONDS = 60.0
MEMORY = 3 * 2**29
"""Bytes that a case may allocate: 1.5 GiB."""

QUICK = 300
"""Cases that are run with every test run; most of them read a file by itself instead of by a command."""

MODEL_FILES = {"weights.safetensors", "transforms.safetensors", "README.md"}
"""The files of the model folders that are damaged."""

RIGHT = ("refused", "answered")

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


class Case(NamedTuple):
    """Hold the outcome of one damaged file."""

    number: int
    file: str
    damage: str
    action: str
    outcome: str


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
    from mpcl_core.app import auditing, running
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
    running.draw = lambda _: []  # figures take longer than everything else
    assert main(["run", str(world.recipe), f"--out={world.intact}", "--jobs=1"]) == 0
    auditing.audit_studies = lambda *_, **__: AuditReport("net", [], [])
    running.run_tasks = lambda *_, **__: []
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
    hash_files(world)
    world.restore()
    return world


def command(*words: str) -> Callable[[World], str]:
    """Return an action that runs a command; RUN, RECIPE and SPLIT stand for paths.

    Returns:
        The action.
    """

    def action(world: World) -> str:
        from mpcl_core.cli.main import main

        models = world.folder / "models"
        paths = {"MODELS": models, "RUN": world.run, "RECIPE": world.recipe, "SPLIT": world.split_recipe}
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = main([str(paths.get(word, word)) for word in words])
        shown = out.getvalue() + err.getvalue()
        if "cannot go on" in shown or "MemoryError" in shown or "not enough memory" in shown:
            return f"wanted too much: {shown[-300:]}"
        if any(sign in shown for sign in "\x1b\x07\x9b"):
            return "printed a control character"
        if "Traceback" in shown:
            return f"printed a traceback: {shown[-300:]}"
        if code not in (0, 1, 2) or (code and not shown.strip()):
            return f"exit {code} without a message"
        return "refused" if code else "answered"

    action.__name__ = " ".join(words)
    return action


def tables(world: World) -> str:
    """Read every table of the run as the public API does.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run

    run = open_run(world.run)
    run.scores()
    run.summary()
    run.predictions()
    list(run.robustness)
    return "answered"


def files_of_run(world: World) -> str:
    """Check every file of the run by itself, which is quick.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.runs.finished_jobs import read_finished_job
    from mpcl_core.runs.integrity import find_file_problems

    run = open_run(world.run)
    problems = list(find_file_problems(run))
    for variant in run.manifest.variants:
        sound = [read_finished_job(job) is not None for job in run.begun_jobs(variant)]
        contents = [list(run.journals(variant)), run.costs(variant), run.weight_counts(variant), list(run.robustness)]
    run.audit()
    return "refused" if problems or not all(sound) or not contents else "answered"


def report(world: World) -> str:
    """Write the report of the run.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.reporting.report import write

    write(open_run(world.run))
    return "answered"


def figures(world: World) -> str:
    """Draw the figures of the run.

    Returns:
        The outcome.
    """
    from mpcl_core.evaluation.run import open_run
    from mpcl_core.reporting.figures import draw

    draw(open_run(world.run))
    return "answered"


def resume_training(world: World) -> str:
    """Load the checkpoint.

    Returns:
        The outcome.
    """
    from mpcl_core.runs.journal import Journal
    from mpcl_core.training.checkpoint import Checkpoint

    loaded = Checkpoint(world.checkpoint, Journal(world.folder / "job" / "metrics.jsonl")).load()
    return "refused" if loaded is None else "answered"


def read_cache(world: World) -> str:
    """Read the windows of the cache.

    Returns:
        The outcome.
    """
    from mpcl_core.data.cache.entry import DamagedFileError, read_entry

    (entry,) = (world.folder / "cache" / "rows").iterdir()
    try:
        read_entry(entry)
    except (DamagedFileError, OSError):
        return "refused"
    return "answered"


def load_state(world: World) -> str:
    """Load the fitted state of a component.

    Returns:
        The outcome.
    """
    from mpcl_core.toolkit.bounded_json import read_bytes
    from mpcl_core.toolkit.state_file import decode_state

    try:
        content = read_bytes(world.state, 2**20)
    except (OSError, ValueError):
        return "refused"
    decode_state(content)
    return "answered"


def models_of(world: World) -> Iterator[Path]:
    """Yield the model folders that are damaged, with the hashes of their files written again.

    Damage would be found by these hashes alone otherwise.

    Yields:
        The folders.
    """
    from mpcl_core.runs.model_files import FILES, read_model_description

    for folder in sorted((world.folder / "models").iterdir()):
        description = read_model_description(folder)
        if isinstance(files := description.get(FILES), dict) and set(files) <= MODEL_FILES:
            present = [name for name in files if (folder / name).is_file()]
            hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in present}
            text = json.dumps({**description, FILES: {**files, **hashes}})
            if text != (folder / "model.json").read_text(encoding="utf-8"):
                (folder / "model.json").write_text(text, encoding="utf-8")
        yield folder


def load_models(world: World) -> str:
    """Load each model.

    Returns:
        The outcome.
    """
    import mpcl_core

    for folder in models_of(world):
        mpcl_core.load_model(folder)
    return "answered"


def predict_with_models(world: World) -> str:
    """Predict a few windows with each model.

    Returns:
        The outcome; refused where a prediction is not finite, which ``mpcl predict`` shows.
    """
    import mpcl_core

    for folder in models_of(world):
        model = mpcl_core.load_model(folder)
        windows = {m.name: np.ones((2, m.n_chans, m.n_times), np.float32) for m in model.modalities}
        model.predict(windows).columns()
    return "answered"


def list_models(world: World) -> str:
    """List the models, as ``mpcl models`` does.

    Returns:
        The outcome.
    """
    for _ in models_of(world):
        pass
    return command("models", "MODELS")(world)


def hash_files(world: World) -> str:
    """Hash a file with the table of earlier hashes.

    Returns:
        The outcome.
    """
    from mpcl_core.data.cache.file_hashes import FileHashes

    FileHashes(world.folder / "cache" / "files").compute({"intact": world.intact / "splits.json"})
    return "answered"


OF_RUN = (
    command("compare", "RUN"),
    command("compare", "RUN", "--json"),
    command("verify", "RUN"),
    command("run", "--resume", "RUN", "--jobs", "1"),
    command("audit", "RUN"),
    tables,
    report,
)
OF_MODEL = (load_models, predict_with_models, list_models)
OF_CACHE = (command("cache", "ls"), command("cache", "why", "RECIPE"), command("check", "RECIPE"))
OF_RECIPE = (command("show", "RECIPE"), command("check", "RECIPE"), command("cache", "why", "RECIPE"))

ALL_ACTIONS = (OF_RUN, OF_CACHE, OF_RECIPE)
QUICK_ACTIONS = ((files_of_run,), (read_cache, command("cache", "ls")), (command("show", "RECIPE"),))

SUBJECTS: Sequence[tuple[str, Sequence[Callable[[World], str]]]] = (
    ("run/lock.json", OF_RUN),
    ("run/recipe.yaml", OF_RUN),
    ("run/splits.json", OF_RUN),
    ("run/*.json", OF_RUN),
    ("run/digests.json", OF_RUN),
    ("run/summary.csv", OF_RUN),
    ("run/jobs/*/*/*/predictions.npz", OF_RUN),
    ("run/jobs/*/*/*/metrics.jsonl", OF_RUN),
    ("run/jobs/*/*/*/cost.json", OF_RUN),
    ("run/jobs/*/*/*/robustness.jsonl", OF_RUN),
    ("run/jobs/*/*/*/diagnostics.npz", OF_RUN),
    ("run/jobs/*/*/*/model/*", OF_RUN),
    ("run/*", OF_RUN),
    ("cache/rows/*/*", OF_CACHE),
    ("cache/rows/*/about.json", OF_CACHE),
    ("cache/files/*.json", (hash_files, command("cache", "ls"))),
    ("net.yaml", OF_RECIPE),
    ("splits.json", (command("check", "SPLIT"),)),
    ("job/state.safetensors", (load_state,)),
    ("job/checkpoint/training.pt", (resume_training,)),
    ("models/*/model.json", OF_MODEL),
    ("models/*/*.safetensors", OF_MODEL),
)
"""Files that are damaged, and how they are read then."""

VALUES = (
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    float("nan"),
    "",
    "x" * 10**4,
    "../../x",
    "\x1b]0;OWNED\x07",
    "=1+1",
    [],
    {},
    [3],
    {"a": None},
)
"""What takes the place of a value."""


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def _changed_json(content: bytes, rng: np.random.Generator) -> bytes:
    value = json.loads(content)
    places = list(_places(value))
    holder, key = places[int(rng.integers(len(places)))]
    kind = rng.random()
    if kind < 0.25:
        del holder[key]
    elif kind < 0.35 and isinstance(holder, dict):
        holder[f"{key} "] = holder.pop(key)
    else:
        holder[key] = VALUES[int(rng.integers(len(VALUES)))]
    return json.dumps(value).encode()


def changed_value(content: bytes, suffix: str, rng: np.random.Generator) -> bytes:
    """Return content in which one value is missing or another one.

    Returns:
        The damaged content.
    """
    try:
        if suffix == ".json":
            return _changed_json(content, rng)
        if suffix == ".jsonl":
            lines = content.splitlines()
            number = int(rng.integers(len(lines)))
            lines[number] = _changed_json(lines[number], rng)
            return b"\n".join(lines) + b"\n"
        if suffix == ".npz":
            return _changed_archive(content, rng)
    except (ValueError, IndexError):
        pass
    words = content.split(b" ")
    words[int(rng.integers(len(words)))] = str(VALUES[int(rng.integers(len(VALUES)))]).encode()
    return b" ".join(words)


def _changed_archive(content: bytes, rng: np.random.Generator) -> bytes:
    arrays = dict(np.load(io.BytesIO(content)))
    name = sorted(arrays)[int(rng.integers(len(arrays)))]
    values = arrays[name]
    kind = int(rng.integers(10))
    changes: Sequence[Callable[[], Any]] = (
        lambda: values[::-1],
        lambda: values.T,
        lambda: values[:0],
        lambda: np.asarray(values, str),
        lambda: np.array([{}], object),
        lambda: np.zeros((2, 3, 4)),
        lambda: np.full(values.shape, np.nan),
        lambda: np.full(values.shape, 2**40),
        lambda: np.ones(values.shape, complex),
        lambda: None,
    )
    changed = changes[kind]()
    arrays = {key: value for key, value in {**arrays, name: changed}.items() if value is not None}
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


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


def outcome(action: Callable[[World], str], world: World) -> str:
    """Return ``refused`` or ``answered``, or else what is wrong.

    Returns:
        The outcome in words.
    """
    from mpcl_core.interfaces.errors import UserError

    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return action(world)
    except UserError:
        return "refused"
    except Hang:
        return f"took more than {SECONDS:g} s"
    except BaseException as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        return f"{type(error).__name__}: {str(error)[:200]} ({place})"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def cases(world: World, numbers: Iterable[int]) -> Iterator[Case]:
    """Yield the outcome of one damaged file after the other; each is restored before the next.

    Yields:
        The cases.
    """
    for number in numbers:
        pattern, actions = SUBJECTS[number % len(SUBJECTS)]
        rng = np.random.default_rng([SEED, number])
        files = sorted(file for file in world.folder.glob(pattern) if file.is_file())
        damage = Damage(file := files[int(rng.integers(len(files)))], file.read_bytes())
        now = _actions(actions, number)
        action = now[int(rng.integers(len(now)))]
        kind = damage.apply(rng, rare=number % 100 == 33)
        found = outcome(action, world)
        yield Case(number, str(file.relative_to(world.folder)), kind, action.__name__, found)
        damage.undo()
        if actions is OF_RUN and action not in QUICK_ACTIONS[0]:  # which may have written
            world.restore()


def _actions(actions: Sequence[Callable[[World], str]], number: int) -> Sequence[Callable[[World], str]]:
    if actions is OF_RUN and number > QUICK and number % 100 == 57:
        return (figures,)
    if number >= QUICK or number % 8 == 0:
        return actions
    return next((quick for every, quick in zip(ALL_ACTIONS, QUICK_ACTIONS, strict=True) if every is actions), actions)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Hang


def main(first: str, last: str) -> None:
    """Run some cases and print a line of JSON each, then the peak of memory in MiB."""
    signal.signal(signal.SIGALRM, _stop)
    shown = sys.stdout
    with tempfile.TemporaryDirectory() as scratch:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            world = build(Path(scratch).resolve())
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for case in cases(world, range(int(first), int(last))):
            shown.write(json.dumps(case) + "\n")
            shown.flush()
    shown.write(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10) + "\n")


def run(first: int, last: int, seconds: float = 240.0) -> tuple[list[Case], float]:
    """Return the outcomes of the cases from ``first`` to before ``last``, run in a process of their own.

    Returns:
        The cases, where a crash is the outcome of its case, and the peak of memory in MiB.
    """
    words = [sys.executable, "-m", "support.fuzzing", str(first), str(last)]
    try:
        done = subprocess.run(words, cwd=ROOT / "tests", capture_output=True, text=True, check=False, timeout=seconds)
        output, end = done.stdout, f"exit {done.returncode}: {done.stderr[-800:]}" if done.returncode else ""
    except subprocess.TimeoutExpired as error:
        output, end = (error.stdout or b"").decode(), f"hung for {seconds:g} s"
    lines = [json.loads(line) for line in output.splitlines()]
    found = [Case(*line) for line in lines if isinstance(line, list)]
    peak = next((line for line in lines if isinstance(line, float)), 0.0)
    return [*found, Case(first + len(found), "", "", "", end)] if end else found, peak


if __name__ == "__main__":
    main(*sys.argv[1:])
