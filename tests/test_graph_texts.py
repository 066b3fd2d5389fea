"""Names in strings: data frames in SQL, variables in shell commands and in pandas' `query`."""

from __future__ import annotations

import pytest

from nbpublish.graph.analyse import analyse
from nbpublish.graph.sql import tables_of
from nbpublish.model import Cell, Graph, Notebook


def graph(*codes: str) -> Graph:
    cells = tuple(Cell(str(i), "code", code, 10 * i + 1) for i, code in enumerate(codes))
    return analyse(Notebook("n.py", "marimo", cells, "dataflow"))


def parents(*codes: str) -> list[str]:
    return ["".join(of) for of in graph(*codes).parents.values()]


@pytest.mark.parametrize(
    ("text", "reads", "creates"),
    [
        ("SELECT * FROM df", "df", ""),
        ("select a.x from a join b using (x), c as d where a.x > 1", "a b c", ""),
        ("FROM df SELECT x, y", "df", ""),
        ('SELECT * FROM "My Table", `other`', "my table|other", ""),
        ("SELECT * FROM 'file.csv', read_csv('file.csv'), range(3)", "", ""),
        ("SELECT extract(year FROM day), trim(both ' ' FROM name) FROM df", "df", ""),
        ("SELECT * FROM df WHERE a IS DISTINCT FROM b", "df", ""),
        ("SELECT * FROM (SELECT a, b FROM c WHERE x IN (SELECT y FROM d)) AS s, e", "c d e", ""),
        ("WITH x AS (SELECT * FROM y), z AS MATERIALIZED (FROM x) SELECT * FROM x, z", "y", ""),
        ("-- FROM nowhere\nSELECT 1 /* FROM nowhere */ FROM df", "df", ""),
        ("SUMMARIZE df; DESCRIBE df2; PIVOT df3 ON x", "df df2 df3", ""),
        ("CREATE OR REPLACE TEMP TABLE t AS SELECT * FROM s", "s", "t"),
        ("CREATE TABLE IF NOT EXISTS sch.t (a INT, b INT)", "sch", "sch.t"),
        ("CREATE VIEW v AS FROM a; SELECT * FROM v, b", "a b", "v"),
        ("CREATE SCHEMA sch", "", "sch"),
        ("CREATE MACRO m(a) AS a + 1", "", ""),
        ("INSERT INTO t (a, b) SELECT * FROM s", "t s", ""),
        ("INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1", "t", ""),
        ("UPDATE t SET a = 1", "t", ""),
        ("DROP TABLE IF EXISTS t", "t", ""),
        ("COPY t TO 'file.csv'", "t", ""),
        ("INSTALL sqlite; LOAD sqlite; ATTACH 'data/Shop.sqlite' (TYPE SQLITE)", "", "shop"),
        ("ATTACH DATABASE IF NOT EXISTS '?' AS shop", "", "shop"),
        ("ATTACH '?'", "", ""),
        ("SELECT * FROM shop.main.orders", "shop|shop.main.orders|shop.orders", ""),
        ("SELECT * FROM ?", "", ""),
        ("日本 > 3", "", ""),
        ("SELECT * FROM 売上", "売上", ""),
        ("price > 3 and from_date < 4", "", ""),
        ("SELECT", "", ""),
        ("CREATE", "", ""),
        ("ATTACH", "", ""),
        ("CREATE TABLE", "", ""),
        ("))) FROM", "", ""),
        ("", "", ""),
    ],
)
def test_tables_are_names_in_the_place_of_a_table(text: str, reads: str, creates: str) -> None:
    found = tables_of(text)
    assert found.reads == set(reads.split("|") if "|" in reads else reads.split())
    assert found.creates == set(creates.split())


def test_a_query_depends_on_the_data_frame_it_names() -> None:
    assert parents("df = load()", "mo.sql('SELECT * FROM DF')") == ["", "0"]
    assert parents("df = load()", "con.execute(f'SELECT * FROM df WHERE x > {limit}')", "limit = 3") == ["", "02", ""]
    assert parents("df = load()", "def q():\n    return duckdb.query('FROM df')") == ["", "0"]


def test_a_column_that_is_called_like_a_variable_is_no_reference() -> None:
    codes = ("df = load()", "table = mo.sql('SELECT year, count(*) FROM df GROUP BY year')", "year = table['year']")
    assert parents(*codes) == ["", "0", "1"]


def test_a_table_created_by_one_cell_feeds_the_queries_of_others() -> None:
    attach = "mo.sql(\"ATTACH 'shop.db'\")"
    assert parents("mo.sql('FROM shop.t')", "mo.sql('CREATE TABLE shop.t (a INT)')", attach) == ["12", "2", ""]
    assert parents("mo.sql('FROM t')", "mo.sql('CREATE TABLE shop.t (a INT)')") == ["1", ""]


def test_a_table_created_twice_is_a_problem() -> None:
    first, _ = (p for p in graph(*["mo.sql('''\n  CREATE TABLE t (a INT)''')"] * 2).problems if p.severity == "error")
    assert str(first) == (
        "n.py:2: `t` is also defined on line 12, in another cell. "
        "Create it in one of them, or give it another name. [multiple-definitions]"
    )


def test_another_connection_keeps_its_tables_to_itself() -> None:
    found = graph("con.execute('CREATE TABLE users (a INT)')", "users = con.execute('SELECT * FROM users').fetchall()")
    assert not [p for p in found.problems if p.severity == "error"]


def test_a_word_in_a_text_never_closes_a_circle() -> None:
    """`users` is a table of the database here; that a variable has its name must not stop the notebook."""
    codes = ("raw = con.execute('SELECT * FROM users').fetchall()", "users = [clean(row) for row in raw]")
    found = graph(*codes)
    assert found.order == ("0", "1")
    assert not [p for p in found.problems if p.severity == "error"]


def test_pandas_names_variables_with_an_at_sign() -> None:
    cells = ("low = 1", "high = 2", "df.query('low < price < @high')", "df.eval('x + @low')")
    assert parents(*cells) == ["", "", "1", "0"]


def test_shell_commands_and_magics_name_variables_in_braces_and_after_dollars() -> None:
    shell = "get_ipython().system('ls {folder}/$name | grep {1 + n}')"
    assert parents("folder = '.'", "name = 'a'", "n = 1", shell) == ["", "", "", "012"]
    assert parents("folder = '.'", "get_ipython().run_line_magic('cd', '{folder}')") == ["", "0"]
