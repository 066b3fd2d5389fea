"""What a cell printed."""

from __future__ import annotations

from collections.abc import Iterable

from nbpublish.model import Output
from nbpublish.page import ansi
from nbpublish.page.context import Context
from nbpublish.page.html import escape

_SHOWN = 20
"""Lines of a long text that stay visible; a text only a little longer than the limit is not worth folding."""
_WIDE = 20_000
"""Characters of a text without lines that count as long."""


def merged(outputs: Iterable[Output]) -> list[Output]:
    """Adjacent texts of one stream joined, as a terminal would show them."""
    joined: list[Output] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.channel in ("stdout", "stderr") and last.channel == output.channel:
            text = str(last.data.get("text/plain", "")) + str(output.data.get("text/plain", ""))
            joined[-1] = Output(output.channel, {"text/plain": text}, last.metadata)
        else:
            joined.append(output)
    return joined


def stream(output: Output, context: Context) -> str:
    """Text of stdout or stderr, coloured where it was; a long one folded after its first lines."""
    text = ansi.overwritten(str(output.data.get("text/plain", "")))
    return preformatted(text, f"nb-stream nb-{output.channel}", context)


def preformatted(text: str, kind: str, context: Context) -> str:
    """A `pre` of the class `kind`. Blank text gives nothing."""
    text = text.rstrip()
    if not ansi.plain(text).strip():
        return ""
    lines = text.split("\n")
    if len(lines) <= context.settings.long_lines and len(text) <= _WIDE:
        return f'<pre class="{kind}">{ansi.to_html(text)}</pre>'
    if len(lines) <= context.settings.long_lines:
        summary = escape(context.words("stream.whole"))
        head, rest = f'<pre class="{kind}">{ansi.to_html(ansi.plain(text)[:500])} …</pre>', text
    else:
        summary = escape(context.words("stream.more", count=len(lines) - _SHOWN))
        head = f'<pre class="{kind}">{ansi.to_html(chr(10).join(lines[:_SHOWN]))}</pre>'
        rest = "\n".join(lines[_SHOWN:])
    fold = f'<details class="nb-fold nb-long"><summary>{summary}</summary>'
    return f'{head}{fold}<pre class="{kind}">{ansi.to_html(rest)}</pre></details>'
