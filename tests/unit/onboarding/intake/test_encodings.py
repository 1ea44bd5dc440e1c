"""How well encodings are told apart, on product lists in seventeen languages."""

import codecs
import itertools
from collections import Counter
from pathlib import Path

import pytest

from onboarding.intake.encodings import decode
from onboarding.intake.refusal import FileRefused
from rules import RulesError
from rules.encodings import DEFAULT_ENCODINGS, read_encodings
from tests.unit.onboarding.intake.catalogues import LEGACY, WORDS, as_code_pages_have_it, catalogue, saved_as

SHARES_OF_LOCAL_ROWS = (1.0, 0.1, 0.03)
UNICODE = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16 with mark, le", "utf-16 with mark, be")


def _as_unicode(text: str, kind: str) -> bytes:
    if kind.endswith("with mark, le"):
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    if kind.endswith("with mark, be"):
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    return text.encode(kind)


@pytest.mark.parametrize("kind", UNICODE)
def test_every_file_is_read_right_when_it_is_unicode(kind: str) -> None:
    texts = [
        catalogue(language, rows, local, seed=1)
        for language, (rows, local) in itertools.product(WORDS, ((50, 1.0), (50, 0.03), (500, 1.0), (500, 0.1)))
    ]
    texts += [catalogue(language, 5_000, 1.0, seed=1) for language in ("german", "chinese")]

    read = [decode(_as_unicode(text, kind)).text for text in texts]

    assert read == texts


def _outcome(language: str, codec: str, rows: int, local: float, seed: int) -> str:
    text = catalogue(language, rows, local, seed)
    body = saved_as(text, codec)
    if body.isascii():
        return "plain"
    try:
        return "right" if decode(body).text == as_code_pages_have_it(text) else "wrong"
    except FileRefused:
        return "refused"


def test_nearly_every_file_is_read_right_or_refused_when_it_is_in_an_older_encoding() -> None:
    cases = [
        (language, codec, rows, local, seed)
        for language, codec in LEGACY
        for rows, seeds in ((50, (1, 2)), (500, (3,)))
        for local in SHARES_OF_LOCAL_ROWS
        for seed in seeds
    ]
    cases += [
        ("german", "cp1252", 5_000, 0.1, 4),
        ("czech", "cp1250", 5_000, 0.03, 4),
        ("polish", "iso8859-2", 5_000, 1, 4),
    ]

    outcomes = Counter(_outcome(*case) for case in cases)

    judged = outcomes.total() - outcomes["plain"]
    assert judged > 250
    assert outcomes["right"] + outcomes["refused"] >= 0.95 * judged
    assert outcomes["wrong"] <= 0.02 * judged
    assert outcomes["refused"] <= 0.05 * judged  # a reader that refuses everything would be never wrong


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Name;Preis\nBürostuhl „Größe L“;49,90 €\n", "cp1252"),
        ("Název;Cena\nŽidle „Praha“;49,90\n", "cp1250"),
    ],
)
def test_short_file_is_read_right_when_quotation_marks_stand_beside_letters(text: str, codec: str) -> None:
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["cp850", "iso8859-5", "cp866", "big5", "euc_jp", "cp1253", "cp1255"])
def test_file_is_refused_when_its_encoding_is_not_among_those_tried(codec: str) -> None:
    language = {"cp850": "german", "big5": "traditional", "euc_jp": "japanese", "cp1253": "greek", "cp1255": "hebrew"}
    own = {
        "traditional": "電冰箱 洗碗機 耳機 揚聲器 椅子 燈泡 枕頭 毛巾 書籍 玩具 鋼筆 廚房用品",
        "greek": "Ψυγείο πλυντήριο ακουστικά ηχείο καρέκλα κρεβάτι λάμπα μαξιλάρι πετσέτα βιβλίο",
        "hebrew": "מקרר מדיח כלים אוזניות רמקול כיסא מיטה נורה כרית מגבת ספר",
    }
    name = language.get(codec, "russian")
    text = (
        "\n".join(own[name].split() * 20)
        if name in own
        else catalogue(name, 50, 1.0, seed=5).translate({ord("’"): "'"})
    )

    with pytest.raises(FileRefused, match="NOT_A_CSV"):
        decode(text.encode(codec, errors="ignore"))


def _edited(tmp_path: Path, old: str, new: str) -> Path:
    data = DEFAULT_ENCODINGS.read_text(encoding="utf-8")
    assert old in data
    path = tmp_path / "encodings.toml"
    path.write_text(data.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("implausible = 0.2", "implausible = 2.0", "implausible: must be between 0 and 1"),
        ("implausible = 0.2", "", "implausible: must be there, as float"),
        ("implausible = 0.03", "implausible = 3.0", "encodings.9.implausible: must be between 0 and 1"),
        ('codec = "cp1252"', 'codec = "cp0"', "encodings.4.codec: 'cp0' is not an encoding of Python"),
        ('script = "kana"', 'script = "runes"', "encodings.1.script: must be one of kana, hanzi, hangul"),
        ("share = 0.95", "share = 95", "encodings.1.script: must be one of"),
        ('"english", "german", "french"', '"english", "elvish"', "encodings.4.languages: elvish has no alphabet"),
        ('script = "kana"', 'languages = ["german"]\nscript = "kana"', "encodings.1.languages: give either"),
        ('german = "', 'german = "abc"\ngerman_letters = "', "alphabets.german: must be the letters beyond a to z"),
        ('joining = "', 'joining = "x', "joining: x is not among the signs"),
        ('name = "Shift-JIS"', "name = 5", "encodings.1.name: must be the name for vendors"),
        ("[[encodings]]", "[encodings", "encodings.toml is not valid TOML"),
    ],
)
def test_load_names_the_key_when_the_data_is_wrong(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(RulesError) as caught:
        read_encodings(_edited(tmp_path, old, new))

    assert complaint in str(caught.value)


def test_reading_follows_the_data_when_it_is_changed(tmp_path: Path) -> None:
    encodings = read_encodings(_edited(tmp_path, "share = 0.95", "share = 0.5")).encodings

    assert encodings[0].share == 0.5
    assert encodings[3].name == "Windows-1252"
