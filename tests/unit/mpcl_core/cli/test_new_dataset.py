"""``mpcl new dataset``, as someone with a folder of recordings meets it."""

import csv
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mpcl_core.cli.main import main
from mpcl_core.recipe.load import load
from mpcl_core.runs.layout import MANIFEST, RECIPE
from support.folder_study import e4, edf, xdf, xdf_stream

RNG = np.random.default_rng(0)
SECONDS = 20


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def eeg(path: Path, sfreq: int = 64, names: tuple[str, ...] = ("Fz", "Cz")) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    signals = {name: RNG.uniform(-90, 90, sfreq * SECONDS) for name in names} | {"GSR": RNG.uniform(1, 9, 4 * SECONDS)}
    units = {name: "uS" if name == "GSR" else "uV" for name in signals}
    edf(path, signals, {name: len(values) // SECONDS for name, values in signals.items()}, units)


def face(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        f"{n + 1}, {n / 30:.3f}, 0.9, 1, 0.1, {value:.2f}" for n, value in enumerate(RNG.uniform(0, 5, 30 * SECONDS))
    ]
    path.write_text("\n".join(["frame, timestamp, confidence, success, gaze_0_x, AU12_r", *rows]))


def wrist(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rates = {"BVP": 64.0, "EDA": 4.0}
    e4(path, {name: (1e9, rate, RNG.normal(size=(int(rate) * SECONDS, 1))) for name, rate in rates.items()})


def bids(folder: Path) -> None:
    """Two subjects, two sessions, two runs; one face is not there."""
    for subject in ("01", "02", "03"):
        for run in (1, 2):
            stem = f"sub-{subject}_ses-a_task-film_run-{run}"
            eeg(folder / f"sub-{subject}" / f"{stem}_eeg.edf")
            (folder / f"sub-{subject}" / f"{stem}_events.tsv").write_text("onset\tduration\n")
            if (subject, run) != ("02", 1):
                face(folder / f"sub-{subject}" / f"{stem}_face.csv")
    (folder / "participants.tsv").write_text("participant_id\tage\n")


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(newline="") as file:
        return list(csv.DictReader(file))


def fill_in(path: str, labels: tuple[str, ...]) -> None:
    found, draw = rows(path), random.Random(0)
    for row in found:
        row |= {label: str(draw.randint(1, 5)) for label in labels}
    with Path(path).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)


def checked(recipe: str, capsys: pytest.CaptureFixture[str]) -> dict[str, int | str]:
    capsys.readouterr()
    assert main(["check", recipe, "--json"]) == 0
    (study,) = json.loads(capsys.readouterr().out)["studies"]
    return dict(study)


def test_bids_names_give_subjects_and_trials(capsys: pytest.CaptureFixture[str]) -> None:
    bids(Path("data"))
    assert main(["new", "dataset", "mine", "data", "--ratings", "happy", "very sad"]) == 0
    printed = capsys.readouterr().out
    assert "mine.csv: 6 recordings with eeg, gsr, face" in printed
    assert "states no subject: 7" in printed
    found = rows("mine.csv")
    assert list(found[0]) == [
        *("subject", "session", "trial", "condition", "stimulus", "weight", "start", "stop"),
        *("eeg", "face", "happy", "very sad"),
    ]
    assert [(row["subject"], row["session"], row["trial"]) for row in found] == [
        (f"sub-{subject}", "ses-a", f"task-film_run-{run}") for subject in ("01", "02", "03") for run in (1, 2)
    ]
    assert found[0]["face"] == "data/sub-01/sub-01_ses-a_task-film_run-1_face.csv"
    assert [row["face"] == "" for row in found] == [False, False, True, False, False, False]
    assert {row[label] for row in found for label in ("happy", "very sad", "weight", "start", "stop")} == {""}


@pytest.mark.slow
def test_recipe_has_no_fault_once_ratings_are_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    bids(Path("data"))
    assert main(["new", "dataset", "mine", "data", "--ratings", "happy", "very sad"]) == 0
    assert main(["check", "mine.yaml"]) == 1
    assert "mine.csv: no row has the scores that it needs" in capsys.readouterr().err
    fill_in("mine.csv", ("happy", "very sad"))
    study = checked("mine.yaml", capsys)
    assert (study["subjects"], study["grade"]) == (3, "subject-independent")
    assert study["windows"] == 6 * 5


@pytest.mark.slow
def test_recipe_runs_and_reports_missing_ratings() -> None:
    bids(Path("data"))
    assert main(["new", "dataset", "mine", "data", "--ratings", "happy", "sad"]) == 0
    fill_in("mine.csv", ("happy", "sad"))
    assert main(["run", "mine.yaml", "--set", "train.epochs=1", "--jobs=1", "--no-figures", "--out=run"]) == 0
    assert (
        "No file in 'face' for 1 of 6 recordings: sub-02/ses-a-task-film_run-1." in Path("run/summary.md").read_text()
    )


def test_recipe_states_channels_and_rates_of_the_files() -> None:
    bids(Path("data"))
    main(["new", "dataset", "mine", "data", "--ratings", "happy", "sad"])
    variant = load(Path("mine.yaml")).variants["mpcl"]
    declared = {
        name: {key: [entry.value for entry in child.entries] or child.value for key, child in node.mapping.items()}
        for name, node in variant.node.mapping["source"].mapping["modalities"].mapping.items()
    }
    assert declared == {
        "eeg": {"sfreq": 64.0, "unit": "uV", "channels": ["Fz", "Cz"]},
        "gsr": {"sfreq": 4.0, "unit": "uS", "column": "eeg", "channels": ["GSR"]},
        "face": {"sfreq": 30.0, "channels": ["AU12_r"]},
    }
    streams = variant.node.mapping["streams"].mapping
    assert {name: list(stream.mapping["encoders"].mapping) for name, stream in streams.items()} == {
        "brain": ["eeg"],
        "skin": ["gsr"],
        "behaviour": ["face"],
    }


@pytest.mark.slow
def test_real_wristbands_in_one_folder_each(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in ("S2", "S3"):
        Path(f"data/{subject}").mkdir(parents=True)
        shutil.copy(data_dir / "wesad" / subject / f"{subject}_E4_Data.zip", f"data/{subject}")
    assert main(["new", "dataset", "wrist", "data", "--ratings", "a", "b"]) == 0
    printed = capsys.readouterr().out
    assert "2 recordings with ppg, gsr, temperature, heart_rate" in printed
    assert "Subjects, by the names of files: " in printed
    fill_in("wrist.csv", ("a", "b"))
    assert [(row["subject"], row["trial"]) for row in rows("wrist.csv")] == [("S2", "S2_E4_Data"), ("S3", "S3_E4_Data")]
    assert checked("wrist.yaml", capsys)["subjects"] == 2


def table(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, RNG.normal(size=(50 * SECONDS, 2)), "%.4f", "\t", header="1e5\tno", comments="")


def archive(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, pulse=RNG.normal(size=(1, 64 * SECONDS)), pulse_sfreq=64, skin=RNG.normal(size=4 * SECONDS))


def streams(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = RNG.normal(size=(64 * SECONDS, 1)).astype(np.float32)
    xdf(path, xdf_stream(1, "my amp: 1", 64, values, 9 + np.arange(len(values)) / 64, ["Fz"]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "suffix", "rates", "modalities"),
    [
        (table, ".tsv", ["signals=50"], "signals"),
        (archive, ".npz", ["skin=4"], "pulse, skin"),
        (streams, ".xdf", [], "my_amp_1"),
        (wrist, ".zip", [], "ppg, gsr"),
        (face, ".csv", [], "face"),
        (eeg, ".bdf", [], "eeg, gsr"),
    ],
)
@pytest.mark.parametrize("place", ["data/{}/t{}", "data/{}/day1/t{}", "data/{}"])
def test_every_kind_of_file_and_folder_is_read(
    write: Callable[[Path], None],
    suffix: str,
    rates: list[str],
    modalities: str,
    place: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for subject in ("p1", "p2"):
        for trial in (1, 2):
            write(Path(place.format(subject, trial) + suffix))
    options = [word for rate in rates for word in ("--rate", rate)]
    assert main(["new", "dataset", "x", "data", "--ratings", "a", "b", *options]) == 0
    assert f"with {modalities}\n" in capsys.readouterr().out.replace(".\n", "\n")
    fill_in("x.csv", ("a", "b"))
    assert checked("x.yaml", capsys)["subjects"] == 2


@pytest.mark.slow
@pytest.mark.parametrize(("files", "grade"), [(("p1/t1", "p1/t2"), "trial-held-out"), (("p1/t1",), "leaky")])
def test_single_subject_gets_a_protocol_within_subjects(
    files: tuple[str, ...], grade: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in files:
        wrist(Path(f"data/{file}.zip"))
    assert main(["new", "dataset", "x", "data", "--ratings", "a", "b"]) == 0
    fill_in("x.csv", ("a", "b"))
    assert checked("x.yaml", capsys)["grade"] == grade


def refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    before = sorted(Path().rglob("*"))
    assert main(["new", "dataset", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert sorted(Path().rglob("*")) == before, "nothing is written"
    return err


@pytest.mark.parametrize("existing", ["mine.csv", "mine.yaml"])
def test_nothing_is_overwritten(existing: str, capsys: pytest.CaptureFixture[str]) -> None:
    wrist(Path("data/p1.zip"))
    Path(existing).write_text("precious")
    assert f"{existing} exists and is not overwritten" in refused("mine", "data", "--ratings", "a", "b", capsys=capsys)
    assert Path(existing).read_text() == "precious"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["../x", "data", "--ratings", "a", "b"], "'../x' is no name"),
        (["x", "nowhere", "--ratings", "a", "b"], "there is no folder or table 'nowhere'"),
        (["x", "empty", "--ratings", "a", "b"], "empty has no file of a known kind (.csv, .tsv, "),
        (["x", "data", "--ratings", "a"], "at least two labels"),
        (["x", "data", "--ratings", "a", "a"], "--ratings: 'a' is empty, repeated"),
        (["x", "data", "--ratings", "a", "e4"], "--ratings: 'e4'"),
        (["x", "data", "--ratings", "a", " "], "--ratings: ' '"),
        (["x", "data", "--ratings", "a", "b", "--rate", "ppg=32"], "--rate ppg: the files state all rates"),
        (
            ["x", "tables", "--ratings", "a", "b"],
            "no file states the sampling rate of signals. Add: --rate signals=HZ",
        ),
        (["x", "twice", "--ratings", "a", "b"], "would both be 'eeg' of subject 'sub-1', trial '1'"),
        (
            ["x", "other", "--ratings", "a", "b"],
            "have no channel, rate and unit in common: other/p1.edf has Fz, Cz at 64",
        ),
        (
            ["x", "other", "--ratings", "a", "b"],
            "If they hold no signals, as a questionnaire does, name them with --quest",
        ),
    ],
)
def test_wrong_use_prints_one_message(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    wrist(Path("data/p1.zip"))
    table(Path("tables/p1.tsv"))
    eeg(Path("twice/sub-1_eeg.edf"))
    eeg(Path("twice/sub-1_eeg.bdf"))
    eeg(Path("other/p1.edf"))
    wrist(Path("other/p2.zip"))
    shutil.copy("other/p1.edf", "other/p2.edf")
    edf(Path("other/p2.edf"), {"Fz": np.zeros(128 * 4)}, {"Fz": 128}, {"Fz": "uV"})
    assert message in refused(*arguments, capsys=capsys)


@pytest.mark.parametrize("option", [["--ratings"], ["--ratings", "a", "b", "--rate", "ppg"], []])
def test_wrong_option_exits_with_2(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["new", "dataset", "x", "data", *option])
    assert stop.value.code == 2
    assert "Usage: mpcl new dataset" in capsys.readouterr().err


def test_damaged_file_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    wrist(Path("data/p1.zip"))
    content = Path("data/p1.zip").read_bytes()
    Path("data/p1.zip").write_bytes(content[: len(content) // 2])
    assert main(["new", "dataset", "x", "data", "--ratings", "a", "b"]) == 1
    assert "data/p1.zip" in capsys.readouterr().err
    assert not Path("x.csv").exists()


def test_help_does_not_import_torch() -> None:
    code = (
        "import sys, mpcl_core.cli.main, mpcl_core.cli.new; mpcl_core.cli.main.parser(); print('torch' in sys.modules)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert time.perf_counter() - start < 5


def test_a_subject_in_two_spellings_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in ("01", "1", "2"):
        eeg(tmp_path / "in" / f"{subject}_a.edf")
    assert main(["new", "dataset", "st", "in", "--ratings", "happy", "sad"]) == 0
    assert "'01' and '1'" in capsys.readouterr().out


def test_trigger_channels_are_no_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in ("1", "2"):
        eeg(tmp_path / "in" / f"{subject}_a.bdf", names=("Fz", "Cz", "Status"))
    assert main(["new", "dataset", "st", "in", "--ratings", "happy", "sad"]) == 0
    assert "no signals: Status (events)" in capsys.readouterr().out
    assert "channels: [Fz, Cz]" in Path("st.yaml").read_text()
    assert "# no signals: Status (events)" in Path("st.yaml").read_text()


def test_unpacked_wristbands_are_recordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in ("S1", "S2"):
        wrist(tmp_path / f"{subject}.zip")
        shutil.unpack_archive(tmp_path / f"{subject}.zip", tmp_path / "in" / subject)
    assert main(["new", "dataset", "st", "in", "--ratings", "happy", "sad"]) == 0
    assert "2 recordings with ppg, gsr." in capsys.readouterr().out
    assert [(row["subject"], row["e4"]) for row in rows("st.csv")] == [("S1", "in/S1"), ("S2", "in/S2")]


def test_runs_in_the_folder_are_no_recordings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    eeg(tmp_path / "raw" / "s1" / "film.edf")
    run = tmp_path / "raw" / "runs" / "a"
    run.mkdir(parents=True)
    for name in (MANIFEST, RECIPE, "summary.csv"):
        (run / name).write_text("variant,mean\nfull,1\n")
    assert main(["new", "dataset", "mine", "raw", "--ratings", "joy", "fear"]) == 0
    assert (tmp_path / "mine.csv").read_text().count("\n") == 2
    assert main(["new", "dataset", "other", str(run), "--ratings", "joy", "fear"]) == 2
    assert "is a run folder, which holds results and no recordings" in capsys.readouterr().err
    assert main(["new", "dataset", "other", "mine.csv", "--ratings", "joy", "fear"]) == 2
    assert "mine.csv has no column of numbers beside names of rows and ratings" in capsys.readouterr().err


def test_a_table_without_names_is_refused_by_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "S1_a.csv").write_text("1.5,2.5\n" * 100)
    message = refused("st", "in", "--ratings", "a", "b", "--rate", "signals=128", capsys=capsys)
    assert "in/S1_a.csv, header: the first line must name the columns" in message


def test_events_and_questionnaire_become_rated_trials(capsys: pytest.CaptureFixture[str]) -> None:
    for subject in ("p1", "p2"):
        wrist(Path(f"data/{subject}/{subject}.zip"))
    Path("events.csv").write_text(
        "subject,trial,start,stop\np1,film,2,12\np1,rest,1000000012,1000000020\np2,film,0,9\n"
    )
    Path("scores.csv").write_text("subject,trial,glad,tense\np1,film,4,2\np1,rest,2,2\np2,film,3,9\np3,film,2,2\n")
    options = ["--ratings", "glad", "calm", "--reversed", "tense", "--sum", "calm=tense", "--events", "events.csv"]
    command = ["new", "dataset", "mine", "data", *options, "--scores", "scores.csv", "--scale", "1", "5"]
    assert main(command) == 1
    assert "scores.csv, tense, line 4: '9' is not a number from 1 to 5" in capsys.readouterr().err
    Path("scores.csv").write_text(Path("scores.csv").read_text().replace("3,9", "3,NA"))
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "mine.csv: 3 recordings with ppg, gsr" in printed
    assert "Scores without a recording: 1 of 4: p3 film." in printed
    assert "No score is 1, the floor; the lowest is 2." in printed
    columns = ("subject", "trial", "start", "stop", "glad", "calm")
    assert [tuple(row[column] for column in columns) for row in rows("mine.csv")] == [
        ("p1", "film", "2", "12", "4", "4"),
        ("p1", "rest", "12", "20", "2", "4"),
        ("p2", "film", "0", "9", "3", ""),
    ]
    source = load(Path("mine.yaml")).variants["mpcl"].node.mapping["source"].mapping
    assert (source["floor"].value, source["ceiling"].value) == (1.0, 5.0)


def test_origin_takes_files_of_its_kind(capsys: pytest.CaptureFixture[str]) -> None:
    wrist(Path("data/p1/p1.zip"))
    assert main(["new", "dataset", "mine", "data", "--ratings", "a", "b", "--from", "e4"]) == 2
    assert "the files mark no trials" in capsys.readouterr().err
    assert main(["new", "dataset", "mine", "data", "--ratings", "a", "b", "--from", "xdf"]) == 2
    assert "data has no file for --from xdf; it has e.g. p1.zip" in capsys.readouterr().err
    assert main(["new", "dataset", "mine", "data", "--ratings", "a", "b", "--scores", "s.csv"]) == 2
    assert "state the lowest and the highest score of an item: --scale 1 5" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "suffix", "rates", "modalities"),
    [
        ("edf-bdf/chtypes_edf.edf", ".edf", [], {"eeg": 38, "ecg": 2, "spo2": 2}),
        ("edf-bdf/multiple_annotation_chans.bdf", ".bdf", [], {"eeg": 12, "eeg_2": 3, "ecg": 1, "emg": 1, "eog": 1}),
        ("openface/OpenFace_Test.csv", ".csv", [], {"face": 17}),
        (
            "neurokit/bio_resting_5min_100hz.csv",
            ".csv",
            ["--rate", "ecg=100", "--rate", "ppg=100", "--rate", "respiration=100"],
            {"ecg": 1, "ppg": 1, "respiration": 1},
        ),
    ],
)
def test_real_files_need_no_edit_of_channels(
    file: str, suffix: str, rates: list[str], modalities: dict[str, int], data_dir: Path
) -> None:
    Path("in").mkdir()
    for subject in ("p1", "p2"):
        shutil.copy(data_dir / file, f"in/{subject}_a{suffix}")
    assert main(["new", "dataset", "x", "in", "--ratings", "a", "b", *rates]) == 0
    (variant, *_) = load(Path("x.yaml")).variants.values()
    declared = variant.node.mapping["source"].mapping["modalities"].mapping
    found = {name: len(node.mapping["channels"].entries) for name, node in declared.items()}
    assert found == modalities


def test_clocks_stand_in_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for subject in "12":
        for name, first, rate in (("eeg", 0.0, 64), ("watch", 3.0, 32)):
            times = 1.7e9 + first + np.arange(rate * SECONDS) / rate
            folder = tmp_path / "data" / f"sub-{subject}"
            folder.mkdir(parents=True, exist_ok=True)
            columns = np.stack([times, RNG.normal(size=len(times))], axis=1)
            file = folder / f"sub-{subject}_task-film_{name}.csv"
            np.savetxt(file, columns, "%.6f", ",", header=f"timestamp,{name}", comments="")
    main(["new", "dataset", "mine", "data", "--ratings", "happy", "sad"])
    fill_in("mine.csv", ("happy", "sad"))
    assert checked("mine.yaml", capsys)["clocks"] == [
        {"file": f"sub-{subject}_task-film_watch.csv", "modality": "watch", "offset": 3.0, "drift": 0.0}
        | {"is_resampled": False, "gaps": 0, "lost": 0.0}
        for subject in "12"
    ]
    assert main(["check", "mine.yaml"]) == 0
    printed = capsys.readouterr().out
    assert "drift (ppm)" in printed
    assert "Clocks" in printed


def test_questionnaires_of_wesad_become_rated_trials(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wesad = Path("wesad")  # with the questionnaires among the recordings, as it is distributed
    for subject in ("S2", "S3"):
        (wesad / subject).mkdir(parents=True)
        (wesad / subject / f"{subject}.zip").symlink_to(data_dir / "wesad" / subject / f"{subject}_E4_Data.zip")
    for file in (*data_dir.glob("wesad/*/*_quest.csv"), data_dir / "wesad" / "e4_offsets_derived.csv"):
        shutil.copy(file, wesad)
    options = ["--questionnaires", str(wesad), "--offsets", str(wesad / "e4_offsets_derived.csv")]
    assert main(["new", "dataset", "mine", "wesad", *options, "--ratings", "inspired", "afraid"]) == 0
    found = rows("mine.csv")
    assert [row["trial"] for row in found[:5]] == ["Base", "TSST", "Medi 1", "Fun", "Medi 2"]
    assert (found[0]["start"], found[0]["condition"], found[0]["inspired"]) == ("1851.78", "baseline", "2")
    assert "Scores without a recording: 25 of 35" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--questionnaires", "data"], "data holds no questionnaire of a known source: *_quest.csv (wesad)"),
        (["--questionnaires", "nowhere"], "there is no folder 'nowhere'"),
        (["--offsets", "x.csv"], "--offsets belongs to --questionnaires FOLDER"),
        (["--questionnaires", "data", "--scores", "x.csv"], "--questionnaires states the scores"),
    ],
)
def test_questionnaires_need_their_files(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    eeg(Path("data/sub-1_task-a_eeg.edf"))
    assert main(["new", "dataset", "mine", "data", "--ratings", "happy", "sad", *options]) in (1, 2)
    assert message in capsys.readouterr().err


def walks(people: int = 4) -> Path:
    """Write a feature table whose two modalities tell how happy a walk was."""
    lines = ["Subject;trial;hr_mean;hr_sd;gsr;comment;happy;sad"]
    for number in range(5 * people):
        mood = RNG.uniform(0, 4)
        cells = (60 + 9 * mood, RNG.uniform(), 3 + mood + RNG.normal(), "none", 1 + round(mood), 5 - round(mood))
        lines.append(f"p{number // 5};t{number % 5};{';'.join(map(str, cells))}".replace(".", ","))
    Path("walks.csv").write_text("\n".join(lines) + "\n")
    return Path("walks.csv")


def test_table_of_several_trials_is_no_recording(capsys: pytest.CaptureFixture[str]) -> None:
    Path("in").mkdir()
    walks().rename("in/walks.csv")
    assert main(["new", "dataset", "study", "in", "--ratings", "happy", "sad"]) == 2
    message = capsys.readouterr().err
    assert "walks.csv has a column 'Subject', so it holds rows of several trials" in message
    assert "name the table in place of the folder: mpcl new dataset NAME in/walks.csv" in message.replace("\n", " ")


def test_a_feature_table_becomes_a_recipe(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["new", "dataset", "study", str(walks()), "--ratings", "happy", "sad", "--scale", "1", "5"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "study.yaml: 20 rows of 4 people, people by 'Subject' and trials by 'trial'.\n" in printed
    assert "  hr: hr_*\n  features: gsr\n  not read: comment (text)\n" in printed
    assert printed.endswith("that are answers, orders or times, then: mpcl check study.yaml\n")
    assert not Path("study.csv").exists()
    assert checked("study.yaml", capsys)["subjects"] == 4
    assert main(command) == 2
    assert "study.yaml exists" in capsys.readouterr().err


@pytest.mark.slow
def test_a_real_feature_table_with_many_empty_cells_needs_no_edit(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moods = ["ALERT", "HAPPY", "NEUTRAL", "RESTED/RELAXED", "SAD", "TENSE/ANXIOUS", "TIRED"]
    command = ["new", "dataset", "days", str(data_dir / "lifesnaps" / "daily.csv"), "--ratings", *moods]
    assert main(command) == 2
    assert "no column with a usual name of people" in capsys.readouterr().err
    assert main([*command, "--subject", "id", "--trial", "date", "--scale", "0", "1"]) == 0
    printed = capsys.readouterr().out
    assert "days.yaml: 3566 rows of 35 people, people by 'id' and trials by 'date'." in printed
    for line in ("sleep: sleep_*", "nremhr: nremhr, rmssd", "distance: distance, steps", "spo2: spo2"):
        assert f"  {line}\n" in printed  # as the source lifesnaps groups them by hand
    assert checked("days.yaml", capsys)["subjects"] == 30


def test_a_model_of_a_feature_table_predicts_another(capsys: pytest.CaptureFixture[str]) -> None:
    command = ["new", "dataset", "study", str(walks()), "--ratings", "happy", "sad", "--scale", "1", "5"]
    assert main(command) == 0
    quick = ["--set", "train.epochs=2", "--set", "train.pretrain.epochs=1"]
    assert main(["fit", "study.yaml", "--variant", "no_module", "--out", "model", *quick]) == 0
    Path("new.csv").write_text("subject,trial,hr_mean,hr_sd,gsr\nx,a,61,0.5,4\nx,b,90,0.2,\n")
    assert main(["predict", "model", "new.csv", "--out", "out.csv"]) == 0
    found = rows("out.csv")
    assert [(row["subject"], row["trial"], row["flags"]) for row in found] == [
        ("x", "a", ""),
        ("x", "b", "features absent"),
    ]
    assert all(float(row["happy"]) + float(row["sad"]) == pytest.approx(1) for row in found)
    Path("rated.csv").write_text("subject,trial,hr_mean,hr_sd,gsr,happy,sad\nx,a,61,0.5,4,5,1\nx,b,90,0.2,4,4,2\n")
    assert main(["calibrate", "model", "rated.csv", "--out", "of_x"]) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["walks.csv", "--rate", "hr=4"], "--rate is for a folder of recordings, and walks.csv is a file"),
        (["walks.csv", "--scores", "s.csv"], "--scores is for a folder of recordings"),
        (["walks.csv", "--scale", "5", "1"], "--scale 5 1: the lowest score is at least 0 and below"),
        (["walks.csv", "--subject", "who"], "--subject who: walks.csv has no such column"),
        (["in", "--subject", "who"], "--subject names a column of a table of features, and in is no file"),
        (["notes.md"], "notes.md: no known kind of table. Known: .csv, .tsv, .parquet"),
    ],
)
def test_options_that_a_table_does_not_take_are_refused(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    walks()
    Path("notes.md").touch()
    Path("in").mkdir()
    assert main(["new", "dataset", "study", *options, "--ratings", "happy", "sad"]) in (1, 2)
    assert message in capsys.readouterr().err
    assert not Path("study.yaml").exists()


def test_questionnaires_are_no_recordings_where_a_table_states_the_events(capsys: pytest.CaptureFixture[str]) -> None:
    wrist(Path("data/S2/S2.zip"))
    Path("data/S2/S2_quest.csv").write_text("# Subj;S2\n# ORDER;Base\n")
    Path("events.csv").write_text("subject,trial,start,stop\nS2,film,2,12\n")
    assert main(["new", "dataset", "mine", "data", "--ratings", "glad", "tense", "--events", "events.csv"]) == 0
    assert [row["subject"] for row in rows("mine.csv")] == ["S2"]
    assert "since they are questionnaires: 1 file, S2_quest.csv." in capsys.readouterr().out
