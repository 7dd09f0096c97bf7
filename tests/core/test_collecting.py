import gc

import pytest

from core.collecting import collecting_paused


def test_the_collector_is_off_for_the_stretch_and_on_again_whatever_happens():
    @collecting_paused()
    def fail():
        raise ValueError(gc.isenabled())

    with pytest.raises(ValueError, match="False"):
        fail()

    assert gc.isenabled()


def test_a_collector_that_somebody_else_has_paused_stays_so():
    with collecting_paused():
        with collecting_paused():
            pass

        assert not gc.isenabled()
