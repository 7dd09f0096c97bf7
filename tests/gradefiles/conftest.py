import pytest

from tests.gradefiles.world import Class


@pytest.fixture
def room(db):
    return Class()
