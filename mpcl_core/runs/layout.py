"""Name every file and folder of a run folder, once.

RUN/                                 RUN.partial/ until every job has been run
  recipe.yaml                        the resolved recipe
  lock.json                          the run manifest
  splits.json                        the folds, by the names of their windows
  plugins/                           copies of the one-file plugins
  jobs/VARIANT/SEED/FOLD/            one job
    predictions.npz                  truth and prediction of its test windows
    diagnostics.npz                  what figures need of some test windows
    metrics.jsonl                    the journal: a line an epoch, and one for the test
    search.jsonl                     the settings that its search tried; only with `search`
    robustness.jsonl                 scores without some modalities
    error_bars.json                  the radius of its predictions, and on how many held-out people it rests
    cost.json                        seconds and memory; written last
    deaths.json                      the processes that died while they ran the job; absent in most jobs
    job.log
    checkpoint/training.pt           state of an interrupted training
    model/                           the trained model, ready to use
      model.json                     its recipe, modalities, labels, and the hashes of the other files
      weights.safetensors            the network or the estimator
      transforms.safetensors         the fitted transforms
      members/N/                     weights and transforms of the further members of an ensemble
      plugins/                       copies of the one-file plugins that it uses
      README.md                      the model card
      trials.safetensors             embeddings of the training trials by name, with `name_trials: true`
      graph.onnx                     transforms and network as one graph, where `mpcl export` added it
  jobs/VARIANT/seed_average.npz      scores of the seed-averaged prediction by plugins' metrics
  summary.csv summary.md summary.tex tests.csv robustness.csv
  coverage.csv                       reached against stated coverage of the error bars
  scores.csv                         the score of every subject in every job, in long form
  figures/*.svg
  report.html
  audit.json                         the findings of ``mpcl audit``
  digests.json                       SHA-256 of every other file; written last
.RUN.locks/                          which processes run its jobs; only while one does
"""

from pathlib import Path

RECIPE = "recipe.yaml"
MANIFEST = "lock.json"
SPLITS = "splits.json"
PLUGINS = "plugins"
JOBS = "jobs"
FIGURES = "figures"
REPORT = "report.html"
AUDIT = "audit.json"
DIGESTS = "digests.json"
SCORES_CSV = "scores.csv"
SUMMARY_CSV = "summary.csv"
SUMMARY_MARKDOWN = "summary.md"
SUMMARY_LATEX = "summary.tex"
TESTS_CSV = "tests.csv"
ROBUSTNESS_CSV = "robustness.csv"
COVERAGE_CSV = "coverage.csv"

PREDICTIONS = "predictions.npz"
DIAGNOSTICS = "diagnostics.npz"
JOURNAL = "metrics.jsonl"
ROBUSTNESS = "robustness.jsonl"
SEARCH = "search.jsonl"
ERROR_BARS = "error_bars.json"
COST = "cost.json"
DEATHS = "deaths.json"
SEED_AVERAGE = "seed_average.npz"
JOB_LOG = "job.log"
CHECKPOINT = "checkpoint"
TRAINING_STATE = "training.pt"
MODEL = "model"
MODEL_DESCRIPTION = "model.json"
WEIGHTS = "weights.safetensors"
TRANSFORMS = "transforms.safetensors"
MODEL_CARD = "README.md"
GRAPH = "graph.onnx"
MIXTURE = "mixture.safetensors"
TRIALS = "trials.safetensors"

OWNED = (
    *(RECIPE, MANIFEST, SPLITS, PLUGINS, JOBS, FIGURES, REPORT, AUDIT, DIGESTS, SCORES_CSV, SUMMARY_CSV),
    *(SUMMARY_MARKDOWN, SUMMARY_LATEX, TESTS_CSV, ROBUSTNESS_CSV, COVERAGE_CSV),
)
"""The files and folders of a run folder that a run writes; what lies beside them is the user's."""

LONGEST_NAME = 255
"""Bytes of the longest name of a folder."""

PARTIAL = ".partial"
"""Suffix of a run folder whose jobs have not all been run, and of a file while it is written."""


def member_file(number: int, name: str) -> str:
    """Return the path of a file of a member of an ensemble in a model folder.

    Args:
        number: the number of the member; the files of the first, 0, lie in the folder itself.
        name: ``weights.safetensors``, ``transforms.safetensors`` or ``mixture.safetensors``.

    Returns:
        The path in the folder.
    """
    return f"members/{number}/{name}" if number else name


def job_folder(run: Path, variant: str, seed: int, fold: str) -> Path:
    """Return the folder of a job.

    Args:
        run: the run folder.
        variant, seed, fold: the job; ``fold`` is the fold's label.

    Returns:
        ``run/jobs/variant/seed/fold``.
    """
    return run / JOBS / variant / str(seed) / fold


def job_folders(run: Path, variant: str) -> list[Path]:
    """Return the existing job folders of a variant.

    Args:
        run: the run folder.
        variant: the variant.

    Returns:
        The folders by increasing seed, then by fold label; files that do not belong there are passed over.
    """
    seeds = (folder for folder in (run / JOBS / variant).glob("*") if folder.name.isdecimal())
    folders = (folder for seed in seeds for folder in seed.glob("*") if folder.is_dir())
    return sorted(folders, key=lambda folder: (int(folder.parent.name), folder.name))


def check_folder_name(name: str) -> str:
    """Check that a name can be that of a folder, so that no path that is made of it leads elsewhere.

    Args:
        name: the name of a variant or the label of a fold.

    Returns:
        The name.

    Raises:
        ValueError: it is empty or too long, names a parent folder, or contains a separator or a null character.
    """
    if name in ("", ".", "..") or any(character in name for character in "/\\\0"):
        raise ValueError(f"{name!r} cannot be the name of a folder")
    if len(name.encode(errors="replace")) > LONGEST_NAME:
        raise ValueError(f"'{name[:20]}…' is longer than the name of a folder can be")
    return name


def run_of_job(job: Path) -> Path:
    """Return the run folder that a job folder lies in.

    Args:
        job: the job's folder.

    Returns:
        The run folder.
    """
    return job.parents[3]


def variant_of_job(job: Path) -> str:
    """Return the name of the variant of a job.

    Args:
        job: the job's folder.

    Returns:
        The variant.
    """
    return job.parents[1].name


def is_partial(run: Path) -> bool:
    """Return whether a path names a run folder whose jobs have not all been run.

    Args:
        run: the path.

    Returns:
        Whether it ends with ``.partial``.
    """
    return run.name.endswith(PARTIAL)


def final(run: Path) -> Path:
    """Return the path that a run folder has once all its jobs have been run.

    Args:
        run: the run folder, with or without ``.partial``.

    Returns:
        The path without ``.partial``.
    """
    return run.with_name(run.name.removesuffix(PARTIAL))


def partial(run: Path) -> Path:
    """Return the path that a run folder has while its jobs are run.

    Args:
        run: the final path.

    Returns:
        The path with ``.partial``.
    """
    return run.with_name(run.name + PARTIAL)


def locks_folder(run: Path) -> Path:
    """Return the folder of the locks of a run.

    It lies beside the run folder, which is renamed when the run is finished.

    Args:
        run: the final path of the run folder.

    Returns:
        The path of a hidden folder.
    """
    return run.with_name(f".{run.name}.locks")
