"""Push model folders to a model hub, and fetch them from there, through ``huggingface_hub`` (extra ``hub``).

The address is that of ``HF_ENDPOINT``, the token that of ``HF_TOKEN`` or of ``hf auth login``.
"""

import os
from pathlib import Path
from typing import Any

from mpcl_core.data.cache.location import find_root
from mpcl_core.interfaces.errors import UsageError
from mpcl_core.runs.layout import MODEL_DESCRIPTION
from mpcl_core.runs.model_files import FILES, check_model_files, read_model_description

HUB = "hub:"
"""How the name of a model on a hub begins."""

ALLOWED = ("*.json", "*.safetensors", "*.onnx", "*.md", "plugins/*.py")
"""The files of a repository that are fetched."""


class HubError(UsageError):
    """Report a hub that cannot be reached, or refuses."""


def model_folder(path: str | Path) -> Path:
    """Return the folder of a model, which is fetched where it lies on a hub.

    Args:
        path: a folder, or ``hub:OWNER/NAME``, with ``@REVISION`` where it is not the newest.

    Returns:
        The folder.

    Raises:
        HubError: the hub cannot be reached, or has no such model.
        UsageError: ``huggingface_hub`` is not installed.
    """
    text = str(path)
    if not text.startswith(HUB):
        return Path(path)
    name, _, revision = text.removeprefix(HUB).partition("@")
    _check_name(name)
    library = _library()
    try:
        fetched = library.snapshot_download(
            name,
            revision=revision or None,
            cache_dir=find_root() / "hub",  # a folder for each revision: what a later one lacks is not taken from it
            allow_patterns=list(ALLOWED),
            endpoint=os.environ.get("HF_ENDPOINT"),
        )
    except Exception as error:
        raise HubError(f"{text} cannot be fetched: {_reason(error)}") from None
    folder = Path(fetched)
    if not (folder / MODEL_DESCRIPTION).is_file():
        raise HubError(f"{text} holds no model: it has no {MODEL_DESCRIPTION}")
    return folder


def push_model(folder: Path, name: str, private: bool = False) -> str:
    """Push a model folder to a repository of a hub, which is made where it is missing.

    Args:
        folder: the model folder.
        name: ``OWNER/NAME``.
        private: whether a new repository can be seen by its owner only.

    Returns:
        The address of the repository.

    Raises:
        UsageError: it is no model folder, the name is of another form, or ``huggingface_hub`` is not installed.
        DataError: a file is missing or changed.
        HubError: the hub cannot be reached, or refuses.
    """
    _check_name(name)
    check_model_files(folder)
    files = [MODEL_DESCRIPTION, *read_model_description(folder)[FILES]]
    hub = _library().HfApi(endpoint=os.environ.get("HF_ENDPOINT"))
    try:
        address = hub.create_repo(name, private=private, exist_ok=True)
        hub.upload_folder(repo_id=name, folder_path=folder, allow_patterns=files, commit_message="Store the model")
    except Exception as error:
        raise HubError(f"{folder} cannot be pushed to {name}: {_reason(error)}") from None
    return str(address)


def _check_name(name: str) -> None:
    if name.count("/") != 1 or not all(name.split("/")):
        raise HubError(f"'{name}' is no name of a repository; name it OWNER/NAME")


def _library() -> Any:
    try:
        import huggingface_hub
    except ImportError:
        raise UsageError("hubs need huggingface_hub: pip install 'mpcl[hub]'") from None
    return huggingface_hub


def _reason(error: Exception) -> str:
    causes = [str(each).strip().partition("\n")[0] for each in (error, error.__cause__) if each is not None]
    reason = " ".join(filter(None, causes)) or type(error).__name__
    return f"{reason}; set HF_HUB_DISABLE_XET=1 for a hub without Xet storage" if "/xet-" in reason else reason
