"""Make small tables of votes of CREMA-D, as published or with a column for the kind of votes."""

from pathlib import Path

CLIPS = ("1001_IEO_HAP_LO", "1001_DFA_ANG_XX", "1002_IEO_NEU_XX")
ROWS = [(query, clip, query, 0, place, 2, 5, 1) for query in (1, 2, 3) for place, clip in enumerate(CLIPS)]
"""(kind of votes, clip, votes A D F H N S): those of a clip differ by kind."""


def simple(rows: list[tuple[object, ...]]) -> str:
    lines = [f"{query},{clip},{','.join(map(str, votes))},{total(votes)}" for query, clip, *votes in rows]
    return "\n".join(["query,file,A,D,F,H,N,S,responses", *lines]) + "\n"


def published(rows: list[tuple[object, ...]]) -> str:
    header = '"","A","D","F","H","N","S","fileName","numResponses","agreement","emoVote"'
    lines = [
        f'"{query}{number % 3 + 1:05}",{",".join(map(str, votes))},"{clip}",{total(votes)},0.5,"N"'
        for number, (query, clip, *votes) in enumerate(rows)
    ]
    return "\n".join([header, *lines]) + "\n"


def total(votes: list[object]) -> int:
    return sum(int(str(vote)) for vote in votes)


def save(folder: Path, text: str) -> Path:
    path = folder / "votes.csv"
    path.write_text(text)
    return path
