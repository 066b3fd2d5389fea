import marimo

__generated_with = "0.25.2"
app = marimo.App()


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        # 動かして学ぶ k 近傍法

        このページの部品は、読む人の手元に Python がなくても動きます。値ごとの結果は、ページを作るときに計算してあります。

        $k$ 近傍法は、近くにある $k$ 個の訓練データの多数決で分類します。$k$ が小さいと雑音まで覚え、大きいと境界がぼやけます。
        """
    )
    return


@app.cell
def _():
    import marimo as mo
    import matplotlib.pyplot as plt
    import numpy as np
    return mo, np, plt


@app.cell
def _(mo):
    k = mo.ui.slider(1, 15, step=2, value=5, label="近傍の数 $k$")
    shape = mo.ui.dropdown({"三日月": "moons", "輪": "rings", "かたまり": "blobs"}, value="三日月", label="データ")
    noisy = mo.ui.switch(value=True, label="雑音を加える")
    mo.hstack([k, shape, noisy], justify="start", gap=2)
    return k, noisy, shape


@app.cell
def _(np):
    def sample(shape, noise, size=60):
        """2 クラスのデータ: 座標 (2 size, 2) とラベル (2 size,)。"""
        rng = np.random.default_rng(7)
        t = rng.uniform(0, np.pi, size)
        if shape == "moons":
            one, other = np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(t), 0.5 - np.sin(t)]
        elif shape == "rings":
            one, other = 0.4 * np.c_[np.cos(2 * t), np.sin(2 * t)], np.c_[np.cos(2 * t), np.sin(2 * t)]
        else:
            one, other = rng.normal(0, 0.35, (size, 2)), rng.normal(0.8, 0.35, (size, 2))
        points = np.r_[one, other] + noise * rng.normal(0, 0.22, (2 * size, 2))
        return points, np.repeat([0, 1], size)
    return (sample,)


@app.cell
def _(noisy, sample, shape):
    X, y = sample(shape.value, noisy.value)
    return X, y


@app.cell
def _(X, k, np, y):
    def predict(points):
        """近い順に k 個のラベルの平均が 0.5 を超えれば 1。"""
        distance = ((points[:, None] - X[None]) ** 2).sum(axis=2)
        nearest = np.argsort(distance, axis=1, kind="stable")[:, : k.value]
        return (y[nearest].mean(axis=1) > 0.5).astype(int)
    return (predict,)


@app.cell(hide_code=True)
def _(X, np, plt, predict, y):
    _gx, _gy = np.meshgrid(np.linspace(-1.7, 2.3, 50), np.linspace(-1.5, 1.9, 45))
    _side = predict(np.c_[_gx.ravel(), _gy.ravel()]).reshape(_gx.shape)
    _fig, _ax = plt.subplots(figsize=(5.2, 3.3))
    _ax.contourf(_gx, _gy, _side, levels=[-1, 0.5, 2], colors=["C0", "C1"], alpha=0.15)
    _ax.contour(_gx, _gy, _side, levels=[0.5], colors="C2", linewidths=1)
    _ax.scatter(*X[y == 0].T, s=16, color="C0", label="クラス 0")
    _ax.scatter(*X[y == 1].T, s=16, color="C1", label="クラス 1")
    _ax.set(xlim=(-1.7, 2.3), ylim=(-1.5, 1.9), xlabel="$x_1$", ylabel="$x_2$")
    _ax.legend(loc="upper right")
    _fig
    return


@app.cell(hide_code=True)
def _(X, k, mo, predict, shape, y):
    mo.md(
        f"""
        $k$ = **{k.value}**、データは「{shape.selected_key}」です。訓練データのうち **{(predict(X) == y).mean():.1%}** を正しく
        分類します。$k$ を 1 にすると必ず 100% になりますが、それは丸暗記です。
        """
    )
    return


@app.cell(hide_code=True)
def _(mo):
    mo.md(
        r"""
        - 「三日月」で $k$ を 1 から 15 へ動かすと、雑音の点のまわりにできた小さな島が消え、境界がなめらかになります。
        - 「三日月」と「輪」で雑音を止めると、$k$ をどう選んでも 100% のままです。$k$ は雑音に耐えるための数です。
        - 「かたまり」は雑音がなくても二つのクラスが重なります。$k$ = 1 の 100% は、丸暗記のしるしです。

        三つの部品は上の図で出会うので、$8 \times 3 \times 2 = 48$ 通りが計算してあります。`X` を作るセルは $k$ を使わないので、6 回しか
        動いていません。
        """
    )
    return


if __name__ == "__main__":
    app.run()
