from __future__ import annotations

import json
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from tests.static.locked import LOCK, SBOM_LOCK, canonical, locked
from tests.static.sbom import SBOM, TOOLS, sbom

# Licences under which a package may be used by software under Apache-2.0 and given on with it.
FREE = {
    *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CNRI-Python"),
    *("ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib"),
    *("MPL-2.0",),  # asks for the source of its own files only
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# What the metadata does not say in these words, or what needs a reason.
JUDGED = {
    "asyncssh": "EPL-2.0 or GPL-2.0; a server for tests, not given on",
    "axe-playwright-python": "MIT, in its file of licences only; for tests",
    "odfpy": "Apache-2.0 may be chosen among three; for tests",
    "paramiko": "LGPL-2.1: imported unchanged, replaceable; an extra and for tests",
    "protobuf": "BSD-3-Clause in other words",
    "psycopg": "LGPL-3.0: imported unchanged, replaceable",
    "psycopg-binary": "LGPL-3.0: imported unchanged, replaceable",
    "psycopg2-binary": "LGPL: imported unchanged, replaceable; an extra and for tests",
    "text-unidecode": "the Artistic License may be chosen; imported unchanged",
}
NAMES = [requirement.name for requirement in locked()]
TOOL_NAMES = [requirement.name for requirement in locked(SBOM_LOCK)]
# Ends with the error's text where the bill of materials does not fit its schema.
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
sys.exit(JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read()))
"""


def of_tools(name: str) -> metadata.Distribution:
    """A package in the environment of cyclonedx-py."""
    (packages,) = TOOLS.glob("lib/python*/site-packages")
    (found,) = metadata.distributions(name=name, path=[str(packages)])
    return found


def licences(told: metadata.PackageMetadata) -> set[str]:
    """The licences that a package's metadata names, all of which have to be kept."""
    expression = told.get("License-Expression")
    classifiers = [
        text.rpartition(" :: ")[2]
        for text in told.get_all("Classifier") or []
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    if expression is None and classifiers:
        return {CLASSIFIERS.get(text, text) for text in classifiers}
    words = expression or (told.get("License") or "not told").splitlines()[0]
    return {word for word in re.split(r" AND | OR |[()]", words) if word}


@pytest.mark.parametrize(("lock", "at_least"), [(LOCK, 200), (SBOM_LOCK, 20)])
def test_every_requirement_is_pinned_and_hashed_and_no_address_is_named(
    lock: Path, at_least: int
) -> None:
    names = [requirement.name for requirement in locked(lock)]
    assert len(names) > at_least
    for requirement in locked(lock):
        assert re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+", requirement.line)
        assert requirement.hashes, requirement.line
        for option in requirement.hashes:
            assert re.fullmatch("--hash=sha256:[0-9a-f]{64}", option), requirement.line
    assert "://" not in lock.read_text(encoding="utf-8")
    assert len(set(names)) == len(names)


def test_nothing_that_is_installed_for_a_run_makes_jsonschema_slow_to_import() -> None:
    """Where it finds `rfc3987-syntax`, jsonschema compiles 38 grammars: 1.2 to 2.2 s a process."""
    assert "jsonschema" in NAMES
    assert "rfc3987-syntax" not in NAMES


def test_what_is_installed_is_what_is_locked() -> None:
    assert {r.name: metadata.version(r.name) for r in locked()} == {
        r.name: r.version for r in locked()
    }
    assert {r.name: of_tools(r.name).version for r in locked(SBOM_LOCK)} == {
        r.name: r.version for r in locked(SBOM_LOCK)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_locked_package_has_a_licence_that_fits_apache_2(name: str) -> None:
    told = licences(metadata.metadata(name))
    assert name in JUDGED or told <= FREE, told


@pytest.mark.parametrize("name", TOOL_NAMES)
def test_so_has_a_package_that_writes_the_bill_of_materials(name: str) -> None:
    told = licences(of_tools(name).metadata)
    assert told <= FREE, told


def test_no_judgement_on_a_licence_is_left_from_a_package_that_is_gone_or_free() -> None:
    assert set(JUDGED) <= set(NAMES)
    assert not [name for name in JUDGED if licences(metadata.metadata(name)) <= FREE]


def test_the_bill_of_materials_lists_what_is_locked() -> None:
    told = json.loads(SBOM.read_text(encoding="utf-8"))
    listed = sorted((canonical(c["name"]), c["version"]) for c in told["components"])
    assert listed == sorted((r.name, r.version) for r in locked()), "make sbom"


def test_the_bill_of_materials_fits_its_schema_and_tells_no_day_number_or_address() -> None:
    text = SBOM.read_text(encoding="utf-8")
    command = [TOOLS / "bin/python", "-c", VALIDATE]
    answer = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    told = json.loads(text)
    assert "serialNumber" not in told
    assert "timestamp" not in told["metadata"]
    assert re.findall(r"\w+://[^\"]+", text) == [told["$schema"]]


@pytest.mark.long
def test_the_bill_of_materials_made_anew_is_the_same() -> None:
    assert sbom() == SBOM.read_text(encoding="utf-8")
