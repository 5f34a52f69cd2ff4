"""What a function answers is kept with the thing that it is about, for as long as that thing lives."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary, ref

K = TypeVar("K")
P = ParamSpec("P")
R = TypeVar("R")


def kept_with_first(*, most: int) -> Callable[[Callable[Concatenate[K, P], R]], Callable[Concatenate[K, P], R]]:
    """Keep the last answers of a function for each first argument, and only as long as that itself lives.

    An answer must not hold the first argument, or neither is ever let go.

    Parameters
    ----------
    most : answers kept for one first argument
    """

    def keep(function: Callable[Concatenate[K, P], R]) -> Callable[Concatenate[K, P], R]:
        answers: WeakKeyDictionary[K, Callable[..., R]] = WeakKeyDictionary()

        @wraps(function)
        def kept(first: K, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if first not in answers:
                alive = ref(first)  # a strong one would keep it, and with it all that is kept

                def answer(*further: P.args, **named: P.kwargs) -> R:
                    found = alive()
                    assert found is not None  # the caller holds it
                    return function(found, *further, **named)

                answers[first] = lru_cache(maxsize=most)(answer)
            return answers[first](*args, **kwargs)

        return kept

    return keep
