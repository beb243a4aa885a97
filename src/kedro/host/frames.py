"""Frames over two descriptors: two lengths (4 bytes each, big-endian), JSON, then bytes that the JSON points into."""
import json
import os
import struct
import threading


class Channel:
    def __init__(self, incoming, outgoing):
        self._in, self._out = incoming, outgoing
        self._lock = threading.Lock()

    def read(self):
        """The next frame, or None at the end."""
        head = self._exactly(8)
        if head is None:
            return None
        text, extra = struct.unpack(">II", head)
        body = self._exactly(text) if text else b""
        attached = self._exactly(extra) if extra else b""
        if body is None or attached is None:
            return None
        message = json.loads(body)
        message["attached"] = attached
        return message

    def write(self, message, attached=()):
        body = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
        frame = b"".join((struct.pack(">II", len(body), sum(map(len, attached))), body, *attached))
        with self._lock:
            view = memoryview(frame)
            while view:
                view = view[os.write(self._out, view) :]

    def _exactly(self, size):
        parts = []
        while size > 0:
            part = os.read(self._in, min(size, 1 << 20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
