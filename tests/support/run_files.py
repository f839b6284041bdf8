"""Compare run folders byte for byte, apart from what states times and memory."""

import json
import re
from pathlib import Path

TIMES = {"cost.json", "job.log", "digests.json"}
"""Files that hold times, memory and dates, or hashes of files that do."""


def files_without_times(run: Path) -> dict[str, bytes]:
    """Return the files of a run folder, by their paths in it, without the times that some of them state."""
    found = {str(path.relative_to(run)): path for path in sorted(run.rglob("*")) if path.is_file()}
    return {name: _without_times(path) for name, path in found.items() if path.name not in TIMES}


def _without_times(path: Path) -> bytes:
    content = path.read_bytes()
    if path.name == "metrics.jsonl":
        lines = [json.loads(line) for line in content.splitlines()]
        return json.dumps([{name: line[name] for name in line if name != "seconds"} for line in lines]).encode()
    if path.name == "scores.csv":
        return b"\n".join(line.rpartition(b",")[0] for line in content.splitlines())
    if path.name == "report.html":  # the table of costs, and whether the windows came from the cache
        content = re.sub(rb'<th scope="row">[^<]*</th>(<td class="n">[^<]*</td>){6}</tr>', b"", content)
        return re.sub(rb"&#34;cache&#34;: (true|false)", b"", content)
    return re.sub(rb'"cache": (true|false)', b"", content) if path.name == "lock.json" else content
