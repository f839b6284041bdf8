"""Write the first files of a plugin or of a data set into the current folder."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from mpcl_core.interfaces.components import Source
from mpcl_core.interfaces.data import Questionnaires
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.interfaces.parameter_types import NAME_PATTERN
from mpcl_core.interfaces.suggestions import describe_missing
from mpcl_core.runs.result_files import check_no_results, result_files
from mpcl_core.scaffold.dataset import Dataset, Study, make_dataset
from mpcl_core.scaffold.files import check_absent, write_all
from mpcl_core.scaffold.plugin import PATCHES, make_plugin_files
from mpcl_core.scaffold.table import RatedTable, TableDataset, make_table_dataset
from mpcl_registry.catalog import Catalog
from mpcl_registry.discover import discover


def new_plugin(name: str, slot: str, package: bool = False) -> list[Path]:
    """Write a component that works, its test, and a recipe that uses it.

    Args:
        name: the name of the component.
        slot: its slot.
        package: write into a new folder of that name, as a package that pip installs.

    Returns:
        The files that were written, the component first.

    Raises:
        UsageError: the name cannot be used or is taken, there is no such slot, or a file exists.
    """
    if slot not in PATCHES:
        raise UsageError(f"no slot named '{slot}'. The slots: {', '.join(PATCHES)}.")
    folder = Path(name) if package else Path()
    check_absent([folder] if package else [Path(f"{name}.py")])
    texts = make_plugin_files(name, slot, package)
    for entry in discover().catalog.entries(slot):
        if entry.cls.name == name:
            raise UsageError(f"the name '{name}' is taken by the {slot} of {entry.owner}. Choose another name.")
    files = {folder / path: text for path, text in texts.items()}
    write_all(files, folder if package else None)
    return list(files)


def new_dataset(name: str, folder: Path, study: Study) -> tuple[Path, Path, Dataset]:
    """Write a manifest of the trials in a folder, and a recipe that uses it.

    Args:
        name: the name of the data set.
        folder: the folder of the recordings.
        study: how its recordings become rated trials.

    Returns:
        The manifest's path, the recipe's path, and what was found in the folder.

    Raises:
        UsageError: the name cannot be used, a file exists, or the folder holds nothing that can be read.
    """
    manifest, recipe = Path(f"{name}.csv"), _new_recipe(name)
    check_absent([manifest, recipe])
    check_no_results(folder)
    catalog, source = discover().catalog, _find_source("folder")
    tables = filter(None, (study.events, study.scores, study.offsets))
    questionnaires = [file for one in _questionnaires(catalog).values() for file in one.find(folder)]
    study = replace(study, tables=(*tables, *result_files(folder), *questionnaires))
    if study.questionnaires is not None:
        study = _add_questionnaires(study, study.questionnaires, catalog)
    made = make_dataset(name, folder, study, source)
    if questionnaires and study.questionnaires is None:
        several = f"{len(questionnaires)} files such as" if questionnaires[1:] else "1 file,"
        line = f"Left out, since they are questionnaires: {several} {questionnaires[0].name}. "
        line += "--questionnaires FOLDER takes trials and scores from them."
        made = replace(made, remarks=(*made.remarks, line))
    write_all({manifest: made.manifest, recipe: made.recipe})
    return manifest, recipe, made


def new_table_dataset(name: str, table: RatedTable) -> tuple[Path, TableDataset]:
    """Write a recipe for a feature table.

    Args:
        name: the name of the data set.
        table: what the user states of the table.

    Returns:
        The recipe's path, and what was found in the table.

    Raises:
        UsageError: the name cannot be used, a file exists, or the table lacks a column.
        DataError: the table is of no known kind, or damaged.
    """
    recipe = _new_recipe(name)
    check_absent([recipe])
    source = _find_source("table")
    made = make_table_dataset(name, table, source.columns(table.path))
    write_all({recipe: made.recipe})
    return recipe, made


def _new_recipe(name: str) -> Path:
    if not NAME_PATTERN.match(name):
        raise UsageError(f"'{name}' is no name: letters, digits, '.', '-' and '_', starting with a letter or digit")
    return Path(f"{name}.yaml")


def _find_source(name: str) -> Any:
    catalog = discover().catalog
    source = catalog.find("source", name)
    if source is None:
        raise UsageError(catalog.unknown("source", name))
    return source


def _questionnaires(catalog: Catalog) -> dict[str, Questionnaires]:
    sources = [entry.cls for entry in catalog.entries("source") if issubclass(entry.cls, Source)]
    return {source.name: source.questionnaires for source in sources if source.questionnaires is not None}


def _add_questionnaires(study: Study, folder: Path, catalog: Catalog) -> Study:
    """Read the questionnaires of a folder, as the source that knows their names reads them.

    Returns:
        The study with the conditions of all people, on the clock of the recordings.
    """
    if not folder.is_dir():
        raise UsageError(describe_missing(folder, "folder"))
    known = _questionnaires(catalog)
    found = {name: files for name, one in known.items() if (files := one.find(folder))}
    if not found:
        patterns = ", ".join(f"{one.pattern} ({name})" for name, one in known.items())
        raise UsageError(f"{folder} holds no questionnaire of a known source: {patterns}")
    if len(found) > 1:
        raise UsageError(f"{folder} holds files that several sources take for questionnaires: {', '.join(found)}")
    ((name, files),) = found.items()
    stretches = known[name].read(files, study.offsets)
    return replace(study, stretches=tuple(stretches), tables=(*study.tables, *files))
