"""Read and write the run manifest: what decided the numbers of a run, as typed and versioned data.

The file is called ``lock.json``. It is written before the first job is run, and everything that reads a run folder
reads it through `read_manifest`, which rejects a damaged file with one message.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.atomic_files import write_atomically
from mpcl_core.runs.layout import MANIFEST, RECIPE, check_folder_name
from mpcl_core.toolkit.bounded_json import read_json_object

FORMAT_VERSION: Literal[3] = 3
"""The version of the manifest's format; the first version had no number."""

FolderName = Annotated[str, AfterValidator(check_folder_name)]
"""A name that becomes a folder of the run, so it must not lead elsewhere."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ComponentRecord(_Record):
    """Hold where the code of a component came from.

    Args:
        owner: the plugin that brought it.
        sha256: the hash of its source files.
    """

    owner: str
    sha256: str


class MetricRecord(_Record):
    """Hold a plugin's metric by which the jobs of a run were scored.

    Args:
        owner: the plugin that brought it.
        sha256: the hash of the source files of its function.
        higher_is_better: whether a larger score is better.
    """

    owner: str
    sha256: str
    higher_is_better: bool


class VariantManifest(_Record):
    """Hold a variant as it was run.

    Args:
        recipe: its resolved recipe as plain values.
        is_network: whether it trains a network; otherwise it is an estimator.
        is_baseline: whether it stands beside the recipe's variants for comparison.
    """

    recipe: dict[str, Any]
    is_network: bool
    is_baseline: bool


class WindowOrigin(_Record):
    """Hold where the windows of a study came from.

    Args:
        cache: whether they were read from the cache.
        key: their key in the cache; None where they are not in it.
    """

    cache: bool
    key: str | None


class ClockRecord(_Record):
    """Hold the offset, drift and gaps of a signal, as `mpcl_core.interfaces.data.SignalClock`.

    Args:
        file, modality: the signal.
        offset: seconds from the first start of the files of its recording.
        drift: in parts per million.
        is_resampled: whether the drift was corrected.
        gaps, lost: the number of gaps, and the seconds that they lost.
    """

    file: str
    modality: str
    offset: float
    drift: float
    is_resampled: bool
    gaps: int
    lost: float


class StudyManifest(_Record):
    """Hold the data and folds that some variants share.

    Args:
        variants: their names, the baselines first.
        grade: what their numbers may claim: the weakest grade of the folds.
        grade_meaning: the grade in plain words.
        fold_grades: label of a fold -> its grade.
        n_windows: the number of windows.
        n_labels: the number of distinct emotion distributions.
        labels: the names of the k emotions.
        modalities: the names of the modalities.
        notes: what the source states about the data, and which modalities are absent in some windows.
        clocks: the signals that start late, drift or have gaps.
        is_simulated: whether no person was measured.
        transductive: one sentence for each transform that uses the signals of test windows.
        mixes_samples: one sentence for each component that lets windows of a batch influence each other.
        windows_from: where the windows came from.
        data_hash: SHA-256 of all values, labels and columns.
        split_hash: SHA-256 of the folds.
    """

    variants: list[FolderName]
    grade: str
    grade_meaning: str
    fold_grades: dict[FolderName, str]
    n_windows: int
    n_labels: int
    labels: list[str]
    modalities: list[str]
    notes: list[str]
    is_simulated: bool
    transductive: list[str]
    mixes_samples: list[str]
    windows_from: WindowOrigin
    data_hash: str
    split_hash: str
    clocks: list[ClockRecord] = []

    @property
    def n_folds(self) -> int:
        """Return the number of folds."""
        return len(self.fold_grades)


class JobName(NamedTuple):
    """Name a job of a run: one variant, one seed, one fold."""

    variant: str
    seed: int
    fold: str


class Manifest(_Record):
    """Hold everything that decides the numbers of a run.

    Args:
        format_version: the version of this format.
        name: the recipe's name.
        recipe_hash: SHA-256 of the resolved recipe.
        seeds: the recipe's seeds.
        device: where networks were trained.
        python, platform: versions.
        hardware: the models of the processor and, where the device is one, of the GPU.
        threads: CPU threads that numerical libraries use where a recipe's ``train.threads`` does not set them.
        packages: distribution -> version, of the framework's libraries and of what the components import.
        imported_code: editable distribution, or module of no distribution, that components import -> SHA-256.
        framework_hash: SHA-256 of the modules of mpcl_core that decide numbers.
        components: "slot name" -> the component.
        variants: name -> the resolved variant, baselines included.
        studies: the data and folds, for each set of variants that share them.
        start_models: variant -> SHA-256 of the weights that its networks start from (``train.from``).
        plugin_originals: copy of a plugin file in the run folder -> the path of the file that it was copied from.
        metrics: name -> the plugin's metric; the six are not listed.
    """

    format_version: Literal[3] = FORMAT_VERSION
    name: str
    recipe_hash: str
    seeds: list[int]
    device: str
    python: str
    platform: str
    hardware: str
    threads: int
    packages: dict[str, str]
    imported_code: dict[str, str]
    framework_hash: str
    components: dict[str, ComponentRecord]
    variants: dict[FolderName, VariantManifest]
    studies: list[StudyManifest]
    start_models: dict[str, str] = {}
    plugin_originals: dict[str, str] = {}
    metrics: dict[str, MetricRecord] = {}

    def seeds_of(self, variant: str) -> list[int]:
        """Return the seeds of a variant; estimators draw nothing at random and have the first seed only.

        Args:
            variant: the variant.

        Returns:
            The seeds in the order of the recipe.
        """
        return self.seeds if self.variants[variant].is_network else self.seeds[:1]

    def jobs(self) -> Iterator[JobName]:
        """Yield every job of the run, whether or not it has finished.

        Yields:
            The jobs by study, variant, seed and fold.
        """
        for study in self.studies:
            for variant in study.variants:
                for seed in self.seeds_of(variant):
                    yield from (JobName(variant, seed, fold) for fold in study.fold_grades)


def read_manifest(run: Path) -> Manifest:
    """Read the manifest of a run folder.

    Args:
        run: the run folder.

    Returns:
        The manifest.

    Raises:
        UsageError: the folder has no manifest, or its manifest is damaged or of another version of the format.
    """
    path = run / MANIFEST
    if not path.is_file():
        raise UsageError(f"{run} is not a run folder: it has no {MANIFEST}")
    try:
        content = read_json_object(path)
        version = content.get("format_version")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {str(error).partition(chr(10))[0]}") from None
    if version != FORMAT_VERSION:
        raise UsageError(_other_version(run, version))
    try:
        manifest = Manifest.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"{path} is damaged: {place}: {first['msg']}") from None
    if missing := {name for study in manifest.studies for name in study.variants} - set(manifest.variants):
        raise UsageError(f"{path} is damaged: variants: {', '.join(sorted(missing))} missing")
    return manifest


def write_manifest(run: Path, manifest: Manifest) -> None:
    """Write the manifest of a run folder, atomically.

    Args:
        run: the run folder.
        manifest: the manifest.

    Raises:
        OSError: the file cannot be written.
    """
    text = json.dumps(manifest.model_dump(), indent=1, ensure_ascii=False)
    write_atomically(run / MANIFEST, f"{text}\n".encode())


def _other_version(run: Path, version: object) -> str:
    again = f"run its recipe again: mpcl run {run / RECIPE}"
    if version is None:
        return f"{run} was written by an early version of mpcl, whose run folders cannot be read; {again}"
    return f"{run / MANIFEST} has format version {version}, but this version of mpcl reads {FORMAT_VERSION}; {again}"
