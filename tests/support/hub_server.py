"""Stand in for a model hub: the requests that pushing and fetching a repository consists of.

As on a real hub, weights go through the LFS interface: the client asks where to put them, puts them there, and the commit
names them by their SHA-256.
"""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Handler(BaseHTTPRequestHandler):
    repositories: dict[str, dict[str, bytes]]
    large: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_POST(self) -> None:
        body = self._body()
        path = self.path.partition("?")[0]
        if path == "/api/repos/create":
            wanted = json.loads(body)
            name = f"{wanted.get('organization') or 'me'}/{wanted['name']}"
            self.repositories.setdefault(name, {})
            return self._json({"url": f"http://{self.headers['Host']}/{name}"})
        if path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if path.endswith(".git/info/lfs/objects/batch"):
            return self._json({"transfer": "basic", "objects": [*map(self._upload, json.loads(body)["objects"])]})
        name, action = path.removeprefix("/api/models/").rsplit("/", 2)[:2]
        if action == "preupload":
            return self._json({"files": [*map(_mode, json.loads(body)["files"])]})
        for line in body.decode().splitlines():
            operation = json.loads(line)
            value = operation["value"]
            if operation["key"] == "file":
                self.repositories[name][value["path"]] = base64.b64decode(value["content"])
            if operation["key"] == "lfsFile":
                self.repositories[name][value["path"]] = self.large[value["oid"]]
        return self._json(
            {
                "commitUrl": f"http://{self.headers['Host']}/{name}/commit/1",
                "commitOid": _revision(self.repositories[name]),
            }
        )

    def do_PUT(self) -> None:
        content = self._body()
        self.large[hashlib.sha256(content).hexdigest()] = content
        self._send(200, b"", {})

    def _upload(self, wanted: dict[str, Any]) -> dict[str, Any]:
        href = f"http://{self.headers['Host']}/large/{wanted['oid']}"
        return {**wanted, "actions": {"upload": {"href": href, "header": {}}}}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/api/models/"):
            name = "/".join(path.removeprefix("/api/models/").split("/")[:2])
            if name not in self.repositories:
                return self._send(
                    404, b"{}", {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}
                )
            if "/xet-write-token/" in path:
                return self._send(404, b"{}", {})
            files = self.repositories[name]
            if "/tree/" in path:
                return self._json(
                    [{"type": "file", "path": n, "size": len(c), "oid": _oid(c)} for n, c in sorted(files.items())]
                )
            siblings = [{"rfilename": file} for file in sorted(files)]
            revision = _revision(files)
            return self._json({"id": name, "modelId": name, "sha": revision, "siblings": siblings, "private": False})
        if "/resolve/" not in path:
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        owner, repository, _, _, file = path.lstrip("/").split("/", 4)
        files = self.repositories[f"{owner}/{repository}"]
        content = files.get(file)
        if content is None:
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound"})
        return self._send(200, content, {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": _revision(files)})

    def do_HEAD(self) -> None:
        self.do_GET()

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length") or 0)
        return self.rfile.read(length) if length else self._chunks()

    def _chunks(self) -> bytes:
        parts = []
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
        return b"".join(parts)

    def _json(self, content: Any) -> None:
        self._send(200, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def _mode(file: dict[str, Any]) -> dict[str, Any]:
    return {**file, "uploadMode": "lfs" if file["path"].endswith(".safetensors") else "regular", "shouldIgnore": False}


def _revision(files: dict[str, bytes]) -> str:
    return _oid(b"".join(name.encode() + content for name, content in sorted(files.items())))


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


@contextmanager
def hub_server() -> Iterator[tuple[str, dict[str, dict[str, bytes]]]]:
    """Serve on a free port; yields the address, and the repositories as name -> file -> content."""
    repositories: dict[str, dict[str, bytes]] = {}
    handler = type("Handler", (_Handler,), {"repositories": repositories, "large": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", repositories
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
