"""Tests do not vanish unseen: an import that fails in a helper, a renamed file, a table that lost its rows."""

from pathlib import Path

import pytest

from tests.conftest import COLLECTED

LEAST = Path(__file__).with_name("least-count")


def test_the_number_of_tests_has_not_gone_down(pytestconfig):
    """Whoever removes tests lowers the number in tests/least-count, and says why."""
    if pytestconfig.args != pytestconfig.getini("testpaths"):
        pytest.skip("only a part of the tests is run")
    assert pytestconfig.stash[COLLECTED] >= int(LEAST.read_text())
