"""What goes on in the background goes on, whatever fails, until it is stopped."""

import threading

import pytest
from django.db import OperationalError

from collector.rounds import Rounds

pytestmark = pytest.mark.usefixtures("db")


class Tried(Rounds):
    """Fails as often as it is told to."""

    def __init__(self, *troubles: Exception, pause_s: float = 0.0) -> None:
        super().__init__("trying", first_s=pause_s, look_s=1.0, again_s=7.0)
        self.troubles = list(troubles)
        self.done = threading.Event()

    def turn(self):
        if self.troubles:
            raise self.troubles.pop()
        self.done.set()


def test_what_fails_is_told_and_waits_longer(caplog):
    tried = Tried(OperationalError("database is locked"))

    assert (tried.attempt(), tried.attempt()) == (7.0, 1.0)
    assert "trying: database is locked; trying again in 7 s" in caplog.text


def test_a_mistake_of_ours_is_not_hidden():
    with pytest.raises(KeyError):
        Tried(KeyError("x")).attempt()


def test_it_ends_when_asked():
    tried = Tried()
    thread = threading.Thread(target=tried.run)
    thread.start()
    assert tried.done.wait(10)
    tried.stop()
    thread.join(10)

    assert not thread.is_alive()
