"""
Makes the real picamera2 work with libcamera's virtual camera, which shows picture files, on any machine.

Call `install()` before anything imports picamera2; the code under test needs no change. What stands in the
way, and what is done about it:

- picamera2 imports `pykms`, which drives a display and exists on a Pi only: an empty one takes its place.
- picamera2 asks every camera for its raw modes, which the virtual one refuses to tell: the answer of a USB
  camera is given.
- picamera2 takes its memory from the kernel's dma-heap, which a machine for tests seldom has, and describes it
  as one plane, where the virtual camera writes brightness and colour as two: plain memory in two planes.
- the virtual camera runs as fast as the processor allows: it is slowed down to `FRAMES_PER_S`.
"""

import mmap
import os
import sys
import time
import types
from threading import Event

FRAMES_PER_S = 30

CABLE = Event()
"""Whether frames reach picamera2; while it is cleared, they are lost as with a loose cable."""
CABLE.set()


class _Names:
    """Any attribute is its own name."""

    def __getattr__(self, name):
        return name


def install():
    """Change picamera2 within this process as the module says."""
    display = types.ModuleType("pykms")
    display.PixelFormat = _Names()
    sys.modules["pykms"] = display

    import libcamera
    from picamera2 import picamera2

    camera = picamera2.Picamera2
    process_requests = camera.process_requests

    def raw_modes(self):
        stream = self.camera.generate_configuration([libcamera.StreamRole.Viewfinder]).at(0)
        return [{"format": str(stream.pixel_format), "size": (stream.size.width, stream.size.height)}]

    def paced(self, display):
        due_s = getattr(self, "_due_s", 0.0)
        Event().wait(max(0.0, due_s - time.monotonic()))
        self._due_s = time.monotonic() + 1 / FRAMES_PER_S
        if not CABLE.is_set():
            with self._requestslock:
                lost, self._requests = self._requests, []
            for request in lost:
                request.release()
            return
        process_requests(self, display)

    camera._get_raw_modes = raw_modes
    camera.process_requests = paced
    picamera2.DmaAllocator = _memory()


def _memory():
    import libcamera
    from picamera2.allocators.allocator import Allocator, Sync

    class View(Sync):
        """A buffer's memory, seen while it is looked at."""

        def __init__(self, _allocator, buffer, _write):
            length = sum(plane.length for plane in buffer.planes)
            self._memory = mmap.mmap(buffer.planes[0].fd, length)

        def __enter__(self):
            return self._memory

        def __exit__(self, *_):
            self._memory.close()

    class Memory(Allocator):
        """Buffers in plain memory, each of a plane of brightness and a plane of colour."""

        def __init__(self):
            super().__init__()
            self.sync = View
            self._buffers = {}

        def allocate(self, libcamera_config, _use_case):
            self._buffers = {
                stream.stream: [self._buffer(stream) for _ in range(stream.buffer_count)]
                for stream in libcamera_config
            }

        def buffers(self, stream):
            return self._buffers[stream]

        def _buffer(self, stream):
            memory = os.memfd_create("frame", os.MFD_CLOEXEC)
            os.ftruncate(memory, stream.frame_size)
            luma_bytes = stream.stride * stream.size.height
            planes = []
            for offset, length in ((0, luma_bytes), (luma_bytes, stream.frame_size - luma_bytes)):
                plane = libcamera.FrameBuffer.Plane()
                plane.fd, plane.offset, plane.length = memory, offset, length
                planes.append(plane)
            buffer = libcamera.FrameBuffer(planes)
            os.close(memory)  # libcamera has made its own copies
            return buffer

    return Memory
