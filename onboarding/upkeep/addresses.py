"""Asks SNS which vendors' addresses are confirmed, so that operators see who hears nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import Logger

from onboarding.reporting.recipients import is_confirmed
from onboarding.stores import vendors
from onboarding.stores.database import Database
from onboarding.stores.vendors import Address

logger = Logger(child=True)

MOST_AT_ONCE = 5_000
"""Of 10,000 vendors each is asked about every other day; unconfirmed ones come first, every day."""


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """`seconds` is how long to go on: what is left comes first the next time."""

    database: Database
    sns: Any
    seconds: float
    clock: Callable[[], float] = time.monotonic

    def run(self, most: int = MOST_AT_ONCE) -> tuple[int, int]:
        """Ask about the addresses; return about how many, and how many active vendors have not confirmed in time.

        Raises what the database and SNS raise: what is known until then is kept.
        """
        until = self.clock() + self.seconds
        checked = 0
        for address in self.database.run(lambda cursor: vendors.addresses_to_check(cursor, most)):
            if self.clock() >= until:
                logger.info("time is up", checked=checked)
                break
            self._check(address)
            checked += 1
        return checked, self.database.run(vendors.count_overdue)

    def _check(self, address: Address) -> None:
        found = is_confirmed(self.sns, address)
        self.database.run(lambda cursor: vendors.record_check(cursor, address, is_confirmed=found))
