"""docs/scale.md keeps the requirements' promises in the model, and is what the parameters give."""

import pytest

from operations.scale import PAGE, Setting, counted, large_setting, seconds, stages, updated, usual_setting

_USUAL, _LARGE = usual_setting(), large_setting()


@pytest.mark.parametrize(
    ("setting", "uploads", "rows", "limit"),
    [(_USUAL, 1, 10_000, 300), (_LARGE, 100, 10_000, 300), (_USUAL, 1, 1_000, 180), (_USUAL, 100, 1_000, 180)],
    ids=["10,000 rows", "100 times 10,000 rows, for bursts", "1,000 rows", "100 times 1,000 rows"],
)
def test_outcome_comes_in_time_when_uploads_come_at_once(setting: Setting, uploads: int, rows: int, limit: int) -> None:
    spent, _ = seconds(setting, counted(), uploads, rows)

    assert spent <= limit


def test_one_partition_binds_when_rows_are_not_spread() -> None:
    together = Setting({**_USUAL.parameters, "stagingShards": 1}, _USUAL.memory)

    spent, binding = seconds(together, counted(), 1, 10_000)

    assert binding == "one upload's partitions"
    assert spent > seconds(_USUAL, counted(), 1, 10_000)[0]


def test_every_part_takes_longer_when_there_is_more_to_do() -> None:
    few, many = (stages(_USUAL, counted(), uploads, 10_000) for uploads in (100, 1_000))

    shared = few.keys() - {"one upload's partitions", "one upload's lock"}

    assert all(many[name] > few[name] for name in shared)


def test_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert page == updated(page), "docs/scale.md is out of date: make scale"


def test_page_is_refused_when_it_has_no_place_for_a_table() -> None:
    with pytest.raises(ValueError, match="no place for scale:vendors"):
        updated(PAGE.read_text(encoding="utf-8").replace("<!-- scale:vendors -->", ""))
