"""``mpcl run`` refuses options that exclude each other before it reads anything."""

import pytest

from mpcl_core.cli.main import main

WRONG = {
    "": "name a recipe, or the run to resume: mpcl run RECIPE, or mpcl run --resume RUN",
    "mpcl --resume RUN": "--resume continues a run as it was started, so it excludes a recipe",
    "--resume RUN --set dim=4 --out DIR": "so it excludes --set, --out",
    "--resume RUN --device cpu --locked": "so it excludes --device, --locked",
    "absent.yaml": "absent.yaml",
    "described --job-timeout 0": "--job-timeout",
    "described --cohort 0": "--cohort",
    "described --jobs 0": "--jobs",
}


@pytest.mark.parametrize("options", WRONG)
def test_options_that_exclude_each_other_are_refused(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(["run", *options.split()])
    except SystemExit as stop:  # argparse ends so
        code = int(stop.code or 0)
    assert code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert WRONG[options] in captured.err
