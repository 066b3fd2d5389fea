# %% [markdown]
# # 第1章　勾配降下法
#
# 関数 $f(x) = x^2$ の**最小値**を探します。

# %% tags=["hide-input"]
from IPython.display import SVG, HTML, Markdown, display

# %%
x = 4.0
for step in range(5):
    x -= 0.1 * 2 * x
    print(f"{step + 1} 回目: x = {x:.3f}")

# %% tags=["hide-input"]
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><title>下り坂</title><path d="M0 0L80 40"/></svg>'))

# %%
display(Markdown("## 結果\n\n最後の値は **%.3f** です。" % x))
display(HTML("<table border=1 class=dataframe><thead><tr><th></th><th>x</th></tr></thead><tr><th>0</th><td>1.5</td></tr></table>"))

# %% tags=["raises-exception"]
1 / 0
