"""Gives the installed door, as it stands, a virtual camera in the place of a Pi's: see `tests.device.virtual_camera`."""

import sys


class Camera:
    """Found on the way to picamera2, which is then changed before anybody has it."""

    def find_spec(self, name, path=None, target=None):
        if name != "picamera2":
            return None
        sys.meta_path.remove(self)
        from tests.device import virtual_camera

        virtual_camera.install()
        return sys.modules[name].__spec__


sys.meta_path.insert(0, Camera())
