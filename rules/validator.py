"""The Cerberus validator of product rows: what our schema needs beyond stock Cerberus, which is little."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from cerberus import TypeDefinition, Validator  # type: ignore[import-untyped, unused-ignore]
from cerberus.errors import ErrorDefinition  # type: ignore[import-untyped, unused-ignore]

from rules.damage import Damage, first_found
from rules.text import CutText

# Codes that Cerberus leaves free, next to its other value rules.
TOO_MANY_DECIMALS = ErrorDefinition(0x49, "decimals")
DAMAGED = ErrorDefinition(0x4A, "undamaged")

# "-" is understood only so that -10.00 is answered with "at least 0.01".
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_NEGATIVE_ZERO = re.compile(r"-[0.]+")


def plain_number(value: object) -> object:
    """Return the Decimal a plainly written number means; anything else comes back as it is and fails the type rule.

    Decimal() alone would take 1e3, NaN, 1_000 and digits of other scripts, and comparing NaN raises.
    """
    if not isinstance(value, str) or isinstance(value, CutText):
        return value
    if _PLAIN_NUMBER.fullmatch(value) is None or _NEGATIVE_ZERO.fullmatch(value) is not None:
        return value
    return Decimal(value)


class ProductValidator(Validator):  # type: ignore[misc]
    """Cerberus with a decimal type, a type for complete text, a limit on decimals, and a coercion that never raises."""

    types_mapping: ClassVar[dict[str, TypeDefinition]] = {
        **Validator.types_mapping,
        "decimal": TypeDefinition("decimal", (Decimal,), ()),
        "complete_string": TypeDefinition("complete_string", (str,), (CutText,)),
    }

    def _normalize_coerce_plain_number(self, value: object) -> object:
        return plain_number(value)

    def _validate_decimals(self, places: int, field: str, value: Any) -> None:
        """{'type': 'integer', 'min': 0}"""
        if isinstance(value, Decimal) and -int(value.as_tuple().exponent) > places:
            self._error(field, TOO_MANY_DECIMALS)

    def _validate_undamaged(self, kinds: tuple[Damage, ...], field: str, value: Any) -> None:
        """{'type': ['list', 'tuple']}"""
        if isinstance(value, str) and first_found(kinds, value) is not None:
            self._error(field, DAMAGED)
