"""Frames over two descriptors: two lengths (4 bytes each, big-endian), JSON, then bytes that the JSON points into."""
import json
import os
import struct
import threading
from contextlib import contextmanager


class Channel:
    def __init__(self, incoming, outgoing):
        self._in, self._out = incoming, outgoing
        self._lock, self._events = threading.RLock(), []
        self._is_busy, self._is_interrupted = False, False

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
        with self._lock, self._whole():
            view = memoryview(frame)
            while view:
                view = view[os.write(self._out, view) :]

    def tell(self, event):
        """Keeps an event for the next `flush`."""
        with self._lock:
            self._events.append(event)

    def flush(self, **more):
        with self._lock:
            events, self._events = self._events, []
            if events or more:
                self.write({"events": events, **more})

    def may_go_on(self):
        """Asks whoever follows the events whether the run may go on; costs a round trip."""
        with self._lock, self._whole():
            self.flush(asks=True)
            word = self.read()
        return word is not None and not word["stop"]

    def interrupt(self):
        """Raises KeyboardInterrupt: now, or at the end of the frame that is under way."""
        if not self._is_busy:
            raise KeyboardInterrupt
        self._is_interrupted = True

    # In the midst of a frame nothing may interrupt: the rest of it would be taken for another.
    @contextmanager
    def _whole(self):
        was, self._is_busy = self._is_busy, True
        try:
            yield
        finally:
            self._is_busy = was
        if self._is_interrupted and not was:
            self._is_interrupted = False
            raise KeyboardInterrupt

    def _exactly(self, size):
        parts = []
        while size > 0:
            part = os.read(self._in, min(size, 1 << 20))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
