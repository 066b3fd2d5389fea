import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # SQL on data frames

        `mo.sql` runs a query with DuckDB, and every data frame of the notebook is a table. The query depends on the
        frames it names, so it runs again when one of them changes.
        """
    )
    return


@app.cell
def _():
    import marimo as mo
    import pandas as pd

    return mo, pd


@app.cell
def _(pd):
    lectures = pd.DataFrame(
        {
            "week": [1, 2, 3, 4],
            "topic": ["Linear regression", "Classification", "Trees", "Clustering"],
            "teacher": ["Sato", "Sato", "Suzuki", "Tanaka"],
        }
    )
    attendance = pd.DataFrame(
        {
            "week": [1, 1, 2, 2, 3, 3, 4, 4],
            "room": ["A", "B"] * 4,
            "students": [48, 31, 45, 33, 39, 30, 41, 35],
        }
    )
    return attendance, lectures


@app.cell
def _(attendance, lectures, mo):
    by_topic = mo.sql(
        f"""
        SELECT topic, teacher, SUM(students) AS students
        FROM lectures JOIN attendance USING (week)
        GROUP BY topic, teacher
        ORDER BY students DESC
        """
    )
    return (by_topic,)


@app.cell(hide_code=True)
def _(by_topic, mo):
    mo.md(f"Most students came to **{by_topic['topic'][0]}**: {by_topic['students'][0]:.0f} in both rooms together.")
    return


@app.cell
def _(attendance, mo):
    busiest = 40
    _rooms = mo.sql(
        f"""
        SELECT room, COUNT(*) AS weeks
        FROM attendance
        WHERE students > {busiest}
        GROUP BY room
        """
    )
    return


if __name__ == "__main__":
    app.run()
