"""A value's fingerprint: equal only where no program could tell the values apart.

`walk` visits a value and everything in it without recursion, `stream` turns what it meets into bytes and the bytes
into a digest, and a handler for each kind of object says what it consists of. What no handler can tell completely is
*opaque* and has no fingerprint. No line of the author's code runs.
"""

from nbpublish.kernel.fingerprint.walk import Opaque, Walk, fingerprint, opacity

__all__ = ["Opaque", "Walk", "fingerprint", "opacity"]
