"""Text files of other countries and programs: what is assumed, and what is not."""

import codecs
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.intake.reading import ReadFile, read_products
from onboarding.intake.refusal import FileRefused
from rules import ProductRules, RefusalCode, header_name

HEADER = "vendor_product_id,product_name,category,sku,price,stock_quantity"


def _text(*prices: str, separator: str = ",", header: str = HEADER, name: str = "Mouse", end: str = "\n") -> str:
    lines = [header, *(f"P{n},{name},Audio,S{n},{price},5" for n, price in enumerate(prices, start=1))]
    moved = [line.replace(",", separator) if separator != "," else line for line in lines]
    return end.join(moved).replace("\u2396", ",") + end


def _comma(*prices: str) -> tuple[str, ...]:
    """Mark the commas inside prices, which `_text` must not take for separators."""
    return tuple(price.replace(",", "\u2396") for price in prices)


def _prices(file: ReadFile) -> list[str]:
    return [row.cells["price"] for row in file.rows]


def _refusal(body: bytes, rules: ProductRules) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read_products(body, rules)
    return caught.value


# Encodings: the certain ones


def _assert_taken(rules: ProductRules, header: str, column: str, taken: str, ignored: str) -> None:
    """Assert which of two names in the header a column is read from, and that the other one is told as ignored."""
    names = header.split(",")

    file = read_products(f"{header}\n{','.join(map(str, range(len(names))))}\n".encode(), rules)

    assert file.rows[0].cells[column] == str(names.index(taken))
    assert file.read_as.ignored == (ignored,)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (_text("1.5", name="Mäuse 一").encode("utf-8"), "UTF-8"),
        (_text("1.5", name="Mäuse 一").encode("utf-8-sig"), "UTF-8"),
        (codecs.BOM_UTF16_LE + _text("1.5", name="Mäuse 一").encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + _text("1.5", name="Mäuse 一").encode("utf-16-be"), "UTF-16"),
        (_text("1.5", name="Mäuse 一").encode("utf-16-le"), "UTF-16"),
        (_text("1.5", name="Mäuse 一").encode("utf-16-be"), "UTF-16"),
        (_text("1.5", name="Mäuse 一").encode("utf-32"), "UTF-32"),
    ],
)
def test_text_is_the_same_when_it_is_saved_as_unicode(rules: ProductRules, body: bytes, name: str) -> None:
    file = read_products(body, rules)

    assert file.rows[0].cells["product_name"] == "Mäuse 一"
    assert file.header[0] == "vendor_product_id"
    assert file.read_as.encoding == name


@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("cp1252", "Kühlschränke für Süßes", "Windows-1252"),
        ("mac_roman", "Kühlschränke für Süßes", "Mac Roman"),
        ("cp1250", "Żółte świece, źródło", "Windows-1250"),
        ("iso8859-2", "Żółte świece, źródło, łąka", "ISO-8859-2"),
        ("cp932", "冷蔵庫 ヘッドホン", "Shift-JIS"),
        ("gb18030", "冰箱 洗碗机 耳机", "GB18030"),
        ("euc_kr", "냉장고 세탁기", "EUC-KR"),
        ("cp1251", "Холодильник для кухни", "Windows-1251"),
        ("koi8-r", "Холодильник для кухни", "KOI8-R"),
        ("cp1254", "Küçük bulaşık makinesi, ışıklı, güneş, çatal, ağaç", "Windows-1254"),
    ],
)
def test_text_is_the_same_when_its_letters_tell_the_encoding(
    rules: ProductRules, codec: str, text: str, name: str
) -> None:
    body = _text("1.5", separator=";", name=text.replace(",", "\u2396")).encode(codec)

    file = read_products(body, rules)

    assert file.rows[0].cells["product_name"] == text
    assert file.read_as.encoding == name


@pytest.mark.parametrize(("codec", "text"), [("cp437", "Kühlschränke"), ("iso8859-5", "Холодильник Белый")])
def test_file_is_refused_when_its_letters_make_no_sense_in_any_encoding(
    rules: ProductRules, codec: str, text: str
) -> None:
    refusal = _refusal(_text("1.5", name=text).encode(codec), rules)

    assert refusal.code == RefusalCode.NOT_A_CSV
    assert "CSV UTF-8" in refusal.message


# Separators


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["Mouse", '"Cable, 2 m; black | red"', '"two\nlines"'])
def test_rows_are_the_same_when_the_separator_is_another(rules: ProductRules, separator: str, name: str) -> None:
    lines = [HEADER.split(","), ["P1", name, "Audio", "S1", "1.5", "5"]]

    file = read_products("\n".join(separator.join(cells) for cells in lines).encode(), rules)

    assert file.rows[0].cells["product_name"] == name.strip('"')
    assert file.read_as.separator == separator


@pytest.mark.parametrize("line", ["sep=;", "SEP=;", '"sep=;"', "sep=;\r"])
def test_separator_is_what_the_file_says_when_it_has_a_sep_line(rules: ProductRules, line: str) -> None:
    file = read_products(f"{line}\n{_text('1.5', '2.5', separator=';')}".encode(), rules)

    assert [row.row_number for row in file.rows] == [1, 2]
    assert (file.read_as.separator, file.read_as.header_row) == (";", 2)


def test_file_is_refused_when_its_sep_line_names_the_wrong_separator(rules: ProductRules) -> None:
    refusal = _refusal(b"sep=|\n" + _text("1.5").encode(), rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS


def test_header_is_shown_in_its_cells_when_no_column_is_known(rules: ProductRules) -> None:
    refusal = _refusal(b"foo;bar, or so;baz\n1;2;3\n4;5;6\n", rules)

    assert 'It has: "foo", "bar, or so", "baz".' in refusal.message


# The header's place


@pytest.mark.parametrize("above", [1, 9])
def test_header_is_found_when_lines_stand_above_it(rules: ProductRules, above: int) -> None:
    titles = "\n\n".join(f"Our products; {n}" for n in range(above))

    file = read_products(f"{titles}\n{_text('1.5')}".encode(), rules)

    assert [row.row_number for row in file.rows] == [1]
    assert file.read_as.header_row == 2 * above
    assert f"header in row {2 * above}" in (file.read_as.sentence() or "")


def test_file_is_refused_when_ten_lines_stand_above_the_header(rules: ProductRules) -> None:
    refusal = _refusal(("title\n" * 10 + _text("1.5")).encode(), rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS


def test_best_line_is_shown_when_a_title_stands_above_an_incomplete_header(rules: ProductRules) -> None:
    refusal = _refusal(("Our products\n" + _text("1.5").replace("price", "cost", 1)).encode(), rules)

    assert 'It has: "vendor_product_id", "product_name", "category", "sku", "cost"' in refusal.message
    assert "lacks the required column price." in refusal.message


# Names of columns


@pytest.mark.parametrize(
    "header",
    [
        "Handle,Title,Product Category,Variant SKU,Variant Price,Variant Inventory Qty",
        "ID,Name,Categories,SKU,Regular price,Stock",
        "product-id,item-name,Item category,seller-sku,Standard price,Quantity",
        "Artikelnummer,Bezeichnung,Warengruppe,SKU,Verkaufspreis,Lagerbestand",
        "Référence,Désignation,Catégorie,SKU,Prix de vente,Quantité en stock",
        "Re\u0301fe\u0301rence,DESIGNATION,categorie,SKU,PRIX,Qté",
        "Referencia,Nombre,Categoría,SKU,Precio,Existencias",
    ],
    ids=["Shopify", "WooCommerce", "Amazon", "German", "French", "French, decomposed", "Spanish"],
)
def test_columns_are_found_when_their_names_are_those_of_other_programs(rules: ProductRules, header: str) -> None:
    file = read_products(_text("1.5", header=header).encode(), rules)

    assert set(file.rows[0].cells) == set(HEADER.split(","))
    assert tuple(file.read_as.columns.values()) == tuple(header.split(","))


def test_own_name_wins_when_another_column_has_an_alias(rules: ProductRules) -> None:
    file = read_products(f"Title,{HEADER}\nother,P1,Mouse,Audio,S1,1.5,5\n".encode(), rules)

    assert file.rows[0].cells["product_name"] == "Mouse"
    assert file.read_as.ignored == ("Title",)


def test_file_is_refused_when_two_columns_claim_one_name(rules: ProductRules) -> None:
    header = HEADER.replace("product_name", "Title")

    refusal = _refusal(f"Name,{header}\nother,P1,Mouse,Audio,S1,1.5,5\n".encode(), rules)

    assert refusal.code == RefusalCode.DUPLICATE_COLUMNS
    assert 'has "Name" and "Title", which all mean product_name' in refusal.message
    assert "or call the right one product_name" in refusal.message


@pytest.mark.parametrize(
    ("header", "column", "taken", "ignored"),
    [
        ("id,ProductID,product_name,category,sku,price,stock_quantity", "vendor_product_id", "id", "ProductID"),
        (
            "Item number,itemID,product_name,category,sku,price,stock_quantity",
            "vendor_product_id",
            "Item number",
            "itemID",
        ),
        ("Name*,Name,vendor_product_id,category,sku,price,stock_quantity", "product_name", "Name", "Name*"),
        ("Stock #,Qty,vendor_product_id,product_name,category,sku,price", "stock_quantity", "Qty", "Stock #"),
        ("SKU*,sku,vendor_product_id,product_name,category,price,Stock", "sku", "sku", "SKU*"),
    ],
)
def test_plain_name_wins_when_another_column_has_the_name_joined_or_with_a_mark(
    rules: ProductRules, header: str, column: str, taken: str, ignored: str
) -> None:
    _assert_taken(rules, header, column, taken, ignored)


@pytest.mark.parametrize(
    "name", ["Product #", "Product#", "Item #", "Part # *", "Article #:", "item #", "# Item #", "Item##"]
)
def test_mark_of_a_number_counts_as_the_word_when_it_stands_at_the_end(rules: ProductRules, name: str) -> None:
    file = read_products(_text("1.5", header=HEADER.replace("vendor_product_id", name)).encode(), rules)

    assert file.read_as.columns["vendor_product_id"] == name


@pytest.mark.parametrize("name", ["Stock #", "Stock#", "Stock # *", "#", "# #", "Qty #", "Name #", "Variant #"])
def test_mark_of_a_number_is_not_left_out_when_it_stands_at_the_end(rules: ProductRules, name: str) -> None:
    file = read_products(f"{HEADER},{name}\nP1,Mouse,Audio,S1,1.5,5,104233\n".encode(), rules)

    assert file.read_as.ignored == (name,)
    refusal = _refusal(_text("1.5", header=HEADER.replace("stock_quantity", name)).encode(), rules)
    assert refusal.code == RefusalCode.MISSING_COLUMNS


def test_sku_with_the_mark_of_a_number_is_the_sku(rules: ProductRules) -> None:
    file = read_products(_text("1.5", header=HEADER.replace("sku", "SKU #")).encode(), rules)

    assert file.read_as.columns["sku"] == "SKU #"


NAMES_OF_0_3_0 = tomllib.loads((Path(__file__).parent / "names_of_0_3_0.toml").read_text(encoding="utf-8"))


def _header_of(*extra: str, **columns: str) -> str:
    names = [*(columns.get(name, name) for name in HEADER.split(",")), *extra]
    return ",".join(f'"{name}"' for name in names)


@pytest.mark.parametrize("column", NAMES_OF_0_3_0)
def test_name_that_0_3_0_knew_is_taken_as_it_did_whatever_other_names_stand_beside_it(
    rules: ProductRules, column: str
) -> None:
    known = {header_name(name): name for name in NAMES_OF_0_3_0[column]}
    newer = [name for name, meant in rules.aliases.items() if meant == column and name not in known]

    for name in NAMES_OF_0_3_0[column]:
        alone = _header_of(**{column: name}) if column in HEADER else _header_of(name)
        read = read_products(f"{alone}\n{',' * alone.count(',')}x\n".encode(), rules)
        assert read.read_as.columns[column] == name
        beside = ",".join((alone, *newer, *(f"{other}*" for other in known)))
        crowded = read_products(f"{beside}\nx{',' * beside.count(',')}\n".encode(), rules)
        assert crowded.read_as.columns == read.read_as.columns


def test_names_are_free_when_0_3_0_knew_none_of_them(rules: ProductRules) -> None:
    known = {header_name(name) for names in NAMES_OF_0_3_0.values() for name in names}

    assert known == rules.aliases.keys() - rules.later_aliases


@pytest.mark.parametrize(
    ("header", "column", "taken"),
    [
        (_header_of("Materialnummer", vendor_product_id="Artikelnummer"), "vendor_product_id", "Artikelnummer"),
        (_header_of("Nome", "Omschrijving", product_name="Bezeichnung"), "product_name", "Bezeichnung"),
        (_header_of("Merk", "Marca"), "brand", "Marca"),
        (_header_of("SKU number", sku="Seller SKU"), "sku", "Seller SKU"),
    ],
)
def test_other_columns_are_ignored_when_a_file_of_0_3_0_has_names_that_are_known_since(
    rules: ProductRules, header: str, column: str, taken: str
) -> None:
    file = read_products(f"{header}\nx{',' * header.count(',')}\n".encode(), rules)

    assert file.read_as.columns[column] == taken


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (_header_of("Nome", product_name="Naam"), "product_name"),
        (_header_of("Zdjęcie", "Obraz", product_name="Nazwa"), "image_url"),
    ],
)
def test_file_is_refused_when_two_names_count_alike_in_one_that_0_3_0_did_not_know(
    rules: ProductRules, header: str, column: str
) -> None:
    refusal = _refusal(f"{header}\nx{',' * header.count(',')}\n".encode(), rules)

    assert refusal.code == RefusalCode.DUPLICATE_COLUMNS
    assert f"which all mean {column}" in refusal.message


STARRED = "Product ID*,Product name*,Category*,SKU*,Stock*"


@pytest.mark.parametrize(
    ("header", "column", "taken", "ignored"),
    [
        (f"{STARRED},Price*,Retail price", "price", "Price*", "Retail price"),
        (f"{STARRED},Retail price,Price*", "price", "Price*", "Retail price"),
        (f"{STARRED},Retail price*,Price*", "price", "Price*", "Retail price*"),
        ("productName,Title,productId,category,sku,price,stockQuantity", "product_name", "productName", "Title"),
        ("Name*,productName,vendor_product_id,category,sku,price,stock", "product_name", "productName", "Name*"),
        (f"{STARRED},Price*,Image,imageUrl", "image_url", "imageUrl", "Image"),
    ],
)
def test_own_name_wins_when_names_count_with_their_marks(
    rules: ProductRules, header: str, column: str, taken: str, ignored: str
) -> None:
    _assert_taken(rules, header, column, taken, ignored)


@pytest.mark.parametrize(
    ("header", "names", "column"),
    [
        (
            "vendor_product_id,product_name,category,sku,stock,Price*,Retail price",
            '"Price*" and "Retail price"',
            "price",
        ),
        ("id,Title,productName,category,sku,price,stock", '"Title" and "productName"', "product_name"),
        (f"Reference,{STARRED},Price*", '"Reference" and "Product ID*"', "vendor_product_id"),
        (
            "productId,Reference,productName,category,sku,price,stock",
            '"productId" and "Reference"',
            "vendor_product_id",
        ),
        (f"{STARRED},Sales price*,Retail price*", '"Sales price*" and "Retail price*"', "price"),
    ],
)
def test_file_is_refused_when_marks_leave_two_columns_for_a_value_that_every_product_has(
    rules: ProductRules, header: str, names: str, column: str
) -> None:
    refusal = _refusal(f"{header}\n1,2,3,4,5,6,7\n".encode(), rules)

    assert refusal.code == RefusalCode.DUPLICATE_COLUMNS
    assert f"has {names}, which all mean {column}. Keep one of them" in refusal.message


def test_file_of_changes_is_refused_when_a_mark_leaves_two_prices(rules: ProductRules) -> None:
    refusal = _refusal(b"sku,Price*,Retail price\nS1,1,2\n", rules.for_updates)

    assert 'has "Price*" and "Retail price", which all mean price.' in refusal.message
    with_own_name = read_products(b"sku,Price*,Retail price,price\nS1,1,2,3\n", rules.for_updates)
    assert with_own_name.rows[0].cells["price"] == "3"


@pytest.mark.parametrize(
    ("more", "taken"),
    [
        ("imageUrl,productImageUrl", {"image_url": "imageUrl"}),
        ("Image,imageUrl", {"image_url": "Image"}),
        ("mainImageUrl,productImageUrl", {}),
        ("MSRP*,UVP*", {}),
        ("Vendor,Brand*", {"brand": "Vendor"}),
    ],
)
def test_names_with_marks_refuse_no_file_when_a_product_needs_no_value_there(
    rules: ProductRules, more: str, taken: dict[str, str]
) -> None:
    file = read_products(f"{HEADER},{more}\nP1,Mouse,Audio,S1,1.5,5,x,y\n".encode(), rules)

    assert {name: sent for name, sent in file.read_as.columns.items() if name != sent} == taken
    assert file.read_as.ignored == tuple(name for name in more.split(",") if name not in taken.values())


@pytest.mark.parametrize(
    ("column", "sent"),
    [("price", "Prise"), ("product_name", "Product nmae"), ("stock_quantity", "Stock quant."), ("sku", "SKU no")],
)
def test_closest_name_is_suggested_but_never_taken_when_a_column_is_missing(
    rules: ProductRules, column: str, sent: str
) -> None:
    refusal = _refusal(_text("1.5", header=HEADER.replace(column, sent)).encode(), rules)

    assert refusal.code == RefusalCode.MISSING_COLUMNS
    assert f'Did you mean "{sent}" for {column}?' in refusal.message


@pytest.mark.parametrize("sent", ["SKU no", "Artikel Nummer"])
def test_closest_name_is_suggested_when_a_file_of_changes_has_no_column_that_names_the_product(
    rules: ProductRules, sent: str
) -> None:
    refusal = _refusal(f"{sent},price\nS1,1.5\n".encode(), rules.for_updates)

    assert "lacks the required column vendor_product_id or sku." in refusal.message
    assert f'Did you mean "{sent}" for vendor_product_id or sku?' in refusal.message


def test_nothing_is_suggested_when_a_file_of_changes_has_nothing_to_change(rules: ProductRules) -> None:
    refusal = _refusal(b"sku,prise\nS1,1.5\n", rules.for_updates)

    assert "to change, such as price or stock_quantity" in refusal.message
    assert "Did you mean" not in refusal.message


@pytest.mark.parametrize("sent", ["Weight", "Farbe", "x"])
def test_nothing_is_suggested_when_no_name_comes_close(rules: ProductRules, sent: str) -> None:
    refusal = _refusal(_text("1.5", header=HEADER.replace("price", sent)).encode(), rules)

    assert "Did you mean" not in refusal.message


def test_weight_is_not_read_when_its_unit_is_unknown(rules: ProductRules) -> None:
    file = read_products(f"{HEADER},Weight,Variant Grams\nP1,Mouse,Audio,S1,1.5,5,250,250\n".encode(), rules)

    assert "weight_kg" not in file.rows[0].cells
    assert file.read_as.ignored == ("Weight", "Variant Grams")


# Decimal commas


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (("19,99",), ["19.99"]),
        (("19,99", "5", "0,5"), ["19.99", "5", "0.5"]),
        (("19,99", "1,299"), ["19.99", "1.299"]),
        (("0,250",), ["0.250"]),
        (("1.299,00", "1.299"), ["1299.00", "1299"]),
        (("19,99", "free", "12 €"), ["19.99", "free", "12 €"]),
        (("-5,00",), ["-5.00"]),
        ((" 19,99 ",), ["19.99"]),
    ],
)
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_decimal_comma_is_read_when_there_is_no_other_way(
    rules: ProductRules, sent: tuple[str, ...], read: list[str], separator: str
) -> None:
    file = read_products(_text(*_comma(*sent), separator=separator).encode(), rules)

    assert _prices(file) == read
    assert file.read_as.decimal_sign == ","
    assert [row.sent_in(("price",))[0] for row in file.rows] == list(sent)


@pytest.mark.parametrize(
    "sent",
    [
        ("1,299",),
        ("1,299", "2,500", "7"),
        ("19,99", "19.99"),
        ("19,99", "0.250"),
        ("1,299.00", "19,99"),
        ("1299", "5"),
        ("19.99",),
        ("1.2.3,4",),
        ("1,2,3",),
    ],
)
def test_numbers_stay_as_sent_when_a_decimal_comma_is_not_certain(rules: ProductRules, sent: tuple[str, ...]) -> None:
    file = read_products(_text(*_comma(*sent), separator=";").encode(), rules)

    assert _prices(file) == list(sent)
    assert file.read_as.decimal_sign == "."
    assert all(not row.sent for row in file.rows)


def test_numbers_stay_as_sent_when_the_separator_is_the_comma(rules: ProductRules) -> None:
    file = read_products(f'{HEADER}\nP1,Mouse,Audio,S1,"19,99",5\n'.encode(), rules)

    assert (_prices(file), file.read_as.decimal_sign) == (["19,99"], ".")


def test_text_keeps_its_commas_when_numbers_have_decimal_commas(rules: ProductRules) -> None:
    file = read_products(
        "".join((_text(*_comma("19,99"), separator=";", name="Kabel\u2396 2\u23965 m"),)).encode(), rules
    )

    assert file.rows[0].cells["product_name"] == "Kabel, 2,5 m"


def test_decimal_comma_is_read_when_rows_repeat_a_key(rules: ProductRules) -> None:
    text = _text(*_comma("19,99", "5,00"), separator=";").replace("S2", "S1")

    file = read_products(text.encode(), rules)

    assert _prices(file) == ["19.99", "5.00"]
    assert [finding.field for finding in file.rows[1].findings] == ["sku"]
    assert [row.sent_in(("price",))[0] for row in file.rows] == ["19,99", "5,00"]


@pytest.mark.parametrize(
    ("price", "quoted", "hint"),
    [
        ("-12,5", 'this row has "-12,5".', ""),
        ("1.299,505", 'this row has "1.299,505".', ""),
        ("12,500", 'this row has "12,500".', "Write 12,50 instead."),
        ("12,50 $", 'this row has "12,50 $".', "Write 12,50 instead."),
        ("$1,299.00", 'this row has "$1,299.00".', "Write 1299,00 instead."),
        ("1.290,-", 'this row has "1.290,-".', "Write 1290 instead."),
        ("1.290.-", 'this row has "1.290.-".', ""),
        ("=1.290", 'this row has "=1.290".', "Write 1290 instead."),
        ("'1.290", 'this row has "\'1.290".', "Write 1290 instead."),
        ("+1,290", 'this row has "+1,290".', "Write 1,29 instead."),
        ("$1.290", 'this row has "$1.290".', "Write 1290 instead."),
    ],
)
def test_message_quotes_the_cell_as_sent_when_numbers_have_decimal_commas(
    rules: ProductRules, price: str, quoted: str, hint: str
) -> None:
    row = read_products(_text(*_comma(price, "19,99"), separator=";").encode(), rules).rows[0]

    (error,) = rules.check(row.cells, frozenset({"Audio"}), sent=row.sent).errors

    assert quoted in error.message
    assert hint in error.message
    assert ("instead" in error.message) == bool(hint)


@settings(deadline=None)
@given(st.lists(st.text("0123456789.,-+ €$%", max_size=9), min_size=1, max_size=4))
def test_verdict_is_that_of_the_number_when_it_was_sent_with_a_decimal_comma(
    rules: ProductRules, cells: list[str]
) -> None:
    read = read_products(_text(*_comma("19,99", *cells), separator=";").encode(), rules)

    for row in read.rows:
        told = rules.check(row.cells, frozenset({"Audio"}), sent=row.sent)
        judged = rules.check(row.cells, frozenset({"Audio"}))

        assert told.values == judged.values
        assert [(error.field, error.code) for error in told.errors] == [(e.field, e.code) for e in judged.errors]
        assert row.sent_in(("price",))[0] == ["19,99", *cells][row.row_number - 1]


def test_malformed_rows_neither_decide_nor_change_when_numbers_have_decimal_commas(rules: ProductRules) -> None:
    text = _text(*_comma("19,99"), separator=";") + "P2;Mouse;Audio;S2;19.99\nP3;Mouse;Audio;S3;7,5\n"

    file = read_products(text.encode(), rules)

    assert _prices(file) == ["19.99", "19.99", "7,5"]


# What was assumed


def test_nothing_is_said_when_the_file_is_the_default(rules: ProductRules) -> None:
    read_as = read_products(_text("1.5").encode(), rules).read_as

    assert read_as.sentence() is None
    assert read_as.to_json() == {
        "format": "csv",
        "encoding": "UTF-8",
        "separator": ",",
        "decimal_sign": ".",
        "sheet": None,
        "other_sheets": [],
        "header_row": 1,
        "columns": {name: name for name in HEADER.split(",")},
        "ignored": [],
        "renamed": {},
        "corrections": False,
        "spaced": False,
        "sentence": None,
    }


def test_names_are_shown_on_one_short_line_when_a_header_has_more(rules: ProductRules) -> None:
    header = HEADER + ',"Colour\n(RAL)\t\x0b",' + "x" * 500 + "".join(f",c{n}" for n in range(300))
    read_as = read_products(_text("1.5", header=header).replace(";5", f";5{',' * 302}").encode(), rules).read_as

    shown = read_as.to_json()

    assert shown["ignored"][:3] == ["Colour (RAL)", f"{'x' * 99}…", "c0"]
    assert len(shown["ignored"]) == 100
    assert shown["sentence"] == read_as.sentence()
    assert "Ignored columns: Colour (RAL), " in shown["sentence"]
    assert shown["sentence"].endswith("c17, ….")


def test_one_sentence_says_it_when_the_file_is_another(rules: ProductRules) -> None:
    text = _text(*_comma("19,99"), separator=";", name="Küche für Süßes", header=f"{HEADER},Colour,EAN")
    body = text.replace(";5\n", ";5;rot;4006381333931\n").replace("product_name", "Titel").encode("cp1252")

    sentence = read_products(body, rules).read_as.sentence()

    assert sentence == (
        'Read as: semicolon-separated, Windows-1252, decimal comma. Columns: "Titel" as product_name. '
        "Ignored columns: Colour, EAN."
    )
