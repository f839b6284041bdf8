"""Recognise channels of an EEG file that hold other body signals, by the names that recorders give them.

These are the names of the EDF+ specification (Kemp & Olivan, 2003: ``EOG``, ``ECG``, ``EMG``, ``Resp``, ``Temp`` …) and
those of the auxiliary inputs of BioSemi's ActiveTwo (``EXG1``, ``GSR1``, ``Erg1``, ``Resp``, ``Plet``, ``Temp``).
"""

import re

KINDS = {
    "eog": "eog",
    "heog": "eog",
    "veog": "eog",
    "ecg": "ecg",
    "ekg": "ecg",
    "emg": "emg",
    "exg": "external",
    "gsr": "gsr",
    "eda": "gsr",
    "resp": "respiration",
    "respiration": "respiration",
    "rsp": "respiration",
    "airflow": "respiration",
    "plet": "ppg",
    "pleth": "ppg",
    "plethysmograph": "ppg",
    "ppg": "ppg",
    "bvp": "ppg",
    "temp": "temperature",
    "temperature": "temperature",
    "erg": "ergo",
    "spo2": "spo2",
    "sao2": "spo2",
}
"""Word in a channel's name, in lower case and without a number -> name of the modality."""
_WORD = re.compile(r"s[pa]o2|[a-z]+")


def find_kind(name: str) -> str:
    """Return the modality of a channel of an EEG file.

    Args:
        name: the name of the channel.

    Returns:
        The modality; '' where nothing shows that it is not EEG.

    Example:
        >>> find_kind("EXG3"), find_kind("EOG horizontal"), find_kind("EEG Fpz-Cz"), find_kind("TP9")
        ('external', 'eog', '', '')
    """
    words = _WORD.findall(name.lower())
    return "" if "eeg" in words else next((KINDS[word] for word in words if word in KINDS), "")
