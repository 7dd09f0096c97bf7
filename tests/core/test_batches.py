import pytest

from core import batches as module
from core.batches import batches


@pytest.mark.parametrize(("ids", "found"), [([], []), ([1], [[1]]), ([1, 2], [[1, 2]]), ([3, 1, 2], [[3, 1], [2]])])
def test_batches_keep_every_id_and_the_order(ids, found):
    assert list(batches(iter(ids), most=2)) == found


def test_a_batch_fits_in_every_databases_statement():
    assert module.MOST < 32_766
    assert [len(some) for some in batches(range(module.MOST + 1))] == [module.MOST, 1]
