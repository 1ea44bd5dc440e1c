"""The product rules: what a row must keep, in which words a vendor hears about it, and the verdict on each row.

The rules are data, in products.toml. Cerberus decides; nothing here touches AWS or a database.
"""

from rules.codes import Cells, ErrorCode, RefusalCode, RowError, Verdict
from rules.engine import ProductRules
from rules.messages import CategoryNames
from rules.proofreading import STAGED_CHARACTERS
from rules.schema import DEFAULT_RULES, RulesError
from rules.text import header_name, spelled_out, trim
from rules.updates import UpdateRules

__all__ = [
    "DEFAULT_RULES",
    "STAGED_CHARACTERS",
    "CategoryNames",
    "Cells",
    "ErrorCode",
    "ProductRules",
    "RefusalCode",
    "RowError",
    "RulesError",
    "UpdateRules",
    "Verdict",
    "header_name",
    "spelled_out",
    "trim",
]
