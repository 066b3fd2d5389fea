"""Events of a cell → its outputs: neighbouring text merged, progress settled, replaced outputs replaced."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from nbpublish.kernel.events import Cleared, Ended, Event, Shown, Text
from nbpublish.kernel.rich_html import steady_text
from nbpublish.kernel.terminal import overwrites, settle
from nbpublish.model import Channel, Output


@dataclass
class _Stretch:
    """Text of one channel with nothing of another kind between."""

    channel: Channel
    data: bytearray


@dataclass
class Transcript:
    """Collects the events of one cell."""

    end: Ended | None = None
    received: Counter[Channel] = field(default_factory=Counter)
    """Bytes of text by channel, marks of a cut left out."""
    is_cut: bool = False
    _items: list[_Stretch | Shown] = field(default_factory=list)
    _to_clear: bool = False

    def add(self, event: Event) -> None:
        if isinstance(event, Ended):
            self.end = event
        elif isinstance(event, Cleared):
            self._to_clear = event.wait
            if not event.wait:
                self._items.clear()
        else:
            if isinstance(event, Text):
                self.is_cut |= event.mark
                self.received[event.channel] += 0 if event.mark else len(event.data)
            self._put(event)

    def outputs(self) -> tuple[Output, ...]:
        """Everything so far, in order."""
        texts = [item.data.decode("utf-8", "replace") if isinstance(item, _Stretch) else "" for item in self._items]
        self._carry_bars_on(texts)
        found = []
        for item, text in zip(self._items, texts, strict=True):
            if isinstance(item, Shown):
                found.append(item.output)
            elif text := settle(text):
                found.append(Output(item.channel, {"text/plain": steady_text(text)}))
        return tuple(found)

    def _put(self, event: Text | Shown) -> None:
        if self._to_clear:
            self._items.clear()
            self._to_clear = False
        last = self._items[-1] if self._items else None
        if isinstance(event, Shown):
            self._show(event)
        elif isinstance(last, _Stretch) and last.channel == event.channel:
            last.data += event.data
        elif event.data:
            self._items.append(_Stretch(event.channel, bytearray(event.data)))

    def _show(self, event: Shown) -> None:
        """An update replaces every output with its id; where there is none (it is another cell's), it is shown here."""
        replaced = False
        for index, item in enumerate(self._items):
            if event.update and isinstance(item, Shown) and event.display_id and item.display_id == event.display_id:
                self._items[index] = event
                replaced = True
        if not replaced:
            self._items.append(event)

    def _carry_bars_on(self, texts: list[str]) -> None:
        """Move an unfinished line to where the same channel writes over it.

        A progress bar on stderr between printed lines would otherwise leave one copy of itself before each of them.
        """
        last: dict[Channel, int] = {}
        for index, item in enumerate(self._items):
            if not isinstance(item, _Stretch):
                continue
            if item.channel in last and overwrites(texts[index]):
                before, newline, unfinished = texts[last[item.channel]].rpartition("\n")
                texts[last[item.channel]] = before + newline
                texts[index] = unfinished + texts[index]
            last[item.channel] = index
