"""What the centre wants of a door, taken up without a restart and kept over one."""

import json
import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import cues, words
from kiosk.adopting import Adopting
from kiosk.devices import Devices
from kiosk.effects import Sound
from kiosk.errors import JournalFailed, SettingsError
from kiosk.events import Called, CodesRead, KeyPressed, Tick
from kiosk.flow import step
from kiosk.flow.answering import IDENTIFY_S
from kiosk.health import Health
from kiosk.laying import laid_over
from kiosk.loop import Loop
from kiosk.manner import Manner, Plate
from kiosk.model import Moment, Reason, Status, Verdict
from kiosk.orders import Identify, Restart, Shut
from kiosk.proof import NOBODY
from kiosk.rules import Policy, Way
from kiosk.settings import Settings
from kiosk.signals import Colour, Glow, Pattern
from kiosk.states import Memory, OutOfOrder, Saving, Showing, Typing, Waiting
from kiosk.store.inbox import CommandRow, Inbox
from kiosk.store.journal import SqliteJournal
from kiosk.store.orders import OrderBook
from kiosk.tokens import Tokens, office_code_key
from kiosk.verbosity import OWN as OWN_LOGS
from kiosk.views import lamp, view
from tests import people
from tests.fakes import (
    MORNING,
    FakeClock,
    FakeJournal,
    FakeLamp,
    FakeLight,
    FakeScreen,
    FakeVoice,
    FakeWorker,
)
from tests.kiosk.books import BOOT
from tests.kiosk.doors import manner as manner_of

unhurried = settings(deadline=None)
OWN = Settings.model_validate(
    {
        "place": {"name": "Ủy ban", "help_desk": "0212 111 111"},
        "door": {"name": "Cửa chính", "same_code_s": 3.5},
        "devices": {"scanner": "simulated"},
    }
)
KEY = {"id": "day-1", "public": "A" * 43, "begins": "2026-11-22T17:00:00Z"}
TOLD = {
    "place": "UBND phường Chiềng An",
    "kind": "checkpoint",
    "door": "Cửa sau",
    "direction": "out",
    "zone": "Europe/Vienna",
    "hours": "",
    "notice": "Đóng cửa lúc 16 giờ",
    "help_desk": "",
    "languages": ["en", "vi"],
    "code": "https://example.org/chieng-an",
    "self_service": False,
    "asks_phone": True,
    "duty_minutes": 45,
    "questions": [{"id": "fever", "text": {"vi": "Quý vị có sốt không?"}, "personal": True}],
    "guards": [
        {
            "name": "Lò Văn An",
            "pin_hash": "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
            "badge_hash": "ab" * 32,
        },
        {"name": "Quàng Thị Bình", "right": "something_else"},
    ],
    "sealing_keys": [KEY],
    "signing_keys": {"key-1": "A" * 43},
}


def document(**change):
    return json.dumps(TOLD | change)


class Box:
    """A door's ear on a real disk, and the bridge that puts things there."""

    def __init__(self, folder, settings=OWN):
        self._folder, self._settings = folder, settings
        self.inbox = Inbox(folder)
        self.clock = FakeClock()
        self.counter = 0
        self.code_key = None
        self.open()

    def open(self):
        """As when the door starts."""
        self.journal = SqliteJournal(self._folder, boot=BOOT)
        book = OrderBook(self.journal.file, self._folder)
        self.ear = Adopting(self._settings, NOBODY, book, self.journal, self.code_key)
        self.manner = self.ear.begin()
        return self

    def close(self):
        self.journal.close()

    def restart(self):
        self.close()
        return self.open()

    def tell(self, **change):
        self.counter += 1
        self.inbox.keep_config(self.counter, document(**change))
        return self.look()

    def order(self, name, late=timedelta(minutes=1), **arguments):
        self.counter += 1
        told = json.dumps({"name": name, **arguments})
        self.inbox.keep_command(
            CommandRow(
                counter=self.counter, id=str(uuid4()), name=name, arguments=told, deadline=MORNING + late
            )
        )
        return self.look()

    def look(self):
        return list(self.ear.look(self.clock.now()))

    def results(self):
        return [(result.name, result.status) for result in self.inbox.results()]


@pytest.fixture
def box(tmp_path):
    built = Box(tmp_path)
    yield built
    built.close()
    built.inbox.close()


def test_a_configuration_lies_over_the_boxs_own_settings():
    laid = laid_over(OWN, document())

    assert (laid.settings.place.name, laid.settings.door.name) == ("UBND phường Chiềng An", "Cửa sau")
    assert (laid.settings.place.zone, laid.settings.place.languages) == ("Europe/Vienna", ("en", "vi"))
    assert (laid.settings.door.direction, laid.settings.place.notice) == (Way.OUT, "Đóng cửa lúc 16 giờ")
    assert (laid.settings.place.code, laid.settings.door.duty_s) == ("https://example.org/chieng-an", 2700)
    assert (laid.settings.place.self_service, laid.settings.place.asks_phone) == (False, True)
    assert [question.id for question in laid.settings.questions] == ["fever"]
    assert [key.id for key in laid.keys] == ["day-1"]


def test_what_it_does_not_speak_of_stays_as_the_box_has_it():
    laid = laid_over(OWN, document(door=""))

    assert (laid.settings.place.help_desk, laid.settings.door.name) == ("0212 111 111", "Cửa chính")
    assert laid.settings.devices == OWN.devices
    assert laid.settings.door.same_code_s == 3.5


@pytest.mark.parametrize("told", [True, False])
def test_the_centre_says_whether_the_office_code_changes(told):
    own = OWN.model_copy(update={"place": OWN.place.model_copy(update={"code_changes": not told})})

    assert laid_over(own, document(code_changes=told)).settings.place.code_changes is told
    assert laid_over(own, document()).settings.place.code_changes is False


def test_only_a_box_with_a_key_has_a_code_that_changes(box):
    (manner,) = box.tell(code_changes=True)
    assert manner.tokens is None

    box.code_key = office_code_key(b"p" * 32)
    box.restart()
    assert box.manner.tokens == Tokens("kiosk-1", box.code_key)
    assert repr(box.manner.tokens) == "Tokens(kiosk='kiosk-1')"
    (manner,) = box.tell(code_changes=False)
    assert manner.tokens is None


def test_a_public_place_keeps_no_names_whatever_keys_it_is_told():
    assert laid_over(OWN, document(kind="public")).keys == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"languages": ["fr"]}, "fr"),
        ({"languages": ["vi", "fr"]}, "fr"),
        ({"languages": []}, "place.languages = "),
        ({"guards": [{"name": "An"}, {"name": "An"}]}, "guards: name An stands twice"),
        ({"questions": [{"id": "fever", "text": {}}]}, "questions.0.text"),
        ({"zone": "Asia/Nowhere"}, "place.zone = 'Asia/Nowhere': no such time zone"),
        ({"direction": "up"}, "door.direction"),
        ({"place": "x" * 81}, "place.name"),
        ({"sealing_keys": [{"id": "a"}]}, "not what a centre tells"),
        ({"sealing_keys": [KEY | {"public": "AAAA"}]}, "not what a centre tells"),
    ],
)
def test_what_a_door_cannot_do_is_refused_with_a_reason(change, said):
    with pytest.raises(SettingsError, match=said.replace(".", r"\.")):
        laid_over(OWN, document(**change))


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "7"])
def test_what_is_no_configuration_is_refused(text):
    with pytest.raises(SettingsError):
        laid_over(OWN, text)


@unhurried
@given(
    st.sampled_from(sorted(TOLD)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_whatever_a_configuration_says_is_taken_up_or_refused(field, value):
    try:
        laid = laid_over(OWN, document(**{field: value}))
    except SettingsError:
        pass
    else:
        assert isinstance(laid.settings.place.notice, str)


def test_a_door_that_was_told_nothing_does_as_its_settings_say(box):
    assert (box.manner.plate.place, box.manner.words[0].language) == ("Ủy ban", "vi")
    assert box.look() == []


def test_a_configuration_is_taken_up_while_the_door_is_open(box):
    (manner,) = box.tell()

    assert isinstance(manner, Manner)
    assert (manner.plate.place, manner.plate.notice) == ("UBND phường Chiềng An", "Đóng cửa lúc 16 giờ")
    assert (manner.policy.way, manner.words[0].language) == (Way.OUT, "en")
    assert [key.id for key in box.journal.sealer.keys] == ["day-1"]
    assert box.inbox.config_in_force() == document()
    assert box.look() == []


def test_it_is_in_force_for_ever(box):
    box.tell()
    box.restart()

    assert box.manner.plate.place == "UBND phường Chiềng An"
    assert [key.id for key in box.journal.sealer.keys] == ["day-1"]


def test_one_that_this_door_cannot_do_changes_nothing_and_is_told_once(box, caplog):
    box.tell()
    assert box.tell(languages=["fr"]) == []
    box.look()

    assert [message for message in caplog.messages if "refused" in message] == [
        "configuration 2 refused: languages: 'fr': no such language; there are en, vi; the one before it stays in force"
    ]
    assert box.inbox.config_in_force() == document()
    assert box.restart().manner.plate.place == "UBND phường Chiềng An"


def test_a_door_of_a_later_version_takes_up_what_an_earlier_one_could_not(box, monkeypatch):
    box.tell(languages=["fr"], place="La mairie")
    monkeypatch.setattr(words, "languages", lambda: ["en", "fr", "vi"])
    monkeypatch.setattr("kiosk.settings.languages", lambda: ["en", "fr", "vi"])
    monkeypatch.setattr(words, "load", lambda language: words.Words(language, {}))

    assert box.restart().manner.plate.place == "La mairie"


def test_only_the_last_of_several_is_taken_up(box):
    for number in (1, 2, 3):
        box.inbox.keep_config(number, document(door=f"Cửa {number}"))

    assert [manner.plate.door for manner in box.look()] == ["Cửa 3"]


@pytest.mark.parametrize(("name", "order"), [("identify", Identify()), ("restart", Restart())])
def test_a_command_is_done_once(box, name, order):
    assert box.order(name) == [order]
    assert box.look() == []
    assert box.restart().look() == []
    assert box.results() == [(name, "done")]


def test_a_door_logs_more_for_a_while_and_then_as_before(box):
    ours = logging.getLogger("kiosk")
    try:
        assert box.order("log_level", level="debug", minutes=5) == []
        assert (box.results(), ours.level) == ([("log_level", "done")], logging.DEBUG)

        box.clock.move(299)
        box.look()
        assert ours.level == logging.DEBUG

        box.clock.move(2)
        box.look()
        assert ours.level == logging.NOTSET
    finally:
        for name in OWN_LOGS:
            logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_support_bundle_is_left_to_the_bridge(box):
    assert box.order("support_bundle") == []
    assert box.results() == []
    assert len(box.inbox.open("support_bundle")) == 1


def test_a_door_that_is_put_out_of_order_stays_so_over_a_restart_until_it_is_put_back(box):
    assert box.order("out_of_order", on=True, notice="Mất điện") == [Shut("Mất điện")]
    assert box.restart().look() == [Shut("Mất điện")]
    assert box.order("out_of_order", on=True) == [Shut("")]
    assert box.order("out_of_order", on=False) == [Shut(None)]
    assert box.restart().look() == []


def test_a_command_past_its_deadline_is_not_done(box):
    assert box.order("identify", late=timedelta(seconds=-1)) == []
    assert box.results() == [("identify", "expired")]


def test_a_door_whose_clock_is_not_set_cannot_tell_what_is_late(box):
    box.clock.moment = Moment(MORNING + timedelta(days=99), 1000.0, trusted=False)

    assert box.order("identify") == [Identify()]


def test_a_command_that_the_bridge_knows_and_the_door_does_not_is_refused(box):
    assert box.order("dance") == []
    assert box.results() == [("dance", "refused")]


def test_a_disk_that_fails_leaves_a_command_undone(box):
    box.journal.file.db.execute("PRAGMA query_only = 1")
    with pytest.raises(JournalFailed):
        box.order("identify")
    box.journal.file.db.execute("PRAGMA query_only = 0")

    assert box.look() == [Identify()]


def test_a_disk_that_refuses_at_first_keeps_no_door_from_what_is_in_force(box, monkeypatch):
    box.tell()
    box.close()
    with monkeypatch.context() as patch:
        patch.setattr(OrderBook, "configs", fail)
        assert box.open().manner.plate.place == "Ủy ban"

    (manner,) = box.look()

    assert manner.plate.place == "UBND phường Chiềng An"
    assert [key.id for key in box.journal.sealer.keys] == ["day-1"]


def fail(*_):
    raise JournalFailed("journal: cannot read the configuration: disk I/O error")


NOW = FakeClock().now()
POLICY = Policy(OWN.zone)
ALARM = Showing(verdict=Verdict(Reason.NOT_SAVED), since=NOW, until_s=None)
PLATE = Plate("UBND", "Cửa chính")


@pytest.mark.parametrize(
    "state",
    [Waiting(), Typing(memory=Memory(typed="09", typed_until_s=2000.0)), OutOfOrder()],
)
def test_a_box_that_is_called_shows_and_sounds_it_for_ten_seconds(state):
    clock = FakeClock()
    shown, effects = step(state, Called(), clock.now(), POLICY)

    assert [effect.cue for effect in effects if isinstance(effect, Sound)] == [cues.IDENTIFY]
    assert lamp(shown, clock.now()) == Glow(Colour.WHITE, Pattern.BLINKING)
    late = clock.move(IDENTIFY_S - 0.1)
    assert lamp(step(shown, Tick(), late, POLICY)[0], late) == Glow(Colour.WHITE, Pattern.BLINKING)
    over, _ = step(shown, Tick(able=not isinstance(state, OutOfOrder)), clock.move(0.2), POLICY)
    assert (type(over), over.memory.typed) == (type(state), state.memory.typed)


def test_visitors_are_served_while_a_box_is_called():
    shown, _ = step(Waiting(), Called(), NOW, POLICY)

    assert step(shown, CodesRead((people.CCCD,)), NOW, POLICY)[1]
    assert isinstance(step(shown, KeyPressed("5"), NOW, POLICY)[0], Typing)


@pytest.mark.parametrize("state", [ALARM, Saving(verdict=Verdict(Reason.WELCOME), at=NOW)])
def test_what_must_stay_on_the_screen_stays_while_a_box_is_called(state):
    after, (sound,) = step(state, Called(), NOW, POLICY)

    assert (after, sound.cue) == (state, cues.IDENTIFY)


@pytest.mark.parametrize(
    ("shut", "note"), [("Mất điện", "Mất điện"), ("", "Please see the guard"), (None, "Please see the guard")]
)
def test_a_door_that_is_put_out_of_order_says_what_the_centre_says(shut, note):
    assert view(OutOfOrder(), Status(shut=shut), NOW, manner_of(None, "en", plate=PLATE)).note == note


def test_a_notice_stands_there_while_nobody_is_at_the_door():
    door = manner_of(plate=Plate("UBND", "Cửa chính", notice="Đóng cửa lúc 16 giờ"))

    assert view(Waiting(), Status(), NOW, door).notice == "Đóng cửa lúc 16 giờ"
    assert view(Typing(), Status(), NOW, door).notice == ""


class FakeOrders:
    """Orders that the test gives."""

    def __init__(self):
        self.given = []

    def look(self, now):
        given, self.given = self.given, []
        return given


class Door:
    """A door of fakes with orders."""

    def __init__(self):
        self.orders, self.clock = FakeOrders(), FakeClock()
        self.screen, self.lamp, self.buzzer = FakeScreen(), FakeLamp(), FakeWorker()
        self.loop = Loop(
            devices=Devices(
                FakeWorker(),
                FakeWorker(),
                self.screen,
                self.buzzer,
                self.lamp,
                FakeVoice(),
                FakeLight(),
                FakeWorker(),
            ),
            journal=FakeJournal(),
            clock=self.clock,
            manner=manner_of(POLICY, plate=PLATE),
            health=Health(None),
            orders=self.orders,
        )

    def give(self, *orders):
        self.orders.given = list(orders)
        self.clock.move(2)
        self.loop.turn()
        return self.screen.views[-1]


def test_the_loop_takes_up_a_manner_at_once():
    plate = Plate("La mairie", "")

    seen = Door().give(manner_of(Policy(OWN.zone, Way.IN), "en", plate=plate))

    assert (seen.place, seen.way, seen.headline) == (
        "La mairie",
        "Entrance",
        "Hold your card or code to the camera",
    )


def test_the_loop_shuts_and_opens_the_door():
    door = Door()

    seen = door.give(Shut("Mất điện"))
    assert (seen.state, seen.note, door.lamp.glows[-1].colour) == ("out_of_order", "Mất điện", Colour.RED)
    assert door.give().state == "out_of_order"
    assert door.give(Shut(None)).state == "waiting"


def test_the_loop_says_which_box_it_is():
    door = Door()

    seen = door.give(Identify())

    assert (seen.headline, seen.reason) == ("ĐÂY LÀ MÁY CẦN TÌM", Reason.IDENTIFY)
    assert door.buzzer.played == [cues.IDENTIFY]


def test_the_loop_ends_for_a_restart():
    door = Door()
    door.orders.given = [Restart()]

    door.loop.run()

    assert door.screen.closed
