import marimo

__generated_with = "0.17.0"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # 決定木と過学習

        決定木は「はい・いいえ」の質問を重ねて分類します。質問を増やすほど訓練データには合いますが、
        **新しいデータ**にも合うとはかぎりません。
        """
    )
    return


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    from sklearn.datasets import make_moons
    from sklearn.inspection import DecisionBoundaryDisplay
    from sklearn.model_selection import train_test_split
    from sklearn.tree import DecisionTreeClassifier, export_text

    return (
        DecisionBoundaryDisplay,
        DecisionTreeClassifier,
        export_text,
        make_moons,
        mo,
        plt,
        train_test_split,
    )


@app.cell
def _(mo):
    depth = mo.ui.slider(1, 12, value=4, label="木の深さ", show_value=True)
    depth
    return (depth,)


@app.cell
def _(make_moons, train_test_split):
    X, y = make_moons(300, noise=0.28, random_state=3)
    train, test, train_y, test_y = train_test_split(X, y, random_state=0)
    return test, test_y, train, train_y


@app.cell
def _(DecisionTreeClassifier, depth, train, train_y):
    tree = DecisionTreeClassifier(max_depth=depth.value, random_state=0).fit(train, train_y)
    return (tree,)


@app.cell(hide_code=True)
def _(depth, mo, test, test_y, train, train_y, tree):
    mo.hstack(
        [
            mo.stat(value=f"{tree.score(train, train_y):.1%}", label="訓練データ", caption=f"深さ {depth.value}"),
            mo.stat(value=f"{tree.score(test, test_y):.1%}", label="テストデータ", caption=f"葉 {tree.get_n_leaves()}枚"),
        ],
        justify="start",
    )
    return


@app.cell
def _(DecisionBoundaryDisplay, plt, test, test_y, tree):
    fig, ax = plt.subplots(figsize=(5.4, 3.4))
    DecisionBoundaryDisplay.from_estimator(tree, test, alpha=0.3, ax=ax, cmap="coolwarm")
    ax.scatter(*test.T, c=test_y, s=14, cmap="coolwarm", edgecolor="white", linewidth=0.5)
    ax.set_title("決定木の境界とテストデータ")
    ax.set_xlabel("特徴量 1")
    ax.set_ylabel("特徴量 2")
    fig
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md("""## 深さを変えてみる""")
    return


@app.cell
def _(DecisionTreeClassifier, plt, test, test_y, train, train_y):
    depths = range(1, 13)
    scores = [
        [m.score(train, train_y), m.score(test, test_y)]
        for m in (DecisionTreeClassifier(max_depth=d, random_state=0).fit(train, train_y) for d in depths)
    ]
    plt.figure(figsize=(5.6, 3))
    plt.plot(depths, scores, marker="o", label=["訓練データ", "テストデータ"])
    plt.title("木の深さと正解率")
    plt.xlabel("木の深さ")
    plt.ylabel("正解率")
    plt.legend()
    plt.gca()
    return


@app.cell
def _(DecisionTreeClassifier, export_text, mo, train, train_y):
    _small = DecisionTreeClassifier(max_depth=2, random_state=0).fit(train, train_y)
    mo.accordion({"深さ2の木を文章で見る": mo.plain_text(export_text(_small, feature_names=["特徴量1", "特徴量2"]))})
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        /// tip | まとめ
        訓練データの正解率は深さとともに上がりつづけ、テストデータの正解率は途中で頭打ちになります。
        この差が**過学習**です。
        ///
        """
    )
    return


if __name__ == "__main__":
    app.run()
