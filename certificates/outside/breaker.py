"""A circuit breaker: after a failure, a service is spared for a while."""

import time
from collections.abc import Callable


class Breaker:
    """Open for `seconds` after a failure, with its reason; in this process only."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic):
        self.seconds, self.clock = seconds, clock
        self.reset()

    def is_open(self) -> bool:
        return self.clock() < self.open_until

    def trip(self, reason: str) -> None:
        self.open_until, self.reason = self.clock() + self.seconds, reason

    def reset(self) -> None:
        self.open_until, self.reason = float("-inf"), ""
