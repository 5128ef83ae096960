"""From the statistic to the weights: EASE^R, exact and with exact updates.

With G the statistic and λ the ridge, P = (G + λI)⁻¹ and the weight of item i for suggesting item j is
B_ij = −P_ij / P_jj for i ≠ j, and 0 on the diagonal (Steck 2019, arXiv:1905.03375, eq. 8).

When rows come and go, P follows by the Woodbury identity, in d²·m steps for m rows instead of d³. That such an
update is exact for this model is known (Jeunen, Van Balen and Goethals 2022, doi:10.1007/s11257-021-09314-7).

Two laws:

1. An update ends within rounding (1e-10) of solving anew; where rounding has gathered, a probe sees it and P is
   solved anew.
2. Served weights are whole multiples of `QUANTUM`. Sums of them are then exact in double arithmetic, so that the
   parts of a score add up to it to the last bit, in any order, and rounding noise decides no tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from troth.recommend.gram import Counts, Row

Matrix = NDArray[np.float64]

QUANTUM = 2.0**-32
"""Served weights are multiples of this (2.3e-10): far above rounding noise, far below what changes a suggestion."""

DRIFT = 1e-9
"""The largest residual of the probe that an updated inverse may have."""

_SOLVE_ANEW_BEYOND = 30
_BLOCK = 256
_LARGEST_WEIGHT = 2.0**16


class Route(StrEnum):
    """How an inverse was brought up to date."""

    UNCHANGED = "unchanged"
    LOW_RANK = "low_rank"
    SOLVED_ANEW = "solved_anew"


@dataclass(frozen=True, slots=True)
class Weights:
    """The served weights, row by row (CSR): row j holds what item j says for others.

    Attributes:
        starts: d + 1 places; row j is from ``starts[j]`` to ``starts[j + 1]``.
        columns: the suggested items, ascending within a row.
        values: their weights, multiples of `QUANTUM`, never 0.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    values: NDArray[np.float64]

    @property
    def size(self) -> int:
        """The number of items, d."""
        return len(self.starts) - 1


def invert(counts: Counts, ridge: float) -> Matrix:
    """Return P = (G + λI)⁻¹, dense, symmetric, in column order.

    A Cholesky factor and its inverse (LAPACK dpotrf, dpotri): half the work of a general inverse.

    Raises:
        ValueError: G + λI is not positive definite, so `counts` is no statistic or `ridge` is not above 0.
    """
    from scipy.linalg import lapack

    system = counts.astype(np.float64, order="F")
    system[np.diag_indices_from(system)] += ridge
    if system.size == 0:
        return system
    factor, failed = lapack.dpotrf(system, lower=1, overwrite_a=1, clean=0)
    if failed:
        raise ValueError("the statistic is not positive definite")
    inverse: Matrix
    inverse, failed = lapack.dpotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise ValueError("the statistic has no inverse")
    _mirror(inverse)
    return inverse


def _mirror(matrix: Matrix) -> None:
    """Copy the lower triangle onto the upper one, block by block so that no second matrix is needed."""
    size = len(matrix)
    for start in range(0, size, _BLOCK):
        stop = min(start + _BLOCK, size)
        corner = matrix[start:stop, start:stop]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
        matrix[start:stop, stop:] = matrix[stop:, start:stop].T


def update(
    inverse: Matrix, counts: Counts, *, ridge: float, added: Sequence[Row], removed: Sequence[Row]
) -> tuple[Matrix, Route]:
    """Bring `inverse` to the statistic `counts`, in which `added` and `removed` are already counted.

    P′ = P − P U (C + UᵀPU)⁻¹ UᵀP, where U has one 0/1 column a row and C is +1 for added, −1 for removed ones.
    Beyond d/30 rows, or when the probe finds drift, P is solved anew.

    Returns:
        The new inverse, in the memory of the old one where possible (don't use the old one again), and the route.
    """
    rows = [row for row in (*added, *removed) if row.size]
    if not rows:
        return inverse, Route.UNCHANGED
    if len(rows) * _SOLVE_ANEW_BEYOND > len(counts):
        return invert(counts, ridge), Route.SOLVED_ANEW
    signs = np.array([1.0] * sum(row.size > 0 for row in added) + [-1.0] * sum(row.size > 0 for row in removed))
    reach = np.column_stack([inverse[:, row].sum(axis=1) for row in rows])  # PU
    core = np.diag(signs) + np.stack([reach[row].sum(axis=0) for row in rows])
    change = np.linalg.solve(core, reach.T)
    from scipy.linalg import blas

    updated: Matrix = blas.dgemm(-1.0, reach, change, beta=1.0, c=inverse, overwrite_c=1)
    if residual(updated, counts, ridge=ridge) > DRIFT:
        return invert(counts, ridge), Route.SOLVED_ANEW
    return updated, Route.LOW_RANK


def residual(inverse: Matrix, counts: Counts, *, ridge: float) -> float:
    """Return the largest entry of |(G + λI) P z − z| for one fixed vector z of signs.

    Every column of P has a part in it, so that drift anywhere shows; a check of all columns would cost as much as
    solving anew. The signs are those of the Thue-Morse sequence, which no pattern of ours lines up with.
    """
    size = len(counts)
    signs = np.where(np.bitwise_count(np.arange(size, dtype=np.uint64)) & 1, -1.0, 1.0)
    solution = inverse @ signs
    largest = 0.0
    for start in range(0, size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        part = counts[rows].astype(np.float64) @ solution + ridge * solution[rows] - signs[rows]
        largest = max(largest, float(np.abs(part).max()))
    return largest


def weights(inverse: Matrix, counts: Counts, *, keep: int, support: int = 0, damping: float = 0.0) -> Weights:
    """Return the served weights: of each column of B_ij · G_ii^−damping the `keep` largest, rounded to `QUANTUM`.

    "Largest" is by size, of either sign; among equal ones the smaller item index stays. Left out is what rounds to 0,
    and what rests on fewer than `support` rows that hold both items: few customers' habits are theirs.

    Args:
        inverse: P, as `invert` or `update` returns it.
        counts: the statistic that P belongs to.
        keep: weights of each column, at least 1.
        support: rows that must hold both items.
        damping: 0 is plain EASE^R. Above it, what many have says less about each of them, as with the inverse
            document frequency in search; `bench/quality.py` measures it.

    Raises:
        ValueError: `keep` is below 1, or a weight is beyond 65,536: the ridge is far too small for this statistic.
    """
    if keep < 1:
        raise ValueError("at least one weight of each column must be kept")
    size = len(inverse)
    said = np.maximum(counts.diagonal(), 1.0) ** -damping
    blocks = range(0, size, _BLOCK)
    found = [_column_block(inverse, counts, start=start, keep=keep, support=support, said=said) for start in blocks]
    rows = np.concatenate([block[0] for block in found]) if found else np.zeros(0, np.int32)
    columns = np.concatenate([block[1] for block in found]) if found else np.zeros(0, np.int32)
    values = np.concatenate([block[2] for block in found]) if found else np.zeros(0)
    order = np.lexsort((columns, rows))
    starts = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=size), out=starts[1:])
    return Weights(starts, columns[order], values[order])


def _column_block(
    inverse: Matrix, counts: Counts, *, start: int, keep: int, support: int, said: Matrix
) -> tuple[NDArray[np.int32], NDArray[np.int32], Matrix]:
    """Return (row, column, value) of the weights kept of `_BLOCK` columns of B from `start`, times `said` by row."""
    size = len(inverse)
    block = inverse[:, start : start + _BLOCK].T  # one line a column of B
    lines = np.arange(len(block))
    steps = np.rint(block / -block[lines, start + lines, None] * said / QUANTUM)
    steps[lines, start + lines] = 0.0
    steps[counts[start : start + _BLOCK] < support] = 0.0
    if float(np.abs(steps).max()) * QUANTUM > _LARGEST_WEIGHT:
        raise ValueError("a weight is beyond what can be summed exactly: choose a larger ridge")
    if keep < size:
        # One whole number orders by size first and smaller index second, so that no two are equal.
        rank = np.abs(steps).astype(np.uint64) * np.uint64(size) + np.arange(size, 0, -1, dtype=np.uint64)
        kept = np.argpartition(rank, size - keep, axis=1)[:, size - keep :]
        line, row = np.repeat(lines, keep), kept.reshape(-1)
    else:
        line, row = np.repeat(lines, size), np.tile(np.arange(size), len(block))
    value = steps[line, row]
    some = value != 0.0
    return row[some].astype(np.int32), (start + line[some]).astype(np.int32), value[some] * QUANTUM
