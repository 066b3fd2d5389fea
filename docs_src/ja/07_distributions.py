# %% [markdown]
# # 分布を探る
#
# これは marimo を使わない `# %%` 形式のノートブックです。定数の右に注釈を書くと、読者が動かせる部品になります。
# 式やデータはそのままで、ファイルはふつうのスクリプトとしても動きます。

# %%
import matplotlib.pyplot as plt
import numpy as np

# %%
mean = 0  # widget: slider(-2, 2, 1, label="平均 μ")
deviation = 1.0  # widget: values(0.5, 1.0, 2.0, label="標準偏差 σ")
family = "正規分布"  # widget: radio("正規分布", "ラプラス分布", "一様分布", label="分布")

# %% [markdown]
# どの分布も、平均と標準偏差が同じになるように作ります。「分布」を切り替えると、平均も標準偏差も同じなのに、山の尖り方と
# 裾の厚さがどれほど違うかがわかります。

# %%
grid = np.linspace(-6, 6, 161)
z = (grid - mean) / deviation
density = {
    "正規分布": np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi),
    "ラプラス分布": np.exp(-np.sqrt(2) * abs(z)) / np.sqrt(2),
    "一様分布": (abs(z) < np.sqrt(3)) / np.sqrt(12),
}[family] / deviation
fig, ax = plt.subplots(figsize=(5.2, 2.8))
ax.fill_between(grid, density, alpha=0.25)
ax.plot(grid, density, lw=2)
ax.axvline(mean, color="black", lw=1, ls="--")
ax.set(xlim=(-6, 6), ylim=(0, 1), xlabel="$x$", ylabel="密度")
plt.show()

# %% [markdown]
# ## 標本を引く
#
# 標本の大きさを増やすと、標本平均は真の平均に近づきます。乱数の種を決めているので、値ごとに結果は一つです。

# %%
size = 20  # widget: dropdown(5, 20, 1000, label="標本の大きさ")
np.random.seed(1)
sample = np.random.normal(mean, deviation, size)
print(f"標本平均 {sample.mean():+.3f}   標準偏差 {sample.std(ddof=1):.3f}   n = {size}")

# %% [markdown]
# この下のセルは同じ乱数の続きを引くので、標本の大きさにも平均にも従います。部品の名前はどこにも書いてありません。

# %%
print(np.random.normal(size=3).round(3))
