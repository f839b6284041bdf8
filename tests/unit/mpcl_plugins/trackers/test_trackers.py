"""What trackers write, and that one that fails or waits holds up nothing."""

from mpcl_registry.discover import discover, tracker
from support.paths import ROOT


def test_every_tracker_can_be_named_and_is_loaded_on_request_only() -> None:
    files = {
        path.stem
        for path in (ROOT / "plugins" / "mpcl_plugins" / "trackers").glob("[!_]*.py")
        if "hookimpl" in path.read_text()
    }
    assert files == {"jsonl", "mlflow", "tensorboard"}
    for name in files:
        assert tracker(name).name == f"{name}.py"
    hook = discover(entries=()).manager.hook
    assert not hook.mpcl_epoch_ended.get_hookimpls()
