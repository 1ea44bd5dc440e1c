"""The fast way and stock Cerberus agree, verdict and message, on every row that can be thought up."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import DEFAULT_RULES, CategoryNames, Cells, ProductRules, UpdateRules
from rules.compiled import compile_test
from rules.schema import Column, read_rules

SHIPPED = read_rules(DEFAULT_RULES)
RULES = ProductRules(SHIPPED)
CATEGORIES = frozenset({"Audio", "Books", "Computer Accessories", "Laptops", "Toys & Games"})
PLAUSIBLE = {
    "vendor_product_id": "PROD0001",
    "product_name": "Wireless Mouse",
    "category": "Laptops",
    "description": "Ergonomic",
    "sku": "CA-1",
    "price": "19.99",
    "compare_at_price": "24.99",
    "stock_quantity": "150",
    "weight_kg": "0.25",
}
# Drawing cells is slow, so each example draws a few sets of changes and judges every pair of them: 36 rows of 8 sets.
CHANGES_PER_EXAMPLE = 8
EXAMPLES = 280

NASTY = st.sampled_from(
    [
        *("", " ", "\u00a0", "\ufeff", "\u200b", "\x00", "\n", "0", "-0", "-0.0", "00", "0.00", "0.01", "-10.00", "+5"),
        *("0.009", "999999.99", "999999.991", "1000000", "1000001", "1000000.0", "19.999", "19.990", "12.7", "12.0"),
        *("99999999.99", "100000000", "9999999.999", "10000000", "0.001", "0.0001", "$19.99", "1,299.00", "19,99"),
        *("1e3", "1E400", "-1e-400", "NaN", "sNaN", "-NaN", "Infinity", "-inf", "1_000", "１９", "١٢", "²", ".5", "5."),
        *("True", "None", "19.99\n", "19\n.99", "laptops", "Laptop", "Laptops ", "Toys and Games", "{sent}", "=1+1"),
        *(
            "4.01E+12",
            "4,01e+12",
            "4E+12x",
            "#N/A",
            "#NV",
            "Err:502",
            "#N/A ",
            "10-Dec",
            "10. Dez",
            "2026-12-10",
            "May 5",
        ),
        *("15 %", "19.99 €", "CHF 5", "10-Decx", "10.12.2026", "10-déc.", "10-ſep"),
        *("'S1", "S\u200b1", "\u00ad", "\u3164S", "S\ufe0f", "S\x7f", "\u200d 5", "é\u00ad"),
        *("\ud800", "🎧" * 100, "🎧" * 101, "9" * 4096, "0" * 4095 + "1"),
    ]
)
LENGTHS = st.sampled_from([49, 50, 51, 99, 100, 101, 199, 200, 201, 1999, 2000, 2001, 2047, 2048, 2049])
LONG = st.builds(lambda character, count: character * count, st.sampled_from("x9é漢🎧 "), LENGTHS)
NUMBERS = st.from_regex(r"[ $+-]?[0-9]{0,9}[.,]?[0-9]{0,4}", fullmatch=True)
EDGES = st.sampled_from([column for column in SHIPPED.columns if column.type == "number"]).flatmap(
    lambda column: st.builds(
        lambda limit, step, places: f"{limit + step * Decimal(1).scaleb(-places):f}",
        st.sampled_from([column.min, column.max]),
        st.sampled_from([-1, 0, 1]),
        st.integers(0, 5),
    )
)
NAMES = st.sampled_from([*sorted(CATEGORIES), "Gadgets", "laptops", "Laptop", "Toys and Games"])
CELLS = NASTY | LONG | NUMBERS | EDGES | NAMES | st.text(max_size=12)
CHANGES = st.dictionaries(st.sampled_from(RULES.columns), CELLS, max_size=5)
CUTS: st.SearchStrategy[dict[str, int]] = st.just({}) | st.dictionaries(
    st.sampled_from(RULES.columns), st.integers(0, 6000), max_size=3
)
RELAXED = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))


SENT: st.SearchStrategy[dict[str, str]] = st.just({}) | st.dictionaries(
    st.sampled_from(RULES.numbers),
    NUMBERS | st.sampled_from(["19,99", "1.290,-", " 5 ", "12,500", "=1.290"]),
    max_size=3,
)
OFFERS = st.builds(
    CategoryNames, st.sets(NAMES, max_size=6), st.dictionaries(NAMES, st.none() | st.sampled_from(sorted(CATEGORIES)))
)
SEVERAL_OFFERS = st.tuples(OFFERS, OFFERS).map(
    lambda offers: [*offers, CategoryNames(offers[1], offers[0].former), CATEGORIES, offers[0]]
)
"""The categories of one batch after the other: others, the same ones that were called otherwise before, some again."""


def assert_same_verdicts(
    rules: ProductRules, rows: Sequence[Cells], offers: Sequence[frozenset[str]] = (CATEGORIES,)
) -> None:
    for number, categories in enumerate(offers):
        fresh = ProductRules(SHIPPED) if len(offers) > 1 else rules
        stock = fresh.for_updates if isinstance(rules, UpdateRules) and len(offers) > 1 else fresh
        batch = rows[number :: len(offers)]
        expected = [stock.reference_check(row.cells, categories, lengths=row.lengths, sent=row.sent) for row in batch]
        for row, verdict, right in zip(batch, rules.check_all(batch, categories), expected, strict=True):
            assert verdict == right, row


def combined(
    drawn: Sequence[Mapping[str, str]],
    cuts: Mapping[str, int],
    base: Mapping[str, str],
    sent: Mapping[str, str],
) -> list[Cells]:
    return [
        Cells.of({**base, **some, **others}, cuts if number % 4 == 0 else {}, sent if number % 3 == 0 else {})
        for number, (some, others) in enumerate(combinations_with_replacement(drawn, 2))
    ]


@settings(RELAXED, max_examples=EXAMPLES)
@given(st.lists(CHANGES, min_size=CHANGES_PER_EXAMPLE, max_size=CHANGES_PER_EXAMPLE), CUTS, SENT, SEVERAL_OFFERS)
def test_check_agrees_with_cerberus_when_rows_are_fuzzed(
    drawn: list[dict[str, str]], cuts: dict[str, int], sent: dict[str, str], offers: list[frozenset[str]]
) -> None:
    assert_same_verdicts(RULES, combined(drawn, cuts, PLAUSIBLE, sent), offers)


def test_check_agrees_with_cerberus_when_some_rows_are_shorter_or_of_another_file() -> None:
    columns, cells = tuple(PLAUSIBLE), (*PLAUSIBLE.values(),)
    short = [Cells(columns[:width], cells[:width]) for width in range(len(cells) + 1)]
    other = Cells(columns[::-1], ("free", *cells[::-1][1:]))

    for rows in (short, short[::-1], [*short, other], [other, *short], short[:1]):
        assert_same_verdicts(RULES, rows)
    assert RULES.check_all([], CATEGORIES) == []


CHANGED_CELLS = CELLS | st.sampled_from(
    ["CLEAR", " CLEAR\n", "clear", "Clear ", "CLEAR it", "active", "inactive", "Active"]
)
CHANGED_ROWS = st.dictionaries(st.sampled_from(RULES.for_updates.columns), CHANGED_CELLS, max_size=6)


@settings(RELAXED, max_examples=EXAMPLES)
@given(st.lists(CHANGED_ROWS, min_size=CHANGES_PER_EXAMPLE, max_size=CHANGES_PER_EXAMPLE), CUTS, SENT, SEVERAL_OFFERS)
def test_check_agrees_with_cerberus_when_rows_of_changes_are_fuzzed(
    drawn: list[dict[str, str]], cuts: dict[str, int], sent: dict[str, str], offers: list[frozenset[str]]
) -> None:
    assert_same_verdicts(RULES.for_updates, combined(drawn, cuts, {}, sent), offers)


def changed(column: Column, edge: int, decimals: int, width: int, required: bool) -> Column:
    if column.type == "text":
        return replace(column, maxlength=width, required=required)
    if column.type == "number":
        low = Decimal(edge).scaleb(-decimals)
        return replace(column, min=low, max=low + width, decimals=decimals, required=required)
    return replace(column, required=required)


LIMITS = st.tuples(st.integers(-300, 300), st.integers(0, 4), st.integers(1, 60), st.booleans())
SMALL_NUMBERS = st.decimals(-200, 400, places=2).map(str) | st.decimals(-4, 4, places=4).map(str) | NUMBERS | NASTY


@settings(RELAXED, max_examples=100)
@given(
    st.lists(LIMITS, min_size=len(SHIPPED.columns), max_size=len(SHIPPED.columns)),
    st.lists(st.dictionaries(st.sampled_from(RULES.columns), SMALL_NUMBERS), min_size=5, max_size=5),
)
def test_check_agrees_with_cerberus_when_the_limits_are_others(
    limits: list[tuple[int, int, int, bool]], rows: list[dict[str, str]]
) -> None:
    columns = tuple(changed(column, *limit) for column, limit in zip(SHIPPED.columns, limits, strict=True))
    rules = ProductRules(replace(SHIPPED, columns=columns))

    assert_same_verdicts(rules, [Cells.of({**PLAUSIBLE, **changes}) for changes in rows])


@pytest.mark.parametrize("unknown", [{"regex": "[a-z]+"}, {"nullable": True}, {"check_with": "isbn"}])
def test_compiled_test_leaves_the_cell_to_cerberus_when_it_does_not_know_a_rule(unknown: dict[str, object]) -> None:
    known = {"type": "string", "required": False, "maxlength": 5, "undamaged": ()}

    assert compile_test(known)(["abc", None]) == []
    assert compile_test({**known, **unknown})(["abc", None]) == [0, 1]
    assert compile_test({**known, **unknown, "forbidden": ("x",)})(["abc", None]) == [0, 1]


@pytest.mark.parametrize("low", ["-300", "0", "0.01", "0.02", "5"])
@pytest.mark.parametrize("high", ["-200", "0.5", "9.98", "9.99", "99", "99.99", "100", "1000000"])
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_compiled_test_passes_a_number_when_it_lies_between_the_limits(low: str, high: str, decimals: int) -> None:
    doubts = compile_test(
        {
            **{"type": "decimal", "coerce": "plain_number", "required": True},
            **{"min": Decimal(low), "max": Decimal(high), "decimals": decimals},
        }
    )
    numbers = [*map(str, range(0, 1002, 3)), "999999", "1000000", "1000001", "00000000001"]
    cells = [f"{number}{fraction}" for number in numbers for fraction in ("", ".0", ".1", ".01", ".98", ".99", ".001")]

    for cell in cells:
        keeps_the_rules = len(cell.partition(".")[2]) <= decimals and Decimal(low) <= Decimal(cell) <= Decimal(high)
        assert (doubts([cell]) == []) == keeps_the_rules, cell


def test_check_is_many_times_faster_than_cerberus_when_few_rows_are_bad() -> None:
    rows = [Cells.of({**PLAUSIBLE, "sku": f"S-{i}", "price": "free" if i % 20 == 0 else "19.99"}) for i in range(100)]

    def seconds(work: Callable[[], object]) -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    ours = min(seconds(lambda: RULES.check_all(rows, CATEGORIES)) for _ in range(10))
    cerberus = min(seconds(lambda: [RULES.reference_check(row.cells, CATEGORIES) for row in rows]) for _ in range(4))

    assert cerberus > 40 * ours
