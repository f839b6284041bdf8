"""Send many requests to a real server: python benchmarks/serving.py MODEL [--requests 10000] [--at-a-time 16].

Each request has windows of its own, and its answer is compared with the prediction of just these windows. Between them,
malformed requests are sent, which must be answered with 4xx. Prints how many were lost, mixed up or answered with 5xx,
and the time of a request; exit code 1 where there is one.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

from mpcl_core.app.model_folders.loading import load_model

BAD = (
    ("application/json", b"{"),
    ("application/json", b'{"nothing": [[[1]]]}'),
    ("application/json", b"[" * 5000),
    ("text/plain", b"x"),
    ("multipart/form-data; boundary=b", b"--b\r\n\r\n"),
)
KINDS = 64  # of different windows
TOLERANCE = 1e-5


def start(model: Path) -> tuple[subprocess.Popen[str], str]:
    """Start a server, and return it and its address."""
    command = [sys.executable, "-m", "mpcl_core", "serve", str(model), "--port", "0"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    for line in server.stderr:
        if "Serving" in line:
            return server, line.split()[-1]
    raise SystemExit("the server did not start")


async def ask(
    address: str,
    bodies: list[dict[str, list[object]]],
    wanted: list[np.ndarray],
    labels: tuple[str, ...],
    n: int,
    most: int,
) -> tuple[int, int, int, list[float]]:
    """Return how many answers were lost, mixed up, and of a wrong status, and the seconds of each."""
    lost = mixed = wrong = 0
    took: list[float] = []
    numbers = iter(range(n))

    async def one(client: httpx.AsyncClient) -> None:
        nonlocal lost, mixed, wrong
        for number in numbers:
            begin = time.perf_counter()
            try:
                if number % 10 == 9:
                    kind, content = BAD[number // 10 % len(BAD)]
                    answer = await client.post("/predict", content=content, headers={"content-type": kind})
                    wrong += not 400 <= answer.status_code < 500
                    continue
                answer = await client.post("/predict", json=bodies[number % KINDS])
            except httpx.HTTPError:
                lost += 1
                continue
            took.append(time.perf_counter() - begin)
            if answer.status_code != 200:
                wrong += 1
                continue
            columns = answer.json()["columns"]
            found = np.transpose([columns[label] for label in labels])
            mixed += found.shape != wanted[number % KINDS].shape or bool(
                np.abs(found - wanted[number % KINDS]).max() > TOLERANCE
            )

    async with httpx.AsyncClient(base_url=address, timeout=60, limits=httpx.Limits(max_connections=most)) as client:
        await asyncio.gather(*(one(client) for _ in range(most)))
    return lost, mixed, wrong, took


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--at-a-time", type=int, default=16)
    arguments = parser.parse_args()
    model, rng = load_model(arguments.model), np.random.default_rng(0)
    modality = min(model.modalities, key=lambda each: each.n_chans * (each.n_times or 0))
    shape = modality.n_chans, modality.n_times or 0
    arrays = [
        (rng.normal(size=(1 + number % 3, *shape)) * (1 + number % 7)).round(4).astype(np.float32)
        for number in range(KINDS)
    ]
    wanted = [model.predict({modality.name: array}).D_pred for array in arrays]
    server, address = start(arguments.model)
    try:
        begin = time.perf_counter()
        bodies = [{modality.name: array.tolist()} for array in arrays]
        lost, mixed, wrong, took = asyncio.run(
            ask(address, bodies, wanted, model.labels, arguments.requests, arguments.at_a_time)
        )
        seconds = time.perf_counter() - begin
    finally:
        server.terminate()
        server.wait(10)
    print(f"{arguments.requests} requests, {arguments.at_a_time} at a time, in {seconds:.0f} s")
    print(f"lost {lost}, mixed up {mixed}, wrong status {wrong}")
    print(f"median {1e3 * np.median(took):.1f} ms, 99 % {1e3 * np.quantile(took, 0.99):.1f} ms")
    return 1 if lost or mixed or wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
