"""The space of texts that a language model reads and writes.

``gymnasium.spaces.Text`` does not serve: its characters must be listed (by default neither spaces nor
punctuation belong to it), and its shared-memory buffers hand out stale text. ``UnicodeText`` knows no
alphabet, so Gymnasium cannot put it into shared memory and ``AsyncVectorEnv`` says so instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from operator import index
from typing import Any, NoReturn

import numpy as np
from gymnasium import Space
from gymnasium.spaces import Tuple
from gymnasium.spaces.utils import flatdim, flatten, flatten_space, is_space_dtype_shape_equiv, unflatten
from gymnasium.vector.utils import batch_differing_spaces, batch_space, create_empty_array

__all__ = ["UnicodeText"]

SAMPLE_LENGTH = 64
"""Characters of the longest sample: a random text shows nothing more by being longer."""

_SURROGATES = range(0xD800, 0xE000)
"""Code points that are no characters: a text that holds one has no UTF-8."""


class UnicodeText(Space[str]):
    """All strings of up to ``max_length`` characters.

    >>> space = UnicodeText(20)
    >>> "¬x1, x2." in space, "x" * 21 in space
    (True, False)
    """

    def __init__(self, max_length: int = 1_000_000, *, seed: int | np.random.Generator | None = None) -> None:
        """Make the space.

        Args:
            max_length: Characters (code points) of the longest text.
            seed: Seed or generator of :meth:`sample`.

        Raises:
            TypeError: ``max_length`` is not an integer.
            ValueError: ``max_length`` is negative.
        """
        if isinstance(max_length, bool) or not hasattr(max_length, "__index__"):
            raise TypeError(f"max_length must be an integer, got {max_length!r}")
        if max_length < 0:
            raise ValueError(f"max_length must be 0 or more, got {max_length!r}")
        self.max_length = index(max_length)
        super().__init__(dtype=str, seed=seed)

    @property
    def is_np_flattenable(self) -> bool:
        """False: turning text into numbers is a tokenizer's business."""
        return False

    def contains(self, x: Any) -> bool:
        """Return whether ``x`` is a string that is not too long."""
        return isinstance(x, str) and len(x) <= self.max_length

    def sample(self, mask: Any | None = None, probability: Any | None = None) -> str:
        """Return a short random text, half of it ASCII, half of it from all of Unicode.

        Raises:
            ValueError: a mask is given; there is no list of characters that it could cover.
        """
        for name, value in (("mask", mask), ("probability", probability)):
            if value is not None:
                raise ValueError(
                    f"{name} must be None: UnicodeText has no list of characters, got {value!r:.80}"
                )
        length = self.np_random.integers(min(self.max_length, SAMPLE_LENGTH) + 1)
        ascii_points = self.np_random.integers(0x20, 0x7F, size=length)
        any_points = self.np_random.integers(0x110000 - len(_SURROGATES), size=length)
        any_points[any_points >= _SURROGATES.start] += len(_SURROGATES)
        points = np.where(self.np_random.random(length) < 0.5, ascii_points, any_points)
        return "".join(map(chr, points.tolist()))

    def __repr__(self) -> str:
        """Return the constructor's call."""
        return f"UnicodeText({self.max_length})"

    def __eq__(self, other: object) -> bool:
        """Return whether ``other`` is a space of the same texts."""
        return isinstance(other, UnicodeText) and self.max_length == other.max_length

    def __hash__(self) -> int:
        """Hash by the texts that belong to it."""
        return hash((UnicodeText, self.max_length))


# What Gymnasium's vector environments ask of a space. `concatenate` treats any custom space rightly;
# `iterate` must stay unregistered, or a batch of texts would be taken apart into characters.


@batch_space.register(UnicodeText)
def _batch_space(space: UnicodeText, n: int = 1) -> Tuple[Any]:
    seeds = deepcopy(space.np_random).integers(2**63, size=n)  # a copy: batching changes no sample
    return Tuple(tuple(UnicodeText(space.max_length, seed=int(seed)) for seed in seeds))


@batch_differing_spaces.register(UnicodeText)
def _batch_differing_spaces(spaces: Iterable[UnicodeText]) -> Tuple[Any]:  # type: ignore[misc]
    return Tuple(tuple(UnicodeText(space.max_length, seed=deepcopy(space.np_random)) for space in spaces))


@create_empty_array.register(UnicodeText)
def _create_empty_array(space: UnicodeText, n: int = 1, fn: Callable[..., Any] = np.zeros) -> tuple[str, ...]:
    return ("",) * n


@is_space_dtype_shape_equiv.register(UnicodeText)
def _is_equivalent(space_1: UnicodeText, space_2: Space[Any]) -> bool:
    return isinstance(space_2, UnicodeText)


@flatdim.register(UnicodeText)
@flatten.register(UnicodeText)
@flatten_space.register(UnicodeText)
@unflatten.register(UnicodeText)
def _refuse_to_flatten(space: UnicodeText, *_: object) -> NoReturn:  # type: ignore[misc]
    raise NotImplementedError(f"{space} has no form as numbers: give its texts to a tokenizer")
