# %% [markdown]
# # 主成分分析
#
# 手書き数字の画像は $8 \times 8 = 64$ 個の数でできています。64次元の空間は見えませんが、
# データがいちばん広がっている方向から順に選べば、2次元の地図が描けます。
# これが**主成分分析**（PCA）です。

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

digits = load_digits()
digits.data.shape

# %%
#| caption: 手書き数字の例
fig, axes = plt.subplots(2, 8, figsize=(6, 1.8))
for axis, image, label in zip(axes.flat, digits.images, digits.target):
    axis.imshow(image, cmap="gray_r")
    axis.set_title(str(label), fontsize=8)
    axis.axis("off")
plt.show()

# %% [markdown]
# ## 二つの方向
#
# 共分散行列 $\mathbf{S} = \frac{1}{n} \sum_i (\mathbf{x}_i - \bar{\mathbf{x}})(\mathbf{x}_i - \bar{\mathbf{x}})^\top$
# の固有ベクトルのうち、固有値の大きいものから順に使います：
#
# $$
# \mathbf{S} \mathbf{u}_k = \lambda_k \mathbf{u}_k, \qquad \lambda_1 \ge \lambda_2 \ge \dots
# $$

# %%
pca = PCA().fit(digits.data)
points = pca.transform(digits.data)[:, :2]

plt.figure(figsize=(5.6, 4.2))
scatter = plt.scatter(*points.T, c=digits.target, cmap="tab10", s=6)
plt.legend(*scatter.legend_elements(), title="数字", fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
plt.title("手書き数字の地図")
plt.xlabel("第1主成分")
plt.ylabel("第2主成分")
plt.show()

# %% [markdown]
# ## いくつ必要か
#
# | 主成分の数 | 使いみち |
# | ---------: | :------- |
# | 2          | 図に描く |
# | 20前後     | 前処理   |
# | 64         | もとのまま |

# %%
ratio = np.cumsum(pca.explained_variance_ratio_)
for goal in (0.5, 0.8, 0.9, 0.99):
    print(f"分散の{goal:.0%}を説明するには {np.argmax(ratio >= goal) + 1:2d} 個")

# %% [markdown]
# 「第1主成分」と「第2主成分」だけでは、分散の3割ほどしか説明できません[^1]。
#
# [^1]: それでも地図の上で数字がある程度まとまって見えるのは、似た形の数字が近くに集まるからです。

# %% [markdown]
# ## 少ない数から戻す
#
# 部品を動かして、何個の主成分から数字が読めるようになるかを見てください。

# %%
components = 8  # widget: values(1, 2, 4, 8, 16, 32, 64, label="主成分の数")
kept = pca.components_[:components]
restored = (digits.data[:4] - pca.mean_) @ kept.T @ kept + pca.mean_
fig, axes = plt.subplots(1, 4, figsize=(5.2, 1.5))
for axis, image in zip(axes, restored):
    axis.imshow(image.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
    axis.axis("off")
plt.show()
print(f"分散の {ratio[components - 1]:.1%}")
