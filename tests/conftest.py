"""What goes for every test: the ledger adds up in all that the test landed or published."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from orchestration.settings import OBJECTS_BETWEEN_LOOKS
from tests.budget import in_order
from tests.ledger_guard import GUARD
from tests.mutants import own_first
from tests.proofs import print_proofs, print_seconds
from tests.proofs import proof as proof

gc.set_threshold(OBJECTS_BETWEEN_LOOKS)  # as every command has it
_COUNTS = ("files", "warehouses", "tests")
_of_workers: list[dict[str, int]] = []


@pytest.fixture(scope="session", autouse=True)
def _ledgers_below(tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    GUARD.roots = (base, shared / "pipeline")  # the second: installations made once for all workers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    try:
        yield
    except BaseException:
        GUARD.passed_over()  # the next test is not to be told what this one left
        raise
    if item.get_closest_marker("ledger_not_asked") is not None:
        GUARD.passed_over()
        return
    gaps = GUARD.gaps()
    assert not gaps, "the ledger does not add up:\n" + "\n".join(gaps)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for marker in item.iter_markers("ledger_not_asked"):
            assert marker.kwargs.get("reason"), f"{item.nodeid}: say why its ledger is not asked"
    items[:] = own_first(in_order(items))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)  # pytest-xdist: a worker's word home
    if output is not None:
        output["ledger"] = {name: getattr(GUARD, name) for name in _COUNTS}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _of_workers.append(getattr(node, "workeroutput", {}).get("ledger", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    files, warehouses, tests = (
        getattr(GUARD, name) + sum(told.get(name, 0) for told in _of_workers) for name in _COUNTS
    )
    if tests:
        terminalreporter.write_line(
            f"ledger: {files} landed files and {warehouses} warehouses looked at, "
            f"left behind by {tests} tests"
        )
    print_seconds(terminalreporter)
    print_proofs(terminalreporter)
