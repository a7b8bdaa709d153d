"""How Jinja is set up for all that is made of templates, and where it keeps them compiled."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
from importlib.metadata import version
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

_OPTIONS: dict[str, Any] = {
    "autoescape": True,
    "undefined": StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "keep_trailing_newline": True,
}
# Jinja knows what it compiled by name and content alone, and what comes of them depends on these
_MADE_WITH = hashlib.sha256(f"{version('jinja2')} {_OPTIONS}".encode()).hexdigest()[:12]


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates, in a folder of the account's own below the system's temporary one.

    It is a help and no more: what cannot be kept or is damaged is compiled anew.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, TypeError, ValueError, pickle.UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)


def environment(package: str) -> Environment:
    """An environment for a package's templates: all is escaped, and nothing may be undefined.

    Compiling the templates of the site takes half a second of processor time in each process that
    writes it, so Jinja keeps what it compiled
    (https://jinja.palletsprojects.com/en/stable/api/#bytecode-cache).

    Args:
        package: that has a folder ``templates``.
    """
    try:
        compiled = _Compiled(pattern=f"dataspor-{_MADE_WITH}-%s.cache")
    except (OSError, RuntimeError):  # the folder cannot be made, or others may write in it
        compiled = None
    return Environment(loader=PackageLoader(package), bytecode_cache=compiled, **_OPTIONS)
