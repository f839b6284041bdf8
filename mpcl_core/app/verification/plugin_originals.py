"""Compare the plugin files of a run with what was written, and with the files that they were copied from."""

from collections.abc import Callable, Iterator
from pathlib import Path

from mpcl_core.app.plugins.consent import RefusedPluginError
from mpcl_core.interfaces.errors import Fault, Place, describe_error
from mpcl_core.runs.digests import find_changed_files
from mpcl_core.runs.integrity import FileProblem
from mpcl_core.runs.layout import DIGESTS, PLUGINS, RECIPE
from mpcl_core.runs.manifest import Manifest
from mpcl_core.toolkit.regular_files import regular


def refuse_changed_plugins(folder: Path, digest: str = "") -> None:
    """Refuse to import the plugin files of a run where one is not as it was written.

    Args:
        folder: the run.
        digest: the digest of the run that was kept elsewhere; empty where none was.

    Raises:
        RefusedPluginError: a file has changed, or with a digest, the list of digests is not the one of the digest.
    """
    if not (folder / PLUGINS).is_dir():
        return
    concerned = [DIGESTS] if digest else []
    place = Place(str(folder / RECIPE), 0, 0)
    faults = [
        Fault(place, "plugins", f"{problem}, so no plugin file of the run is imported")
        for problem in find_changed_files(folder, digest)
        if problem.file in concerned or problem.file.startswith(f"{PLUGINS}/")
    ]
    if faults:
        raise RefusedPluginError(faults)


def find_changed_originals(
    folder: Path, manifest: Manifest, on_message: Callable[[str], None]
) -> Iterator[FileProblem]:
    """Yield the plugin files of a run that are not those that they were copied from, as these are now.

    Args:
        folder: the run.
        manifest: its manifest.
        on_message: called with a line for each original that is not there any more.

    Yields:
        The problems.
    """
    for copy, original in manifest.plugin_originals.items():
        if not Path(original).is_file():
            on_message(f"{copy} cannot be compared with its original: there is no file {original} here")
            continue
        try:
            same = regular(folder / copy).read_bytes() == regular(Path(original)).read_bytes()
        except (OSError, ValueError) as error:
            yield FileProblem(copy, f"cannot be compared with its original {original}: {describe_error(error)}")
            continue
        if not same:
            yield FileProblem(copy, f"differs from the file that it was copied from, {original}, as that is now")
