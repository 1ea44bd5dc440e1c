"""The product rules: what a row must keep, in which words a vendor hears about it, and the verdict on each row.

The rules are data, in products.toml. Cerberus decides; nothing here touches AWS or a database.
"""

from rules.codes import ErrorCode, RefusalCode, RowError, Verdict
from rules.engine import ProductRules
from rules.proofreading import STAGED_CHARACTERS
from rules.schema import DEFAULT_RULES, RulesError
from rules.text import header_name, trim

__all__ = [
    "DEFAULT_RULES",
    "STAGED_CHARACTERS",
    "ErrorCode",
    "ProductRules",
    "RefusalCode",
    "RowError",
    "RulesError",
    "Verdict",
    "header_name",
    "trim",
]
