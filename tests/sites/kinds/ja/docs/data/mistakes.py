# %% [markdown]
# # 間違いから学ぶ
#
# エラーは叱責ではなく、説明です。下から読み始めると、何が起きたのかがわかります。

# %%
import warnings

import numpy as np

hours = np.array([1.0, 2.0, 3.0, 4.0])
marks = np.array([52.0, 61.0, 68.0, 80.0])

# %% [markdown]
# ## 形が合わない
#
# 行列とベクトルの積では、形が合っていなければなりません。

# %% tags=["raises-exception"]
A = np.vander(hours, 3)
product = A @ marks

# %% [markdown]
# 次のセルは、この積を待っていました。

# %%
centred = product - product.mean()

# %%
centred

# %% [markdown]
# ## 自分の関数の中で
#
# 自分のコードの行が示され、ライブラリの中は折りたたまれます。


# %%
def mark_of(name: str) -> float:
    """学生の点数。"""
    known = {"佐藤": 61.0, "鈴木": 68.0}
    return known[name]


# %% tags=["raises-exception"]
mark_of("田中")

# %% [markdown]
# ## 警告
#
# 警告は、すぐには壊れないが、いずれ困ることを知らせます。

# %%
warnings.warn("学生が四人では少なすぎます。", stacklevel=1)
marks.mean()

# %% [markdown]
# ## 読むときのこつ
#
# - **最後の行**に、エラーの名前と理由があります。
# - その上に、エラーが起きた**行**があります。
# - それでもわからなければ、値を `print` で表示します。
