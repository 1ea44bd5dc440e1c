"""What vendors are told to do about each code."""

from pathlib import Path

import pytest

from rules.codes import ErrorCode, RefusalCode
from rules.fixes import read_fixes, read_meanings
from rules.schema import RulesError


def test_every_code_has_a_fix_in_sentences() -> None:
    rows, files = read_fixes()

    assert set(rows) == set(ErrorCode)
    assert set(files) == set(RefusalCode)
    for text in (*rows.values(), *files.values()):
        assert text.endswith(".")
        assert text[0].isupper()


def test_code_without_a_fix_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fixes.toml"
    lines = [f'{code} = "Fix it."' for code in ErrorCode if code is not ErrorCode.INVALID_PRICE]
    path.write_text("[row]\n" + "\n".join(lines) + '\nNO_SUCH = "Fix it."\n', encoding="utf-8")

    with pytest.raises(RulesError, match=r"fixes.toml: \[row\].*INVALID_PRICE.*NO_SUCH"):
        read_fixes(path)


def test_every_code_has_a_meaning_in_a_few_words() -> None:
    meanings = read_meanings()

    assert list(meanings) == [*ErrorCode, *RefusalCode]
    assert all(text and not text.endswith(".") and "|" not in text for text in meanings.values())


def test_code_without_a_meaning_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fixes.toml"
    path.write_text("[meaning]\n" + "\n".join(f'{code} = "what"' for code in RefusalCode), encoding="utf-8")

    with pytest.raises(RulesError, match=r"fixes.toml: \[meaning\].*INVALID_PRICE"):
        read_meanings(path)
