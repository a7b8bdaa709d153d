"""Real servers on loopback that speak S3 and Azure's blobs, and how a test puts exports there."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
STORES = PROJECT / ".venv" / "stores"
PYTHON = STORES / "bin" / "python"
_MOTO = """
import time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print("listens on http://{}:{}".format(*server.get_host_and_port()), flush=True)
time.sleep(3600)
"""
_AZURITE = STORES / "azurite" / "node_modules" / ".bin" / "azurite-blob"
_AZURITE_OPTIONS = ("--inMemoryPersistence", "--blobHost", "127.0.0.1", "--blobPort", "0")
_AZURITE_OPTIONS += ("--skipApiVersionCheck", "--disableTelemetry")
# the account that Azurite's documentation gives to everybody
_ACCOUNT = "devstoreaccount1"
_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


@dataclass
class Store:
    """A store that runs.

    Attributes:
        process: the server.
        scheme: how its URLs begin.
        login: the variables that its client takes address and login from.
        no_login: the same without a login, or with a wrong one.
    """

    process: subprocess.Popen[str]
    scheme: str
    login: dict[str, str]
    no_login: dict[str, str]

    def url(self, path: str) -> str:
        """The address of a folder, or of a container."""
        return f"{self.scheme}://{path}"

    def ask(self, code: str, *arguments: str, login: dict[str, str] | None = None) -> str:
        """What a program prints that has the store's clients; ``store`` is its file system."""
        opened = f"import fsspec, sys; store = fsspec.filesystem({self.scheme!r})\n"
        done = subprocess.run(
            [PYTHON, "-c", opened + code, *arguments],
            env=os.environ | (self.login if login is None else login),
            cwd=PROJECT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def put(self, name: str, content: str) -> None:
        """Write a file."""
        self.ask("store.pipe_file(sys.argv[1], sys.argv[2].encode())", name, content)

    def put_exports(self, folder: Path, name: str) -> None:
        """Write all exports of a folder, and those of incidents once more, oldest first.

        A store knows the second in which a file was written, and exports are taken in that order.
        """
        self.ask("store.put(sys.argv[1], sys.argv[2], recursive=True)", f"{folder}/", f"{name}/")
        incidents = (folder / "mainmanager").iterdir()
        for export in sorted(incidents, key=lambda path: path.stat().st_mtime):
            put = "store.put_file(sys.argv[1], sys.argv[2])"
            self.ask(put, str(export), f"{name}/mainmanager/{export.name}")
            time.sleep(1)

    def remove(self, name: str) -> None:
        """Remove a file."""
        self.ask("store.rm_file(sys.argv[1])", name)

    def stop(self) -> None:
        """End the server."""
        _end(self.process)


@contextmanager
def store_of(kind: str) -> Iterator[Store]:
    """A new store, ``s3`` or ``azure``, with an empty bucket or container named exports."""
    subprocess.run(["sh", "tests/install_stores.sh"], cwd=PROJECT, check=True)
    moto = [PYTHON, "-c", _MOTO]
    process = subprocess.Popen(
        moto if kind == "s3" else [_AZURITE, *_AZURITE_OPTIONS],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        store = (_s3 if kind == "s3" else _azure)(process, _address(process))
        store.ask("store.mkdir('exports')")
        yield store
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(20)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"listens on (http://127\.0\.0\.1:\d+)", line):
            return found[1]
    raise AssertionError("the store did not start")


def _s3(process: subprocess.Popen[str], address: str) -> Store:
    where = {
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    login = {"AWS_ACCESS_KEY_ID": "outbox", "AWS_SECRET_ACCESS_KEY": "hunter2-not-shown"}
    return Store(process, "s3", where | login, where)


def _azure(process: subprocess.Popen[str], address: str) -> Store:
    def login(key: str) -> dict[str, str]:
        parts = {
            "DefaultEndpointsProtocol": "http",
            "AccountName": _ACCOUNT,
            "AccountKey": key,
            "BlobEndpoint": f"{address}/{_ACCOUNT}",
        }
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        return {"AZURE_STORAGE_CONNECTION_STRING": text}

    return Store(process, "abfs", login(_KEY), login(_KEY.replace("Eby8", "Eby9")))
