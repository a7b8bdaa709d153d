"""What every test may use."""

from tests.proofs import proof as proof
from tests.proofs import pytest_terminal_summary as pytest_terminal_summary
