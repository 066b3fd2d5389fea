"""How soon the search of a large course answers, and what it loads: `python benchmarks/search.py [CHAPTERS]`.

The course is made up: chapters of twelve sections in Japanese, with code and outputs. Its pages are opened from the
disk in Chromium; times are those of the browser, from the key to the results in the document, layout included.
"""

from __future__ import annotations

import gzip
import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from mkdocs.utils import get_theme_dir
from playwright.sync_api import sync_playwright

from nbpublish.frontends.search_index import IndexedPage, search_index
from nbpublish.frontends.search_text import Section

SECTIONS = 12
TERMS = [
    *("回帰", "分類", "勾配", "降下", "係数", "誤差", "標準化", "過学習", "検証", "モデル", "データ", "ベクトル"),
    *("パラメータ", "カーネル", "正則化", "主成分", "確率", "尤度", "最適化", "損失"),
]
JOINTS = ["は", "が", "を", "に", "で", "と", "の", "から", "まで", "について", "としては", "による"]
NAMES = ["fit", "predict", "train_test_split", "LinearRegression", "plt.plot", "np.mean", "cross_val_score", "x"]
QUERIES = ["の", "過学習", "かーねる", "正則化 検証", "train_test_split", "cross val score", "ないことば", "第123章"]
PAGE = """<!doctype html><html lang="ja"><meta charset="utf-8">
<dialog class="search" data-base="./" data-index="index.js"
  data-found="{}" data-some="{}" data-nothing="0" data-loading="…" data-code="コード" data-output="出力">
<input><p class="search-status"></p><div class="search-results"></div></dialog><script>window.nb = {};</script>"""

LOAD = """async () => {
  const script = (src) => new Promise((done) =>
    document.head.append(Object.assign(document.createElement("script"), { src, onload: done })));
  const dialog = document.querySelector("dialog"), began = performance.now();
  dialog.showModal();
  await script("nb.js");
  await Promise.all([script("index.js"), script("search.js")]);
  let last = performance.now();
  const { parts } = nb.index, loaded = [];
  nb.search(dialog, nb.index);
  const ready = performance.now() - began, part = nb.part;
  nb.part = (...all) => { part(...all); loaded.push(all[0]); };
  while (loaded.length < parts.length) await new Promise((done) => setTimeout(done, 5));
  return [ready, performance.now() - began];
}"""
TYPE = """async (query) => {
  const input = document.querySelector("input"), times = [];
  for (let i = 1; i <= query.length; i++) {
    const began = performance.now();
    input.value = query.slice(0, i);
    input.dispatchEvent(new InputEvent("input"));
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    await new Promise((done) => setTimeout(done));
  }
  return times;
}"""


def section(at: int, number: int, chance: random.Random) -> Section:
    sentences = ["".join(chance.choice(TERMS) + chance.choice(JOINTS) for _ in range(8)) + "。" for _ in range(16)]
    calls = [f"{chance.choice(NAMES)} = {chance.choice(NAMES)}({chance.choice(NAMES)})" for _ in range(12)]
    rows = [" ".join(f"{chance.random():.3f}" for _ in range(6)) for _ in range(8)]
    title = f"{chance.choice(TERMS)}の{chance.choice(TERMS)}"
    return Section(f"s{number}" if number else "", title, "".join(sentences), "\n".join(calls), "\n".join(rows))


def main(chapters: int) -> None:
    chance = random.Random(1)
    pages = [
        IndexedPage(f"{at}/", f"第{at}章 {chance.choice(TERMS)}", [section(at, n, chance) for n in range(SECTIONS)])
        for at in range(1, chapters + 1)
    ]
    files = search_index(pages, "index.js")
    sizes = {name: (len(text.encode()), len(gzip.compress(text.encode()))) for name, text in files.items()}
    print(f"{chapters} chapters, {chapters * SECTIONS:,} sections, {len(files)} files")
    print(f"first file {sizes['index.js'][0] / 1e3:,.0f} kB, {sizes['index.js'][1] / 1e3:,.0f} kB compressed")
    both = (sum(size[kind] for size in sizes.values()) for kind in (0, 1))
    print("all files {:,.0f} kB, {:,.0f} kB compressed".format(*(total / 1e3 for total in both)))
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        (folder / "index.html").write_text(PAGE, encoding="utf-8")
        for script in ("nb.js", "search.js"):
            shutil.copy(Path(get_theme_dir("nbpublish")) / "assets" / script, folder)
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto((folder / "index.html").as_uri())
        ready, whole = tab.evaluate(LOAD)
        print(f"titles can be searched after {ready:.0f} ms, all texts after {whole:.0f} ms")
        clock = tab.context.new_cdp_session(tab)
        clock.send("Performance.enable", {"timeDomain": "threadTicks"})

        def worked() -> float:
            """Milliseconds of the processor that the page's thread has had, which others' work does not lengthen."""
            metrics = clock.send("Performance.getMetrics")["metrics"]
            return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration") * 1000

        for query in QUERIES:
            before = worked()
            times = tab.evaluate(TYPE, query)
            each = (worked() - before) / len(query)
            said = tab.locator(".search-status").text_content()
            middle = statistics.median(times)
            print(f"{query}: {said} results; for each key {each:.0f} ms of work, {middle:.0f} ms by the clock (median)")
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
