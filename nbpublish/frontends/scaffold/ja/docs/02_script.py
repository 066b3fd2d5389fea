# %% [markdown]
# # セルで区切ったスクリプト
#
# `# %%` からコードのセルが、`# %% [markdown]` から文章が始まります。
# このファイルは `python` でもそのまま実行できます。

# %%
import numpy as np

throws = np.random.default_rng(1).integers(1, 7, size=10_000)
throws.mean()

# %% [markdown]
# さいころをたくさん振ると、目の平均は $3.5$ に近づきます。

# %%
faces, counts = np.unique(throws, return_counts=True)
for face, count in zip(faces, counts):
    print(face, "#" * (count // 50))
