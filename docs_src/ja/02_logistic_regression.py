# ---
# title: ロジスティック回帰
# description: がんの良性・悪性を、確率として予測します。
# ---

# %% [markdown]
# # ロジスティック回帰
#
# **回帰**という名前ですが、これは*分類*の方法です。線形の値 $z = \mathbf{w}^\top \mathbf{x} + b$ を
# シグモイド関数
#
# $$
# \sigma(z) = \frac{1}{1 + e^{-z}}
# $$ {#eq-sigmoid}
#
# に通して、確率とみなします（@fig-sigmoid）。

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# %%
#| label: fig-sigmoid
#| caption: シグモイド関数 [](#eq-sigmoid) は、どの値も0と1の間に写す。
z = np.linspace(-6, 6, 200)
plt.figure(figsize=(5.2, 2.8))
plt.plot(z, 1 / (1 + np.exp(-z)))
plt.axhline(0.5, color="0.6", linewidth=1, linestyle="--")
plt.title("シグモイド関数")
plt.xlabel("z")
plt.ylabel("確率")
plt.show()

# %% [markdown]
# ## データ
#
# 乳がんの検査データ（569人、30種類の測定値）を使います。

# %%
cancer = load_breast_cancer(as_frame=True)
cancer.frame.iloc[:5, :4]

# %%
pd.Series(cancer.target_names[cancer.target]).value_counts().rename("人数").to_frame()

# %% [markdown]
# ## 学習
#
# 特徴量の大きさがばらばらなので、**標準化**してから学習します。標準化しないと、@fig-descentのような勾配降下法はなかなか
# 進みません。

# %%
train, test, train_y, test_y = train_test_split(
    cancer.data, cancer.target, random_state=0, stratify=cancer.target
)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
model.fit(train, train_y)
print(f"訓練データの正解率 {model.score(train, train_y):.3f}")
print(f"テストデータの正解率 {model.score(test, test_y):.3f}")

# %% [markdown]
# ## どの測定値が効いているか
#
# 標準化したので、係数の大きさを比べられます。

# %%
weights = pd.Series(model[-1].coef_[0], index=cancer.data.columns)
strongest = weights.loc[weights.abs().sort_values().index[-8:]]
plt.figure(figsize=(5.6, 3.2))
plt.barh(strongest.index, strongest)
plt.title("係数の大きい測定値")
plt.xlabel("係数")
plt.show()

# %% [markdown]
# !!! warning "係数の読み方"
#     互いに似た測定値があると、係数は分け合われます。係数が小さいからといって、
#     関係がないとは言えません。
