import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        """
        # 動かして確かめる

        次数を変えると、曲線はどう変わるでしょうか。操作部品は、ノートブックを開いたときの値で表示されます。
        """
    )
    return


@app.cell
def _():
    import marimo as mo

    return (mo,)


@app.cell
def _(mo):
    degree = mo.ui.slider(1, 9, value=3, label="多項式の次数")
    kind = mo.ui.dropdown(["訓練", "テスト", "両方"], value="両方", label="表示する点")
    noise = mo.ui.switch(value=True, label="雑音を加える")
    mo.hstack([degree, kind, noise], justify="start", gap=2)
    return degree, kind, noise


@app.cell
def _(degree, kind, mo):
    mo.md(f"""次数は **{degree.value}**、表示する点は**{kind.value}**です。""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## タブと開閉""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.vstack(
        [
            mo.ui.tabs({"未学習": mo.md("モデルが単純すぎて、訓練データにもテストデータにも合いません。"), "過学習": mo.md("モデルが柔軟すぎて、訓練データだけに合います。")}),
            mo.accordion({"どうすれば気づけますか": mo.md("訓練データとテストデータの誤差を比べます。"), "どうすればよいですか": mo.md("データを増やすか、単純なモデルを選ぶか、*正則化*します。")}),
        ]
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## 数値のまとめ""")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.hstack(
        [
            mo.stat(value="93.4 %", label="正解率", caption="+2.1", direction="increase"),
            mo.stat(value="0.081", label="テスト誤差", caption="−0.013", direction="decrease"),
            mo.stat(value="1 280", label="データ数"),
        ],
        widths="equal",
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.callout(mo.md("交差検証の結果、正則化したモデルのほうが良いことがわかりました。"), kind="success")
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## 入力""")
    return


@app.cell
def _(mo):
    choice = mo.ui.radio(["ridge", "lasso", "elastic net"], value="ridge", label="方法")
    count = mo.ui.number(1, 100, value=20, label="$k$")
    name = mo.ui.text(value="山田 花子", label="氏名")
    mo.vstack([choice, count, name])
    return choice, count, name


if __name__ == "__main__":
    app.run()
