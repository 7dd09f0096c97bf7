"""What a process keeps: asked for once, bounded, and never more than it was given."""

from core.kept import Kept


def test_kept_loads_only_what_is_missing_and_in_one_call():
    kept, asked = Kept(10), []

    def load(missing):
        asked.append(missing)
        return {key: key * 2 for key in missing}

    first = kept.get_many([1, 2], load)
    second = kept.get_many([1, 2, 3], load)

    assert (first, second, asked) == ({1: 2, 2: 4}, {1: 2, 2: 4, 3: 6}, [[1, 2], [3]])


def test_kept_drops_the_least_recently_used():
    kept = Kept(2)
    for key in (1, 2, 1, 3):
        kept.get_many([key], lambda missing: dict.fromkeys(missing, "old"))

    found = kept.get_many([1, 2, 3], lambda missing: dict.fromkeys(missing, "new"))

    assert found == {1: "old", 2: "new", 3: "old"}


def test_kept_gives_back_what_is_too_large_to_keep():
    kept = Kept(5, getsizeof=len)

    first = kept.get_many(["a"], lambda missing: {"a": "longer than five"})
    second = kept.get_many(["a"], lambda missing: {"a": "short"})

    assert (first, second) == ({"a": "longer than five"}, {"a": "short"})


def test_kept_leaves_out_what_cannot_be_loaded():
    assert Kept(5).get_many(["gone"], lambda missing: {}) == {}
