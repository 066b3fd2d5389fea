"""Text and HTML of outputs made the same in every process, and the other hosts that HTML would load from.

Addresses, ids drawn at random and ids counted per process differ between two runs that show the same. A page must
not, so each is replaced by something that follows from what is shown.
"""

from __future__ import annotations

import hashlib
import html
import re
from typing import Any

from nbpublish.kernel.bundle import Bundle

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_SHORTENED = re.compile(r"((?:<|&lt;)\w[\w.' ]*\.\.\.)[at0 ]{0,5}x?[0-9a-f]{6,16}(?=>|&gt;)")
"""An address whose beginning `reprlib` has cut out, as in the parameters of scikit-learn's estimators."""
_STYLER = re.compile(r"\bid=\"T_([0-9a-f]{5})\b")
_ESTIMATOR = re.compile(r"\bsk-(container|estimator)-id-\d+\b")
_RANDOM_ID = re.compile(r"""\bid=(?:"|'|&quot;|\\")[A-Za-z_]*_?[0-9a-f]{32}\b""")
_NAME_WITH_ID = re.compile(r"\b((?:[A-Za-z]+_)+)([0-9a-f]{32})\b")
_LOADED = re.compile(
    r"""(?:<(?:script|img|iframe|audio|video|source|embed|track|object|input)\b[^>]*?\s(?:src|data|poster)
         |<link\b(?![^>]*rel=["']?canonical)[^>]*?\shref)\s*=\s*["']?\s*(?:https?:)?//([^/"'\s>?\#]+)
     |(?:\burl\(|@import|\bfrom|\bimport\(?)\s*["']?(?:https?:)?//([^/"')\s?\#]+)""",
    re.IGNORECASE | re.VERBOSE,
)


def steady(data: dict[str, Any], metadata: dict[str, Any]) -> Bundle:
    """The same bundle in every process, with the hosts its HTML loads from in `metadata["remote_hosts"]`."""
    data = dict(data)
    for mimetype in ("text/plain", "text/markdown", "text/latex"):
        if isinstance(data.get(mimetype), str):
            data[mimetype] = steady_text(data[mimetype])
    if isinstance(data.get("text/html"), str):
        data["text/html"] = steady_html(data["text/html"])
        if hosts := remote_hosts(data["text/html"]):
            metadata = {**metadata, "remote_hosts": sorted({*metadata.get("remote_hosts", ()), *hosts})}
    return data, metadata


def steady_text(text: str) -> str:
    """`text` with memory addresses (`<object at 0x7f3c…>`) written as `0x…`."""
    text = _ADDRESS.sub("at 0x…", text)
    return _SHORTENED.sub(r"\1x…", text) if "..." in text else text


def steady_html(text: str) -> str:
    """`text` with addresses left out and with ids that follow from its content.

    Known makers of other ids: pandas' Styler (random), scikit-learn's estimators (counted), folium and branca (random).
    """
    text = steady_text(text)
    if found := _STYLER.search(text):
        text = re.sub(rf"\bT_{found[1]}(?=_|\b)", lambda _: f"T_{_name(text, found[1])}", text)
    if "sk-container-id-" in text:
        text = _numbered(text, _ESTIMATOR)
    if _RANDOM_ID.search(text):
        text = _renamed(text)
    return text


def remote_hosts(text: str) -> list[str]:
    """The hosts from which a browser showing `text` would load something, in alphabetical order.

    Documents in `srcdoc` and `data:text/html` frames are looked into; a link to follow is no load.
    """
    hosts: set[str] = set()
    while True:
        hosts |= {(one or other).lower() for one, other in _LOADED.findall(text)}
        inner = html.unescape(text)
        if inner == text:
            return sorted(hosts)
        text = inner


def _name(text: str, random: str) -> str:
    return hashlib.sha256(text.replace(random, "").encode()).hexdigest()[: max(8, len(random))]


def _numbered(text: str, pattern: re.Pattern[str]) -> str:
    """Ids counted per process → ids counted within `text`, told from those of other texts by a digest of it."""
    names: dict[str, str] = {}
    digest = hashlib.sha256(pattern.sub("", text).encode()).hexdigest()[:8]
    for found in pattern.finditer(text):
        names.setdefault(found[0], f"sk-{found[1]}-id-{digest}-{len(names) + 1}")
    return pattern.sub(lambda found: names[found[0]], text)


def _renamed(text: str) -> str:
    """Names that end in 32 random hexadecimal digits → names that end in a digest and a counter."""
    bare = _NAME_WITH_ID.sub(r"\1", text)
    digest = hashlib.sha256(bare.encode()).hexdigest()[:24]
    names: dict[str, str] = {}
    for found in _NAME_WITH_ID.finditer(text):
        names.setdefault(found[2], f"{digest}{len(names):08x}")
    return _NAME_WITH_ID.sub(lambda found: found[1] + names[found[2]], text)
