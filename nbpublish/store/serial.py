"""A trace ⇄ bytes that last: JSON, in which reading executes nothing.

The form follows the fields of the values in `model/`. Reading is strict: a field that is missing, unknown or of
another type makes the whole trace unreadable, so bytes written by another version are a miss and never a guess.
Output that is longer than `INLINE` is kept beside the trace as a blob, and only its digest in the trace.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nbpublish.model import Output, Trace
from nbpublish.remembered import remembered
from nbpublish.store.fields import UnreadableError, codec, pack, unpack

INLINE = 4096
"""Bytes of output up to which it stands in the trace itself."""

Put = Callable[[bytes], str]
"""Keeps bytes and gives their digest."""
Get = Callable[[str], bytes | None]
"""The bytes with a digest, or None where they are gone."""


def encode(trace: Trace, put: Put, *, inline: int = INLINE) -> bytes:
    """A trace as JSON. Raises UnwritableError for outputs that are no mimebundles.

    The blobs are there when this returns, so that whatever is then written never refers to nothing.
    """
    fields: dict[str, Any] = _trace.write(trace)
    fields["outputs"] = [_written(output, put, inline) for output in trace.outputs]
    return _json(fields)


def decode(data: bytes, get: Get) -> Trace:
    """The trace that `encode` wrote. Raises UnreadableError for other bytes, and where a blob is gone."""
    fields = _fields(data)
    outputs = fields.get("outputs")
    if not isinstance(outputs, list):
        raise UnreadableError("no outputs")
    try:
        trace: Trace = _trace.read({**fields, "outputs": [_read(output, get) for output in outputs]})
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    return trace


@remembered  # a preview asks for the same ones after each save
def decode_whole(data: bytes) -> Trace | None:
    """The same for a trace that refers to no blob, and remembered; None for any other."""
    try:
        return decode(data, lambda digest: None)
    except UnreadableError:
        return None


@dataclass(frozen=True, slots=True)
class References:
    """Digests of the blobs that a trace refers to."""

    outputs: frozenset[str]
    values: frozenset[str]


def references(data: bytes) -> References:
    """Which blobs an encoded trace refers to. Raises UnreadableError as `decode` does."""
    fields = _fields(data)
    try:
        parts = [part for output in fields["outputs"] for _, part in output["data"]]
        outputs = frozenset(part[1] for part in parts if part[0].endswith("@"))
        values = frozenset(version["blob"] for version in fields["versions"].values() if version["blob"])
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        raise UnreadableError(str(error)) from error
    return References(outputs, values)


def _json(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")  # authors print broken text too


def _fields(data: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(fields, dict):
        raise UnreadableError("not an object")
    return fields


# --- outputs --------------------------------------------------------------------------------------------------------
# The data of an output is a list of [mimetype, [kind, content]], for the order of a mimebundle is kept. The kind says
# what the content is: `text`, `bytes` (in base 64) or `json`; with an `@` it is the digest of the blob that holds it.


def _written(output: Output, put: Put, inline: int) -> dict[str, Any]:
    fields: dict[str, Any] = _output.write(output)
    fields["data"] = [[mimetype, _part(value, put, inline)] for mimetype, value in output.data.items()]
    return fields


def _part(value: Any, put: Put, inline: int) -> list[Any]:
    if isinstance(value, str):
        kind, short, data = "text", value, value.encode("utf-8", "surrogatepass")
    elif isinstance(value, bytes):
        kind, short, data = "bytes", "", value
    else:
        kind, short = "json", pack(value)
        data = _json(short)
    if len(data) > inline:
        return [f"{kind}@", put(data)]
    return [kind, b64encode(data).decode() if kind == "bytes" else short]


def _read(output: Any, get: Get) -> Output:
    if not isinstance(output, dict):
        raise UnreadableError("no output")
    data = {mimetype: _whole(kind, content, get) for mimetype, (kind, content) in output.get("data", ())}
    whole: Output = _output.read({**output, "data": data})
    return whole


def _whole(kind: str, content: Any, get: Get) -> Any:
    if kind == "text" and isinstance(content, str):
        return content
    if kind == "json":
        return unpack(content)
    if kind == "bytes":
        return b64decode(content, validate=True)
    data = get(content) if kind.endswith("@") and isinstance(content, str) else None
    if data is None:
        raise UnreadableError(f"the blob {content} is gone")
    if kind == "bytes@":
        return data
    text = data.decode("utf-8", "surrogatepass")
    return text if kind == "text@" else unpack(json.loads(text))


def _same(value: Any) -> Any:
    return value


_output = codec(Output, {"data": (_same, _same)})
_trace = codec(Trace, {"outputs": (_same, tuple)})

