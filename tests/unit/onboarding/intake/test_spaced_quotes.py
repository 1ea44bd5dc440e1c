"""Spaces before quotation marks: left out where only that makes sense of the whole file, and nowhere else."""

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.intake import text_table
from onboarding.intake.limits import MAX_ROWS
from onboarding.intake.reading import ReadFile, read_products
from onboarding.intake.refusal import FileRefused
from onboarding.intake.text_table import TextTable
from onboarding.reporting.corrections import build_corrections
from rules import ErrorCode, ProductRules, RefusalCode

COLUMNS = ("vendor_product_id", "product_name", "category", "sku", "price", "stock_quantity")
HEADER = ",".join(COLUMNS)
SENTENCE = "Read as: without the spaces before quotation marks."


def _read(rules: ProductRules, *rows: str, header: str = HEADER) -> ReadFile:
    return read_products("\n".join((header, *rows, "")).encode(), rules)


def _names(file: ReadFile) -> list[str]:
    return [row.cells["product_name"] for row in file.rows]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("spaces", [" ", "   "])
def test_quoted_text_is_one_cell_when_spaces_stand_before_it(rules: ProductRules, separator: str, spaces: str) -> None:
    rows = (f'P1,{spaces}"Cable, 2 m; a | b\tc", Audio, S1, 1.5, 5', "P2, Mouse, Audio, S2, 2.5, 5")
    text = "\n".join((HEADER, *rows)).replace(",", separator).replace(f"Cable{separator}", "Cable,")

    file = read_products(text.encode(), rules)

    assert _names(file) == ["Cable, 2 m; a | b\tc", "Mouse"]
    assert not any(row.findings for row in file.rows)
    assert file.read_as.spaced
    assert "without the spaces before quotation marks" in (file.read_as.sentence() or "")


@pytest.mark.parametrize(
    "header",
    [
        ", ".join(f'"{name}"' for name in COLUMNS),
        f' "{HEADER.replace(",", chr(34) + ", " + chr(34))}"',
        HEADER.replace(",product_name", ', "product_name"'),
        f'{HEADER}, "brand"',
    ],
)
def test_columns_are_found_when_their_names_are_quoted_behind_spaces(rules: ProductRules, header: str) -> None:
    more = header.count(",") - 5
    file = _read(rules, f'P1,"Mouse", "Audio", S1, 1.5, "5"{", Acme" * more}', header=header)

    assert list(file.rows[0].cells.values()) == ["P1", "Mouse", "Audio", "S1", "1.5", "5", "Acme"][: 6 + more]
    assert file.read_as.sentence() == SENTENCE


def test_quotation_marks_and_line_breaks_are_text_when_a_spaced_cell_holds_them(rules: ProductRules) -> None:
    file = _read(rules, 'P1, "The ""best"",\nof cables", Audio, S1, 1.5, 5', 'P2, "Mouse", Audio, S2, 2.5, 5')

    assert _names(file) == ['The "best",\nof cables', "Mouse"]
    assert [row.row_number for row in file.rows] == [1, 2]


def test_cells_lose_their_quotation_marks_when_every_row_has_some_behind_spaces(rules: ProductRules) -> None:
    file = _read(rules, 'P1, "Mouse", "Audio", S1, 1.5, 5', 'P2, "Cable", "Audio", S2, 2.5, 5')

    assert _names(file) == ["Mouse", "Cable"]
    assert file.read_as.spaced


@pytest.mark.parametrize(("sent", "read"), [('""', ""), ('"""Heroes"""', '"Heroes"'), ('""""', '"')])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_cells_lose_their_quotation_marks_when_every_row_has_an_empty_or_doubled_one(
    rules: ProductRules, sent: str, read: str, separator: str
) -> None:
    rows = [f"P{i}, Mouse, Audio, S{i}, 1.5, 5, {sent}" for i in (1, 2)]
    text = "\n".join((f"{HEADER},brand", *rows))

    file = read_products(text.replace(",", separator).encode(), rules)

    assert [row.cells["brand"] for row in file.rows] == [read, read]
    assert file.read_as.spaced


@pytest.mark.parametrize("header", ["x", HEADER])
def test_rows_are_not_compared_further_when_they_are_too_many_anyway(
    rules: ProductRules, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    read = 0

    class Counting(TextTable):
        def lines(self) -> Iterator[list[str]]:
            nonlocal read
            for cells in super().lines():
                read += 1
                yield cells

    monkeypatch.setattr(text_table, "TextTable", Counting)

    text_table.open_table(f'{header}\nP, "x"\n' + "a\n" * 5 * MAX_ROWS, rules)

    assert read < 2 * MAX_ROWS + 100


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_file_is_read_once_when_quotation_marks_stand_behind_another_separator(
    rules: ProductRules, monkeypatch: pytest.MonkeyPatch, separator: str
) -> None:
    monkeypatch.setattr(text_table, "_means_spaces", lambda *_: pytest.fail("compared"))
    text = f'{HEADER}\nP1^Cable ⎖ "best"^Audio^S1^1.5^5\n'.replace(",", separator).replace("^", separator)

    file = read_products(text.replace("⎖", ",").encode(), rules)

    assert _names(file) == ['Cable , "best"']


def test_rows_are_malformed_when_their_cells_are_too_many_in_either_reading(rules: ProductRules) -> None:
    file = _read(rules, 'P1, "Cable, 2 m", Audio, S1, 1.5, 5', 'P2, "Mouse, 2 m", Audio, S2, 1, 5, 6')

    assert [[finding.code for finding in row.findings] for row in file.rows] == [[], [ErrorCode.MALFORMED_ROW]]
    assert file.read_as.spaced


@pytest.mark.parametrize(
    "rows",
    [
        ('P1, "Heroes", Audio, S1, 1.5, 5', "P2, Low, Audio, S2, 1.5, 5"),
        ('P1, "Best" of cables, Audio, S1, 1.5, 5', 'P2, "Worst" of cables, Audio, S2, 1.5, 5'),
        ('P1, "tis a cable, Audio, S1, 1.5, 5', 'P2, "twas a cable, Audio, S2, 1.5, 5'),
        ('P1, "tis a cable, Audio, S1, 1.5, 5', 'P2,Cable "a, Audio, S2, 1.5, 5', 'P3,a, "b", S3, 1.5, 5'),
        ('P1, "tis, a cable, Audio, S1, 1.5, 5', "P2,Mouse,Audio,S2,1.5,5", 'P3,Mouse,Audio ", S2, 1.5, 5'),
        ('P1,"Cable, ""2 m"", black",Audio,S1,1.5,5', 'P2,"a, "" b",Audio,S2,1.5,5'),
        ('P1," ""Cable""",Audio,S1,1.5,5', 'P2," ""Mouse""", Audio,S2,1.5,5'),
        ('P1,"Cable, ",Audio,S1,1.5,5', 'P2,"Mouse, ", Audio,S2,1.5,5'),
    ],
)
def test_file_is_read_as_it_stands_when_spaces_before_quotation_marks_are_not_certain(
    rules: ProductRules, rows: tuple[str, ...]
) -> None:
    file = _read(rules, *rows)

    assert [list(cells) for _, cells in file.lines()] == list(csv.reader(rows))
    assert not file.read_as.spaced
    assert file.read_as.sentence() is None


def test_message_names_the_space_when_it_is_not_certain(rules: ProductRules) -> None:
    file = _read(rules, 'P1, "Cable, 2 m" black, Audio, S1, 1.5, 5')

    assert "no space between the comma before it and the quotation mark" in file.rows[0].findings[0].message


def test_refusal_names_the_space_when_it_stands_behind_a_quotation_mark(rules: ProductRules) -> None:
    with pytest.raises(FileRefused) as caught:
        _read(rules, 'P1,"Cable, 2 m" ,Audio,S1,1.5,5')

    assert caught.value.code == RefusalCode.NOT_A_CSV
    assert "stands right beside the separator, without a space" in caught.value.message


def test_corrections_file_comes_back_as_it_was_when_the_file_had_spaces(rules: ProductRules) -> None:
    file = _read(rules, 'P1, "Cable, 2 m", "Audio, Hi-Fi", S1, free, 5')
    errors = {row.row_number: rules.check(row.cells, frozenset({"Audio"})).errors for row in file.rows}

    again = read_products(build_corrections(file, errors), rules)

    assert again.rows[0].cells == file.rows[0].cells
    assert not again.read_as.spaced


_CELLS = st.text(alphabet=" ,;\"ab\n'|\t", max_size=12)


@settings(deadline=None, max_examples=300)
@given(
    rows=st.lists(st.tuples(_CELLS, _CELLS, _CELLS), min_size=1, max_size=5),
    all_quoted=st.booleans(),
    separator=st.sampled_from(",;\t|"),
)
def test_cells_are_those_that_were_written_when_a_program_wrote_the_file(
    rules: ProductRules, rows: list[tuple[str, str, str]], all_quoted: bool, separator: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL)
    writer.writerows([COLUMNS, *(("P", name, category, "S", "1", text) for name, category, text in rows)])

    file = read_products(buffer.getvalue().encode(), rules)

    assert [cells for _, cells in file.lines()] == [["P", n, c, "S", "1", t] for n, c, t in rows]
    assert not file.read_as.spaced


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", " a", ' "', ' "a"', 'a "b', ' "a" b', "", ' "a', ' ""', ' """a"""']),
            min_size=6,
            max_size=6,
        ),
        max_size=5,
    )
)
def test_file_is_read_as_it_stands_when_all_rows_are_right_and_one_has_no_spaced_quote(
    rules: ProductRules, rows: list[list[str]]
) -> None:
    text = "\n".join([HEADER, "P0,Mouse,Audio,S0,1,1", *(",".join(["P", *row[1:]]) for row in rows), ""])

    file = read_products(text.encode(), rules)

    assert [cells for _, cells in file.lines()] == list(csv.reader(io.StringIO(text)))[1:]
