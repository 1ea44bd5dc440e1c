"""The corrections file: what failed comes back as it was sent, and can be uploaded again as it is."""

import csv
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onboarding.formula_cells import neutralise, restore
from onboarding.intake.reading import ReadFile, read_products
from onboarding.reporting.corrections import build_corrections
from onboarding.reporting.files import ErrorFile
from onboarding.rows import ProductRow
from rules import ErrorCode, ProductRules, RowError

RULES = ProductRules.load()
HEADER = "vendor_product_id,product_name,category,sku,price,stock_quantity"
ERROR = RowError("price", ErrorCode.INVALID_PRICE, "Price is odd.")


def _file(*lines: str, header: str = HEADER) -> ReadFile:
    return read_products("\n".join((header, *lines)).encode(), RULES)


def _corrections(file: ReadFile, *row_numbers: int) -> bytes:
    return build_corrections(file, dict.fromkeys(row_numbers, (ERROR,)))


def _lines(body: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_rows_with_errors_come_back_as_sent_when_the_file_has_columns_of_its_own() -> None:
    file = _file("red, P1 ,Mouse,Audio,S1,1,5", "blue,P2,Mouse,Audio,S2,$2 ,5", header=f"Colour,{HEADER}")

    body = _corrections(file, 2)

    assert body.startswith(b"\xef\xbb\xbf")
    assert _lines(body) == [
        ["Colour", *HEADER.split(","), "_errors"],
        ["blue", "P2", "Mouse", "Audio", "S2", "$2 ", "5", "INVALID_PRICE: Price is odd."],
    ]


def test_all_errors_stand_in_the_last_column_when_a_row_has_several() -> None:
    file = _file("P1,Mouse,Audio,S1,1,5")

    body = build_corrections(file, {1: (ERROR, RowError("sku", ErrorCode.DUPLICATE_SKU, "Twice."))})

    assert _lines(body)[1][-1] == "INVALID_PRICE: Price is odd. | DUPLICATE_SKU: Twice."


def test_own_names_and_separator_stay_when_the_file_has_others() -> None:
    text = "Shop export\nArtikelnummer;Bezeichnung;Warengruppe;SKU;Preis;Bestand\nP1;Maus;Audio;S1;x;5\n"
    file = read_products(text.encode("cp1252"), RULES)

    body = _corrections(file, 1)

    assert _lines(body, ";")[0] == ["Artikelnummer", "Bezeichnung", "Warengruppe", "SKU", "Preis", "Bestand", "_errors"]
    assert read_products(body, RULES).rows == file.rows


def test_decimal_comma_is_read_again_when_the_failed_rows_do_not_show_it() -> None:
    header = f"{HEADER},weight_kg".replace(",", ";")
    text = f"{header}\nP1;Mouse;Audio;S1;19,99;5;0,5\nP2;Mouse;;S2;1.299;5;1,250\n"
    file = read_products(text.encode(), RULES)

    again = read_products(_corrections(file, 2), RULES)

    assert (file.rows[1].cells["price"], file.rows[1].cells["weight_kg"]) == ("1299", "1.250")
    assert [row.cells for row in again.rows] == [file.rows[1].cells]
    assert again.read_as.decimal_sign == ","


def test_decimal_point_is_understood_when_a_vendor_fixes_a_cell_with_it() -> None:
    text = f"{HEADER}\nP1,Mouse,Audio,S1,19.99,5\nP2,Mouse,Audio,S2,1.5,5\n".replace(",", ";").replace(".", ",")
    body = _corrections(read_products(text.encode(), RULES), 1, 2)

    again = read_products(body.replace(b"19,99", b"19.99"), RULES)

    assert [row.cells["price"] for row in again.rows] == ["19.99", "1.5"]


def test_errors_column_is_no_column_of_the_vendor_when_a_corrections_file_fails_again() -> None:
    first = read_products(_corrections(_file("P1,=1+1,Audio,S1,1,5"), 1), RULES)

    second = _corrections(first, 1)

    assert first.read_as.ignored == ()
    assert _lines(second)[0] == [*HEADER.split(","), "_errors"]
    assert _lines(second)[1][1] == "'=1+1"
    assert read_products(second, RULES).rows[0].cells["product_name"] == "=1+1"


def test_file_is_read_like_any_other_when_the_errors_column_was_removed() -> None:
    text = f"{HEADER}\nP1,Mouse,Audio,S1,19.99,5\nP2,=1+1,,S2,1.299,5\n".replace(",", ";").replace("19.99", "19,99")
    body = _corrections(read_products(text.encode(), RULES), 2)
    removed = "\n".join(line.rpartition(";")[0] for line in body.decode().splitlines()).encode()

    first, second = read_products(removed, RULES), read_products(removed, RULES)

    (row,) = first.rows
    assert (first.read_as.corrections, first.read_as.decimal_sign) == (False, ".")
    assert (row.cells["product_name"], row.cells["price"]) == ("'=1+1", "1.299")
    assert (second.rows, second.read_as) == (first.rows, first.read_as)


@pytest.mark.parametrize("line", ["P1,Mouse,Audio,S1,1,5,extra", "P1,Cable, 2 m,Audio,S1,1,5"])
def test_row_stays_malformed_when_it_has_too_many_cells(line: str) -> None:
    file = _file(line)

    again = read_products(_corrections(file, 1), RULES)

    assert [finding.code for finding in again.rows[0].findings] == [ErrorCode.MALFORMED_ROW]
    assert again.rows[0].findings == file.rows[0].findings


def test_row_is_well_formed_when_the_extra_cells_are_removed() -> None:
    body = _corrections(_file("P1,Mouse,Audio,S1,1,5,extra", "P2,Mouse,Audio,S2,1,5,extra"), 1, 2)

    # a spreadsheet fills every row, the header included, up to the longest
    fixed = body.replace(b"_errors", b"_errors,").replace(b"odd.,extra", b"odd.,", 1)
    again = read_products(fixed, RULES)

    assert [[finding.code for finding in row.findings] for row in again.rows] == [[], [ErrorCode.MALFORMED_ROW]]


def test_errors_stand_in_their_column_when_a_row_has_too_few_cells() -> None:
    body = _corrections(_file("P1,Mouse"), 1)

    assert _lines(body)[1] == ["P1", "Mouse", "", "", "", "", "INVALID_PRICE: Price is odd."]


def test_key_stands_beside_the_report_when_asked() -> None:
    assert ErrorFile.CORRECTIONS.key("VEND001", "UPLOAD_1") == "errors/VEND001/UPLOAD_1_corrections.csv"


# Formula cells

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.from_regex(
    r"'{0,3}[=+\-@\t\r]?'?[0-9.,]{0,4}[=+\-@]?[a-z(\";]{0,3}", fullmatch=True
)


@settings(max_examples=500, deadline=None)
@given(CELLS)
def test_restore_gives_the_cell_back_when_it_was_neutralised(cell: str) -> None:
    safe = neutralise(cell)

    assert restore(safe) == cell
    assert neutralise(cell) == cell or safe == f"'{cell}"


@settings(max_examples=500, deadline=None)
@given(CELLS)
def test_no_spreadsheet_runs_the_cell_when_it_was_neutralised(cell: str) -> None:
    safe = neutralise(cell)

    plain_number = safe[:1] in "+-" and all(c in "0123456789.," for c in safe[1:])
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r")) or plain_number


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=4),
    st.sampled_from([",", ";", "\t", "|"]),
    CELLS,
)
@example([["'=1+1", "''@x", "'-5", "-5", "\ufeff", '"', "'"]], ";", "=HYPERLINK()")
def test_any_cell_survives_when_it_goes_through_a_corrections_file(
    rows: list[list[str]], separator: str, own_header: str
) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow([*HEADER.split(","), f"{own_header}x"])
    writer.writerows([f"P{n}", *row[1:]] for n, row in enumerate(rows))
    file = read_products(buffer.getvalue().encode(), RULES)

    again = read_products(_corrections(file, *(row.row_number for row in file.rows)), RULES)

    assert again.header == file.header
    assert [cells for _, cells in again.lines()] == [cells for _, cells in file.lines()]
    assert [_without_place(row) for row in again.rows] == [_without_place(row) for row in file.rows]


def _without_place(row: ProductRow) -> tuple[object, ...]:
    return row.cells, row.lengths, row.sent, [finding.code for finding in row.findings]
