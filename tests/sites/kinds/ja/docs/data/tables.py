# %% [markdown]
# # 表を読む
#
# データを受け取ったら、まず表を眺めます。何行あるか、欠けている値はないか、単位は何か。
#
# ## 小さな表
#
# 見出しをクリックすると、その列で並べ替えられます。

# %%
import numpy as np
import pandas as pd

cities = pd.DataFrame(
    {
        "都市": ["札幌", "仙台", "東京", "名古屋", "大阪", "福岡"],
        "人口": [1_973_395, 1_096_704, 9_733_276, 2_332_176, 2_752_412, 1_612_392],
        "面積 (km²)": [1121.3, 786.4, 627.5, 326.5, 225.3, 343.5],
        "年平均気温": [9.2, 12.8, 15.8, 16.2, 17.1, 17.3],
    }
)
cities

# %% [markdown]
# ## 計算して並べる
#
# 人口密度を求めて、大きい順に並べます。

# %%
cities["密度"] = (cities["人口"] / cities["面積 (km²)"]).round(1)
cities.sort_values("密度", ascending=False)[["都市", "密度"]]

# %% [markdown]
# ## 幅の広い表
#
# 列が多い表は、表の中で横にスクロールします。ページは動きません。

# %%
rng = np.random.default_rng(3)
wide = pd.DataFrame(rng.normal(size=(60, 14)).round(3), columns=[f"measurement_{i:02d}" for i in range(14)])
wide.insert(0, "id", [f"S{i:03d}" for i in range(60)])
wide

# %% [markdown]
# ## 要約

# %%
wide.describe().T.round(2).head(8)

# %%
for step in range(60):
    print(f"反復 {step:3d}　損失 {1 / (1 + step):.5f}")

# %% [markdown]
# ## 図にすると
#
# 表より図のほうが早く伝わることもあります。

# %%
#| alt: 六つの都市の人口密度の横棒グラフ。大阪が最も高い。
#| caption: 都市の人口密度（人 / km²）
import matplotlib.pyplot as plt

ordered = cities.sort_values("密度")
plt.figure(figsize=(5.6, 2.6))
plt.barh(ordered["都市"], ordered["密度"])
plt.xlabel("人 / km²")
plt.title("人口密度")
plt.show()
