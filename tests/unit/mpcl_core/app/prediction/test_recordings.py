"""A recording, a folder of recordings and a manifest become a source of what the model takes, or are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpcl_core.app.prediction.recordings import open_recordings
from mpcl_core.interfaces.data import Modality, Recording, WindowSet
from mpcl_core.interfaces.errors import DataError, UsageError
from mpcl_core.runs.layout import MANIFEST, RECIPE
from support.model_descriptions import described

EEG = Modality("eeg", 2, None, 64.0, ("Fz", "Cz"), "uV")
GSR = Modality("gsr", 1, None, 4.0, (), "uS")
MODEL = described(inputs=(EEG, GSR), modalities=(EEG, GSR))


def write(path: Path, *names: str, sfreq: float = 64.0, seconds: int = 2) -> Path:
    path.parent.mkdir(exist_ok=True)
    times = np.arange(round(seconds * sfreq)) / sfreq
    lines = [",".join(["time", *names]), *(",".join([f"{t:.6f}", *["1.5"] * len(names)]) for t in times)]
    path.write_text("\n".join(lines) + "\n")
    return path


def recordings(path: Path, is_rated: bool = False, messages: list[str] | None = None) -> list[Recording]:
    on_message = (lambda _: None) if messages is None else messages.append
    with open_recordings(path, MODEL, {}, is_rated, on_message) as source:
        found = source.load()
        assert not isinstance(found, WindowSet)
        return list(found)


def test_recording_is_named_by_its_folder_and_file(tmp_path: Path) -> None:
    (found,) = recordings(write(tmp_path / "anna" / "film.csv", "Cz", "Fz"))
    assert (found.subject, found.trial) == ("anna", "film")
    assert {name: (signal.sfreq, signal.values.shape) for name, signal in found.signals.items()} == {
        "eeg": (64.0, (2, 128))
    }


def test_folder_has_a_recording_for_each_file(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "b.csv", "Cz", "Fz")
    write(tmp_path / "anna" / "a.csv", "Cz", "Fz", "Oz")
    (tmp_path / "anna" / "notes.md").write_text("none")
    assert [found.trial for found in recordings(tmp_path / "anna")] == ["a", "b"]


def test_results_in_the_folder_are_no_recordings(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "a.csv", "Cz", "Fz")
    run = tmp_path / "anna" / "runs" / "a"
    run.mkdir(parents=True)
    for name in (MANIFEST, RECIPE, "summary.csv"):
        (run / name).write_text("variant,mean\nfull,1\n")
    assert [found.trial for found in recordings(tmp_path / "anna")] == ["a"]
    with pytest.raises(UsageError, match="is a run folder, which holds results and no recordings"):
        recordings(run)
    with pytest.raises(UsageError, match="lies in the run folder"):
        recordings(run / "summary.csv")


def test_files_of_bids_that_agree_in_their_names_are_one_recording(tmp_path: Path) -> None:
    for session in ("1", "2"):
        folder = tmp_path / "study" / f"ses-{session}"
        folder.parent.mkdir(exist_ok=True)
        write(folder / f"sub-anna_ses-{session}_task-film_eeg.csv", "Cz", "Fz")
        write(folder / f"sub-anna_ses-{session}_task-film_eda.csv", "gsr", sfreq=4.0)
    found = recordings(tmp_path / "study")
    assert [(each.subject, each.session, each.trial, sorted(each.signals)) for each in found] == [
        ("sub-anna", f"ses-{session}", f"ses-{session}-task-film", ["eeg", "gsr"]) for session in ("1", "2")
    ]
    write(folder / "sub-anna_ses-2_task-film_recording-b_eeg.csv", "Cz", "Fz")
    with pytest.raises(
        DataError, match=r"recording-b_eeg\.csv: and \S*film_eeg\.csv both hold eeg of subject 'sub-anna'"
    ):
        recordings(tmp_path / "study")


def test_folders_below_are_subjects(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    for name in ("anna", "ben"):
        write(tmp_path / "study" / name / "film.csv", "Cz", "Fz")
    assert [(each.subject, each.trial) for each in recordings(tmp_path / "study")] == [
        ("anna", "film"),
        ("ben", "film"),
    ]


def test_folder_of_a_wristband_is_one_recording(tmp_path: Path) -> None:
    folder = tmp_path / "anna" / "walk"
    folder.mkdir(parents=True)
    for part, sfreq in (("EDA", 4), ("BVP", 64)):
        (folder / f"{part}.csv").write_text("\n".join(["1500000000.0", f"{sfreq}.0", *["0.5"] * 2 * sfreq]) + "\n")
    gsr = Modality("gsr", 1, None, 4.0, ("EDA",), "uS")
    model = MODEL.model_copy(update={"inputs": (EEG, gsr), "modalities": (EEG, gsr)})
    for path in (folder, folder.parent):
        with open_recordings(path, model, {}) as source:
            (found,) = source.load()
        assert (found.subject, found.trial, list(found.signals)) == ("anna", "walk", ["gsr"])


def test_rate_is_that_of_the_file(tmp_path: Path) -> None:
    (found,) = recordings(write(tmp_path / "anna" / "film.csv", "Cz", "Fz", sfreq=128.0))
    assert found.signals["eeg"].sfreq == 128.0


def test_rate_far_below_the_model_is_refused_and_one_of_no_modality(tmp_path: Path) -> None:
    path = write(tmp_path / "anna" / "film.csv", "Cz", "Fz", sfreq=0.064, seconds=2000)
    with pytest.raises(DataError, match=r"has 'eeg' at 0\.064 Hz, .* are its times in milliseconds\? .* time_ms"):
        recordings(path)
    with (
        pytest.raises(UsageError, match=r"--rate ega: no such modality.*Did you mean 'eeg'"),
        open_recordings(path, MODEL, {"ega": 9.0}),
    ):
        pass


def test_each_other_spelling_of_channels_is_stated_once_with_its_files(tmp_path: Path) -> None:
    for name, channels in (("a", "Fz Cz"), ("b", "FZ CZ"), ("c", "Fz-Ref Cz"), ("d", "FZ CZ")):
        write(tmp_path / "anna" / f"{name}.csv", *channels.split())
    messages: list[str] = []
    with open_recordings(tmp_path / "anna", MODEL, {}, on_message=messages.append):
        pass
    assert messages == [
        "eeg: b.csv, d.csv spell channels otherwise; the model takes 'FZ' as Fz, 'CZ' as Cz",
        "eeg: c.csv spells channels otherwise; the model takes 'Fz-Ref' as Fz",
    ]


def test_array_of_an_archive_is_found_by_its_channels(tmp_path: Path) -> None:
    arrays = {"brain": np.ones((2, 128)), "brain_ch_names": ["Fz", "Cz"], "brain_sfreq": 64.0}
    (tmp_path / "anna").mkdir()
    np.savez(tmp_path / "anna" / "film.npz", **arrays, other=np.ones(8))
    (found,) = recordings(tmp_path / "anna")
    assert found.signals["eeg"].values.shape == (2, 128)


def test_files_at_several_rates_or_without_one_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "a.csv", "Cz", "Fz")
    write(tmp_path / "anna" / "b.csv", "Cz", "Fz", sfreq=128.0)
    with pytest.raises(DataError, match=r"b\.csv.*has 'eeg' at 128 Hz, but a\.csv at 64 Hz; predict them one by one"):
        recordings(tmp_path / "anna")
    (tmp_path / "anna" / "b.csv").write_text("Cz,Fz\n1,2\n1,2\n")
    with pytest.raises(DataError, match=r"b\.csv.*does not state the rate of 'eeg'; name it with --rate eeg=HZ"):
        recordings(tmp_path / "anna")
    (tmp_path / "anna" / "a.csv").write_text("Cz,Fz\n1,2\n1,2\n")
    with pytest.raises(DataError, match=r"a\.csv.*does not state the rate"):
        recordings(tmp_path / "anna")
    (tmp_path / "anna" / "c.csv").write_text("gsr\n1\n1\n")
    with pytest.raises(DataError, match=r"of 'eeg', 'gsr'; name each: --rate eeg=HZ --rate gsr=HZ"):
        recordings(tmp_path / "anna")


RATED = "subject,trial,eeg,joy,fear\nanna,one,anna/film.csv,3,1\nanna,two,anna/film.csv,,\n"


def test_manifest_needs_no_ratings_and_keeps_those_that_are_wanted(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "film.csv", "Cz", "Fz")
    (tmp_path / "study.csv").write_text(RATED)
    assert [found.trial for found in recordings(tmp_path / "study.csv")] == ["one", "two"]
    messages: list[str] = []
    (rated,) = recordings(tmp_path / "study.csv", is_rated=True, messages=messages)
    assert rated.trial == "one"
    assert rated.D[0] > rated.D[1]
    assert messages == ["study.csv: 1 of 2 rows lack a score and are left out"]


@pytest.mark.parametrize(
    ("source", "D"),
    [
        ({"use": "folder", "missing": "floor", "floor": 1.0, "ratings": "share"}, [0.75, 0.25]),
        ({"use": "folder", "missing": "mean"}, [0.5, 0.5]),
        ({"use": "wesad", "missing": "floor", "ratings": "above_floor"}, [1.0, 0.0]),
    ],
)
def test_missing_scores_are_treated_as_in_the_training_of_the_model(
    tmp_path: Path, source: dict[str, Any], D: list[float]
) -> None:
    write(tmp_path / "anna" / "film.csv", "Cz", "Fz")
    (tmp_path / "study.csv").write_text("subject,trial,eeg,joy,fear\nanna,one,anna/film.csv,3,n/a\n")
    model = MODEL.model_copy(update={"recipe": {"source": source}})
    with open_recordings(tmp_path / "study.csv", model, {}, is_rated=True) as opened:
        (rated,) = opened.load()
    assert rated.D.tolist() == D


def test_recording_that_lacks_a_channel_or_every_modality_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lacks Cz, which the model takes"):
        recordings(write(tmp_path / "a" / "film.csv", "Fz", "Oz"))
    with pytest.raises(DataError, match=r"has none of the model's channels \(eeg: Fz, Cz; gsr: gsr\)\. It has: Oz"):
        recordings(write(tmp_path / "b" / "film.csv", "Oz"))


def test_input_without_recordings_or_ratings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no recording\. Known kinds: "):
        recordings(tmp_path / "empty")
    with pytest.raises(DataError, match="holds no ratings; name a manifest"):
        recordings(write(tmp_path / "a" / "film.csv", "Cz", "Fz"), is_rated=True)
    (tmp_path / "study.csv").write_text("subject,trial,ecg\nanna,one,a/film.csv\n")
    with pytest.raises(DataError, match="has no column with files named eeg, gsr"):
        recordings(tmp_path / "study.csv")


def test_errors_name_the_line_of_the_manifest_that_was_passed(tmp_path: Path) -> None:
    write(tmp_path / "anna" / "film.csv", "Cz", "Fz")
    path = tmp_path / "study.csv"
    path.write_text("subject,trial,eeg,start\n\nanna,one,anna/film.csv,\n\nanna,two,anna/film.csv,soon\n")
    with pytest.raises(DataError) as refused:
        recordings(path)
    assert str(refused.value).startswith(f"{path}, start, line 5: 'soon' is not a number")
    path.write_text("subject,trial,eeg\n\nanna,one,anna/film.csv\n\nanna,one,anna/film.csv\n")
    with pytest.raises(DataError) as refused:
        recordings(path)
    assert str(refused.value) == f"{path}, line 5: subject 'anna' trial 'one' is already on line 3"


def test_error_of_a_recording_names_no_manifest(tmp_path: Path) -> None:
    path = write(tmp_path / "anna" / "film.csv", "Cz", "Fz")
    path.write_text(path.read_text().replace("1.5", "much", 1))
    with pytest.raises(DataError) as refused:
        recordings(path)
    assert str(refused.value).startswith(f"eeg: {path}, Cz, line 2: 'much' is not a number")


def test_a_model_of_features_takes_a_recipe_with_its_source(tmp_path: Path) -> None:
    days = Modality("steps", 1, 1, ch_names=("steps",))
    model = described(inputs=(days,), modalities=(days,), recipe={"source": {"use": "lifesnaps"}})
    message = r"days\.csv: the model takes features, which its source 'lifesnaps' reads; name a recipe with it"
    with pytest.raises(DataError, match=message), open_recordings(write(tmp_path / "days.csv", "steps"), model, {}):
        pass
