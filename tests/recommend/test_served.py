import msgspec
import numpy as np
import pytest

from recommend.worlds import checkerboard, epoch_of, gram_of
from troth.recommend.served import decode, encode, serve_from
from troth.recommend.solve import invert


def test_a_model_comes_back_from_its_row_bit_for_bit() -> None:
    gram = gram_of(checkerboard(), 12)
    served = serve_from(epoch_of(12, keep=4), gram, invert(gram.counts, 1.0))
    back = decode(encode(served))
    assert back.epoch == served.epoch
    for name in ("starts", "columns", "values"):
        assert np.array_equal(getattr(back.weights, name), getattr(served.weights, name))
    assert np.array_equal(back.popularity, served.popularity)
    assert encode(back) == encode(served)


def test_best_sellers_are_those_that_enough_have_most_first_and_ties_by_index() -> None:
    gram = gram_of(checkerboard(), 12)
    gram.counts[np.diag_indices(12)] = [5, 9, 2, 9, 0, 3, 1, 1, 1, 1, 1, 1]
    served = serve_from(epoch_of(12, support=3), gram, invert(gram.counts + 100 * np.eye(12, dtype=np.int32), 1.0))
    assert served.best_sellers.tolist() == [1, 3, 0, 5]


def test_damaged_bytes_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b"\x01")
