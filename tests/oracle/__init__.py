"""Random exports, and an oracle that counts what the pipeline must make of them.

Written in plain Python from the rules alone; shares no code and no configuration with the
pipeline, so that an error in one is not an error in both.
"""

from tests.oracle.case import Case
from tests.oracle.compare import compare
from tests.oracle.expected import Expected, Table, expected
from tests.oracle.exports import write_case
from tests.oracle.long_export import write_long_case

__all__ = ["Case", "Expected", "Table", "compare", "expected", "write_case", "write_long_case"]
