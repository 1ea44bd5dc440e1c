"""What is written in PostgreSQL's text forms is what PostgreSQL reads."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.extensions import cursor as Cursor

from onboarding.stores.copying import array_of, copy_in, copy_line, multirange, numbers_of

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ON_THE_DATABASE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.lists(st.tuples(TEXT.filter(bool) | st.none(), TEXT.filter(bool)), min_size=1))
@ON_THE_DATABASE
def test_records_arrive_as_they_were_when_they_are_copied(
    cursor: Cursor, records: Sequence[tuple[str | None, str]]
) -> None:
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS copied (a TEXT, b TEXT); TRUNCATE copied")

    copy_in(cursor, "copied", map(copy_line, records))

    cursor.execute("SELECT a, b FROM copied")
    assert cursor.fetchall() == records


@given(st.lists(TEXT))
@ON_THE_DATABASE
def test_values_arrive_as_they_were_when_they_are_an_array(cursor: Cursor, values: Sequence[str]) -> None:
    cursor.execute("SELECT %s::text[]", (array_of(values),))

    assert cursor.fetchone() == (values,)


@given(st.sets(st.integers(1, 200)))
def test_row_numbers_stay_the_same_when_they_become_a_multirange(numbers: set[int]) -> None:
    assert numbers_of(multirange(numbers)) == numbers


def test_multirange_is_what_postgresql_prints_when_it_reads_it(cursor: Cursor) -> None:
    literal = multirange({1, 2, 3, 7, 9, 10})

    cursor.execute("SELECT %s::int4multirange", (literal,))

    assert cursor.fetchone() == (literal,) == ("{[1,4),[7,8),[9,11)}",)
