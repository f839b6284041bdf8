"""Make small files of published studies in the documented layouts."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from scipy.io import savemat

RNG = np.random.default_rng(0)


def cells(values: list[Any]) -> np.ndarray:
    found = np.empty((len(values), 1), object)
    for number, value in enumerate(values):
        found[number, 0] = value
    return found


def ramp(n_channels: int, seconds: float, sfreq: float) -> np.ndarray:
    """Return (T, c) samples that state their second and, times 1000, their channel."""
    times = np.arange(round(seconds * sfreq)) / sfreq
    return times[:, None] + 1 + 1000.0 * np.arange(n_channels)


def dreamer(folder: Path, n_clips: int = 3, **scores: Any) -> Path:
    clips = range(2, 2 + n_clips)
    eeg = [ramp(14, seconds, 128) for seconds in clips]
    eeg[0][100:110] = 0  # lost packets
    person = {
        "Age": "22",
        "EEG": {"baseline": cells([ramp(14, 1, 128)] * n_clips), "stimuli": cells(eeg)},
        "ECG": {"baseline": cells([ramp(2, 1, 256)] * n_clips), "stimuli": cells([ramp(2, s, 256) for s in clips])},
        "ScoreValence": scores.get("valence", np.linspace(1, 5, n_clips)[:, None]),
        "ScoreArousal": scores.get("arousal", np.linspace(5, 1, n_clips)[:, None]),
    }
    content = {"Data": cells([person, person]).T, "EEG_SamplingRate": 128, "noOfSubjects": 2}
    savemat(folder / "DREAMER.mat", {"DREAMER": content}, do_compression=True)
    return folder


def amigos(folder: Path, choice: float = 1.0) -> Path:
    videos = [ramp(17, 2, 128) for _ in range(20)]
    rows = [np.r_[np.full(5, 4.0), np.eye(7)[number % 7] * choice][None] for number in range(20)]
    videos[2], rows[3] = np.zeros((0, 0)), np.full((1, 12), np.nan)
    videos[4][:, 16] = 0
    content = {"joined_data": cells(videos).T, "labels_selfassessment": cells(rows).T}
    savemat(folder / "Data_Preprocessed_P01.mat", content)
    return folder


def ascertain(folder: Path, valence: float = 3.0) -> Path:
    ratings = np.full((5, 10, 36), 6.0)
    ratings[1] = valence
    (folder / "ASCERTAIN_Features").mkdir()
    savemat(folder / "ASCERTAIN_Features" / "Dt_SelfReports.mat", {"Ratings": ratings})
    for person in ("P08", "P09"):
        for kind, sfreq, columns in (("ECG", 256, 6), ("GSR", 128, 5)):
            target = folder / "ASCERTAIN_Raw" / f"{kind}Data" / f"Movie_{person}"
            target.mkdir(parents=True)
            table = ramp(columns, 2, sfreq)
            table[:, 0] = 1e6 + np.arange(len(table)) * 1000 / sfreq
            for clip in (1, 2):
                savemat(target / f"{kind}_Clip{clip}.mat", {f"Data_{kind}": table})
    return folder


def seed_iv(folder: Path) -> Path:
    for session in "12":
        (folder / session).mkdir()
        content = {f"cz_eeg{clip}": ramp(62, 2 + clip / 10, 200).T for clip in (1, 2, 10)}
        savemat(folder / session / "1_20160518.mat", content)
    return folder


def seed_v(folder: Path) -> Path:
    """Write one person's first session as FIF."""
    import mne

    from mpcl_plugins.sources._study_layouts.seed import EEG

    names = [*EEG, "M1", "VEO"]
    info = mne.create_info(names, 1000.0, ["eeg"] * 62 + ["eeg", "eog"], verbose="error")
    (folder / "EEG_raw").mkdir()
    raw = mne.io.RawArray(ramp(64, 16, 1000).T * 1e-6, info, verbose="error")
    raw.save(folder / "EEG_raw" / "1_1_20180804_raw.fif", verbose="error")
    starts, stops = [[edge + shift for shift in range(15)] for edge in (0, 1)]
    lists = f"start_second: {starts}\nend_second: {stops}\n"
    (folder / "trial_start_end_timestamp.txt").write_text("".join(f"Session {n}:\n{lists}\n" for n in (1, 2, 3)))
    return folder


def faced(folder: Path, protocol: int = 4, score: float = 7.0) -> Path:
    for name in ("sub000", "sub001"):
        (folder / "Processed_data").mkdir(exist_ok=True)
        (folder / "Data" / name).mkdir(parents=True)
        values = np.arange(1, 29)[:, None, None] + np.zeros((28, 32, 50))
        (folder / "Processed_data" / f"{name}.pkl").write_bytes(pickle.dumps(values, protocol))
        order = np.roll(np.arange(1, 29), 3)
        remarks = []
        for clip in order:
            scores = np.zeros(12)
            scores[clip % 8] = score
            remarks.append({"score": scores[None], "trial": 1, "vid": np.array([[clip]])})
        savemat(folder / "Data" / name / "After_remarks.mat", {"After_remark": cells(remarks)})
    return folder


def k_emocon(folder: Path, score: object = 3) -> Path:
    for name in ("metadata", "emotion_annotations/self_annotations"):
        (folder / name).mkdir(parents=True)
    start = 1_550_000_000_000
    rows = [f"{person},{start},{start + 20_000}" for person in (1, 29)]
    (folder / "metadata/subjects.csv").write_text("\n".join(["pid,startTime,endTime", *rows]))
    for person in (1, 29):
        head = "seconds,arousal,valence,cheerful,happy,angry,nervous,sad,boredom"
        ratings = [f"{5 * n},3,3,{score},1,1,{1 + n % 2},1,x" for n in range(1, 6)]
        (folder / f"emotion_annotations/self_annotations/P{person}.self.csv").write_text("\n".join([head, *ratings]))
        (folder / "e4_data" / str(person)).mkdir(parents=True)
        for table, sfreq in (("E4_BVP", 64), ("E4_EDA", 4), ("E4_TEMP", 4)):
            lines = ["timestamp,pid,value,device_serial"]
            for n in range(-5 * sfreq, 20 * sfreq):
                value = 0 if table == "E4_EDA" and n < 2 * sfreq else 10 + n / sfreq
                lines.append(f"{start + n * 1000 / sfreq},{person},{value},A013E1")
                lines += [f"{start + n * 1000 / sfreq},{person},-9,A00000"] if person == 29 else []
            (folder / "e4_data" / str(person) / f"{table}.csv").write_text("\n".join(lines))
    return folder


def case(folder: Path, valence: float = 9.5) -> Path:
    (folder / "physiological").mkdir()
    (folder / "annotations").mkdir()
    for person in (1, 2, 10):
        for name, sfreq, head in (
            ("physiological", 1000, "daqtime,ecg,bvp,gsr,rsp,skt,emg_zygo,emg_coru,emg_trap,video"),
            ("annotations", 20, "jstime,valence,arousal,video"),
        ):
            videos = np.repeat([10, 1, 11, 8], sfreq)
            times = np.arange(len(videos)) / sfreq
            n_columns = head.count(",") - 1
            values = times[:, None] + 1 + np.zeros((1, n_columns))
            if name == "annotations":
                values = np.column_stack([np.where(videos == 1, valence, 0.5), np.full(len(videos), 5.0)])
            table = np.column_stack([times * 1000, values, videos])
            np.savetxt(folder / name / f"sub_{person}.csv", table, "%.4f", ",", header=head, comments="")
    return folder


def emognition(folder: Path, score: object = "5") -> Path:
    emotions = ["AWE", "DISGUST", "SURPRISE", "ANGER", "ENTHUSIASM", "LIKING", "FEAR", "AMUSEMENT", "SADNESS"]
    for person in ("22", "23"):
        (folder / person).mkdir()
        entries = []
        for movie in ("AWE", "FEAR", "BASELINE", "NEUTRAL"):
            scores: dict[str, object] = dict.fromkeys(emotions, "1") | ({movie: score} if movie in emotions else {})
            entries.append({"movie": movie, "emotions": scores, "sam": {"VALENCE": "5", "AROUSAL": "3"}})
            stem = f"{person}_{movie}_STIMULUS"
            pairs = {
                key: [[f"2020-07-16T09:54:13:{n:06d}", 1.0 + n] for n in range(2 * sfreq)]
                for key, sfreq in (("BVP", 64), ("EDA", 4), ("TEMP", 4))
            }
            (folder / person / f"{stem}_EMPATICA.json").write_text(json.dumps(pairs))
            muse = {name: (1.0 + np.arange(512)).tolist() for name in ("RAW_TP9", "RAW_AF7", "RAW_AF8", "RAW_TP10")}
            if movie != "FEAR":
                (folder / person / f"{stem}_MUSE.json").write_text(json.dumps(muse | {"Battery": [90.0] * 512}))
        content = {"metadata": {"id": person, "movie_order": ["AWE", "FEAR"]}, "questionnaires": entries}
        (folder / person / f"{person}_QUESTIONNAIRES.json").write_text(json.dumps(content))
    return folder
