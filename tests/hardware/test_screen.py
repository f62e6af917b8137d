"""What people see first."""

import os
import stat
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pygame
import pytest

from hardware import drawings
from hardware.drawings import draw
from hardware.frame import Frame
from hardware.layout import Box
from hardware.marks import draw_mark
from hardware.page import Mark
from hardware.painting import Painter
from hardware.rehearsal import REHEARSED
from hardware.screen import PygameScreen
from hardware.theme import Ground, Role, ground
from hardware.viewfinder import VIEWFINDER
from kiosk.errors import DeviceClosed, DeviceMissing
from kiosk.reports import Closing, KeyPress
from kiosk.signals import Choice, Mood, Picture, Row, Sign, SignKind, View

SIZES = [
    (1024, 600),
    (600, 1024),
    (1920, 1200),
    (1200, 1920),
    (1024, 768),
]

SIGNS = (
    Sign(SignKind.LINE_DOWN, "Mất mạng · 128 lượt chờ gửi"),
    Sign(SignKind.CLOCK_UNTRUSTED, "Đồng hồ chưa chỉnh"),
    Sign(SignKind.CAMERA_LOST, "Mất camera"),
    Sign(SignKind.KEYPAD_LOST, "Mất bàn phím"),
)


def view(state, mood, picture, headline, **more):
    common = {
        "place": "Ủy ban nhân dân phường Tân Lập, thành phố Buôn Ma Thuột",
        "door": "Cửa chính",
        "way": "Vào và ra",
        "time": "08:15",
    }
    return View(state=state, mood=mood, picture=picture, headline=headline, **{**common, **more})


KEYS = (Choice("*", "Xoá"), Choice("#", "Xong"))
LONG_NAME = "NGUYỄN P. H. T. TƯỜNG VY · 1990"
WAITING = view(
    "waiting",
    Mood.NEUTRAL,
    Picture.CARD,
    "Mời đưa thẻ hoặc mã QR trước camera",
    keys=(Choice("*", "Bấm số nếu không có mã"),),
    aiming=True,
)
WELCOME = view(
    "showing", Mood.GREEN, Picture.TICK, "XIN CHÀO", name="NGUYỄN V. THỬ · 1999", detail="VÀO 08:15"
)
TYPING = view(
    "typing",
    Mood.NEUTRAL,
    Picture.KEYPAD,
    "Nhập số điện thoại hoặc số căn cước",
    digits="0982 688 084",
    types=True,
    keys=KEYS,
)
VIEWS = {
    "waiting": WAITING,
    "welcome": WELCOME,
    "typing": TYPING,
    "welcome to a long name": view(
        "showing", Mood.GREEN, Picture.TICK, "XIN CHÀO", name=LONG_NAME, detail="VÀO 08:15", note="Cửa phụ"
    ),
    "goodbye": view(
        "showing",
        Mood.BLUE,
        Picture.ARROW_OUT,
        "TẠM BIỆT",
        name=LONG_NAME,
        detail="RA 10:40",
        note="Ở lại 2 giờ 25 phút",
    ),
    "already": view("showing", Mood.AMBER, Picture.CLOCK, "ĐÃ GHI NHẬN LÚC 08:05", name=LONG_NAME),
    "refused": view(
        "showing",
        Mood.RED,
        Picture.CROSSED_CODE,
        "Mã thanh toán",
        note="Mời đưa thẻ căn cước hoặc mã QR cá nhân, hoặc bấm số",
    ),
    "typing, nothing yet": view(
        "typing", Mood.NEUTRAL, Picture.KEYPAD, "Nhập số", types=True, keys=(*KEYS, Choice("A", "Trợ giúp"))
    ),
    "typing, very long": view(
        "typing", Mood.NEUTRAL, Picture.KEYPAD, "Nhập số điện thoại", digits="001 199 012 345 678"
    ),
    "saving": view("saving", Mood.NEUTRAL, Picture.NONE, "Xin đợi…"),
    "not saved": view(
        "showing",
        Mood.RED,
        Picture.CROSS,
        "KHÔNG GHI ĐƯỢC",
        note="Mời gọi bảo vệ",
        keys=(Choice("#", "Bấm phím bất kỳ để tiếp tục"),),
    ),
    "out of order": view("out_of_order", Mood.GREY, Picture.PAUSE, "TẠM NGỪNG", note="Gọi 0200 000 000"),
    "waiting with a notice": view(
        "waiting",
        Mood.NEUTRAL,
        Picture.CARD,
        "Mời đưa thẻ hoặc mã QR trước camera",
        notice="Chiều thứ Sáu trụ sở nghỉ họp,\nmời quý khách quay lại sáng thứ Hai",
        code="https://example.vn/o/tan-lap",
        caption="Trang của cơ quan",
        keys=(Choice("*", "Bấm số nếu không có mã"),),
        aiming=True,
    ),
    "setting up before the camera": view(
        "setting_up",
        Mood.NEUTRAL,
        Picture.TOOLS,
        "ĐANG CÀI ĐẶT",
        note="4f2a 91c0 77de 0b13",
        rows=(Row("Kết nối mạng", "192.168.10.24", done=True), Row("Kết nối trung tâm", "đang chờ")),
        aiming=True,
    ),
    "a question with nine answers": view(
        "asking",
        Mood.NEUTRAL,
        Picture.QUESTION,
        "Quý vị đến gặp ai?",
        name=LONG_NAME,
        choices=tuple(Choice(str(number), f"Phòng {number}") for number in range(1, 10)),
    ),
    "a list of ten": view(
        "menu",
        Mood.NEUTRAL,
        Picture.GUARD,
        "Đang ở trong: 10",
        rows=tuple(Row(LONG_NAME, "vào 08:05", done=number == 3) for number in range(10)),
        turn="1/2",
        keys=KEYS,
    ),
    "nothing at all": View("saving", Mood.NEUTRAL, Picture.NONE, ""),
    "aiming at nothing": View("waiting", Mood.NEUTRAL, Picture.NONE, "", aiming=True),
}

every_view = pytest.mark.parametrize(
    ("shown", "signs"), list(product(VIEWS.values(), [(), SIGNS])), ids=lambda _: ""
)
every_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@pytest.fixture(autouse=True)
def no_camera():
    VIEWFINDER.clear()
    yield
    VIEWFINDER.clear()


@pytest.fixture(scope="module")
def painters():
    pygame.font.init()
    yield {size: Painter(*size) for size in SIZES}
    pygame.font.quit()


@pytest.fixture
def screen():
    opened = PygameScreen(driver="dummy", prepared=False)
    yield opened
    opened.close()


@pytest.fixture
def heard():
    return []


def with_signs(shown, signs):
    return replace(shown, signs=signs)


def pixels():
    return pygame.surfarray.array3d(pygame.display.get_surface())


def frame(number, luma):
    return Frame(luma=luma, number=number, monotonic_s=1.0)


def half_lit():
    """Bright on the camera's left."""
    luma = np.zeros((360, 640), dtype=np.uint8)
    luma[:, :320] = 255
    return luma


class TestPages:
    """Where things stand, without painting them."""

    @every_size
    @every_view
    def test_nothing_overlaps_anything(self, painters, size, shown, signs):
        page = painters[size].page(with_signs(shown, signs))
        for one, other in combinations(page.boxes, 2):
            assert not one.overlaps(other), (one, other)

    @every_size
    @every_view
    def test_nothing_leaves_the_screen(self, painters, size, shown, signs):
        page = painters[size].page(with_signs(shown, signs))
        assert all(Box(0, 0, *size).holds(box) for box in page.boxes)

    @every_size
    @every_view
    def test_what_lies_on_a_plate_stays_on_it_and_apart(self, painters, size, shown, signs):
        for plate in painters[size].page(with_signs(shown, signs)).plates:
            assert [part for part in plate.parts if not plate.box.holds(part)] == []
            assert not any(one.overlaps(other) for one, other in combinations(plate.parts, 2))

    @every_size
    @pytest.mark.parametrize("name", ["typing", "typing, nothing yet", "typing, very long"])
    def test_digits_and_caret_stay_in_their_field(self, painters, size, name):
        page = painters[size].page(VIEWS[name])
        (field,) = [plate for plate in page.plates if plate.box.holds(page.caret)]
        assert not any(page.caret.overlaps(text.box) for text in field.texts)

    @every_size
    def test_every_sign_is_shown(self, painters, size):
        page = painters[size].page(with_signs(WELCOME, SIGNS))
        assert [plate.mark[0] for plate in page.plates] == [sign.kind for sign in SIGNS]

    @every_size
    def test_signs_are_no_smaller_than_a_thirty_fourth_of_the_screen(self, painters, size):
        page = painters[size].page(with_signs(WAITING, SIGNS))
        sizes = [text.fitted.size_px for text, _ in page.written if text.role is Role.SIGN]
        assert min(sizes) >= min(size) / 34

    @pytest.mark.parametrize("size", [size for size in SIZES if size[0] >= 1.5 * size[1]])
    @pytest.mark.parametrize("name", ["waiting", "welcome", "goodbye", "refused", "out of order"])
    def test_a_headline_is_an_eighth_of_the_height(self, painters, size, name):
        page = painters[size].page(VIEWS[name])
        headline = next(text for text in page.texts if text.role is Role.HEADLINE)
        assert headline.fitted.size_px >= size[1] / 8

    def test_a_fourth_column_of_keys_is_drawn_where_a_letter_does_something(self, painters):
        page = painters[SIZES[0]].page(VIEWS["typing, nothing yet"])
        assert {plate.key for plate in page.plates if plate.key} == set("0123456789*#ABCD")

    def test_keys_lie_as_on_a_keypad(self, painters):
        page = painters[SIZES[0]].page(TYPING)
        keys = [plate for plate in page.plates if not plate.caps and plate.key]
        lying = sorted(keys, key=lambda plate: (plate.box.y, plate.box.x))
        assert [plate.key for plate in lying] == list("123456789*0#")

    def test_a_line_that_is_taken_back_is_struck_out(self, painters):
        page = painters[SIZES[0]].page(VIEWS["a list of ten"])
        struck = [text for text, _ in page.written if text.struck]
        assert [text.role for text in struck] == [Role.ROW]

    def test_a_step_that_is_done_is_ticked_off(self, painters):
        page = painters[SIZES[0]].page(VIEWS["setting up before the camera"])
        marks = [plate.mark[0] for plate in page.plates if plate.mark]
        assert marks == [Mark.DONE, Mark.TO_DO]
        assert not any(text.struck for text, _ in page.written)

    @pytest.mark.parametrize("shape", [16 / 9, 4 / 3, 1, 9 / 16])
    @every_size
    def test_the_pane_takes_the_shape_of_the_picture(self, painters, size, shape):
        pane = painters[size].page(WAITING, shape=shape).pane
        assert pane.width / pane.height == pytest.approx(shape, rel=0.03)

    @every_size
    def test_the_picture_is_not_small_when_nothing_else_asks_for_room(self, painters, size):
        pane = painters[size].page(WAITING).pane
        assert pane.width >= (0.55 if size[1] > size[0] else 0.36) * size[0]

    def test_a_page_tells_no_name_when_it_is_logged(self, painters):
        assert "TƯỜNG" not in repr(painters[SIZES[0]].page(VIEWS["goodbye"]))


class TestPainting:
    """Pixels in memory."""

    @every_view
    def test_every_view_can_be_painted(self, screen, shown, signs):
        screen.show(with_signs(shown, signs))
        assert len(np.unique(pixels())) > 1

    @pytest.mark.parametrize("mood", Mood)
    def test_a_mood_fills_the_screen_to_its_edges(self, screen, mood):
        screen.show(view("showing", mood, Picture.TICK, "XIN CHÀO"))
        for corner in ((0, 0), (-1, 0), (0, -1), (-1, -1)):
            assert tuple(pixels()[corner]) == ground(Ground.BARE, mood)

    @pytest.mark.parametrize("mood", Mood)
    def test_by_night_a_mood_is_darker(self, screen, mood):
        screen.show(view("showing", mood, Picture.TICK, "XIN CHÀO", night=True))
        assert tuple(pixels()[0, 0]) == ground(Ground.BARE, mood, night=True)
        assert sum(ground(Ground.BARE, mood, night=True)) < sum(ground(Ground.BARE, mood))

    def test_a_view_differs_from_the_next(self, screen):
        screen.show(WAITING)
        before = pixels()
        screen.show(WELCOME)
        assert not np.array_equal(before, pixels())

    def test_the_same_view_is_painted_the_same(self, screen):
        screen.show(WELCOME)
        before = pixels()
        screen.show(WAITING)
        screen.show(WELCOME)
        assert np.array_equal(before, pixels())

    @pytest.mark.parametrize("picture", [picture for picture in Picture if picture is not Picture.NONE])
    def test_every_drawing_has_ink_and_ground(self, picture):
        alpha = pygame.surfarray.array_alpha(draw(picture, 120, (255, 255, 255)))
        assert 0.1 < (alpha > 128).mean() < 0.9

    def test_no_two_drawings_are_alike(self):
        looks = {pygame.image.tobytes(draw(picture, 90, (9, 9, 9)), "RGBA") for picture in Picture}
        assert len(looks) == len(Picture)

    def test_no_two_marks_are_alike(self):
        kinds = [*SignKind, *Mark]
        looks = {pygame.image.tobytes(draw_mark(kind, 40, (9, 9, 9)), "RGBA") for kind in kinds}
        assert len(looks) == len(kinds)

    def test_an_unexpected_picture_of_nothing_is_clear(self):
        assert not pygame.surfarray.array_alpha(draw(Picture.NONE, 50, (9, 9, 9))).any()


class TestCamera:
    """The camera's picture on the waiting screen."""

    def pane(self, screen):
        return screen._page.pane

    def middle(self, screen, part):
        pane = self.pane(screen)
        return pixels()[pane.x + round(pane.width * part), pane.y + pane.height // 2]

    def test_the_picture_is_mirrored(self, screen, heard):
        screen.show(WAITING)
        VIEWFINDER.put(frame(1, half_lit()))
        screen.attend(heard.append)
        assert self.middle(screen, 0.2).max() < 20
        assert self.middle(screen, 0.8).min() > 235

    @pytest.mark.parametrize("shape", [(480, 640), (1080, 1920), (200, 200), (640, 480)])
    def test_the_picture_fills_the_pane_and_nothing_else(self, screen, shape):
        VIEWFINDER.put(frame(1, np.zeros(shape, dtype=np.uint8)))
        screen.show(WAITING)
        calm = pixels()
        VIEWFINDER.put(frame(2, np.full(shape, 200, dtype=np.uint8)))
        screen.show(WAITING)
        pane = self.pane(screen)
        changed = (pixels() != calm).any(axis=2)
        inside = np.zeros_like(changed)
        inside[pane.x : pane.right, pane.y : pane.bottom] = True
        assert not changed[~inside].any()
        assert changed[inside].mean() > 0.99

    def test_a_new_frame_is_painted(self, screen, heard):
        screen.show(WAITING)
        VIEWFINDER.put(frame(1, np.full((480, 640), 10, dtype=np.uint8)))
        screen.attend(heard.append)
        VIEWFINDER.put(frame(2, np.full((480, 640), 250, dtype=np.uint8)))
        screen.attend(heard.append)
        assert self.middle(screen, 0.5).min() > 240

    def test_a_frame_already_painted_is_not_painted_again(self, screen, heard):
        screen.show(WAITING)
        VIEWFINDER.put(frame(1, half_lit()))
        screen.attend(heard.append)
        pygame.display.get_surface().fill((1, 2, 3))
        screen.attend(heard.append)
        assert self.middle(screen, 0.5).tolist() == [1, 2, 3]

    def test_the_edges_of_a_picture_are_on_the_screen(self, screen, heard):
        """Nothing that is read is hidden: a bright edge of the picture shows at each side of the pane."""
        luma = np.zeros((720, 1280), dtype=np.uint8)
        luma[:, :20] = luma[:, -20:] = luma[:20] = luma[-20:] = 255
        VIEWFINDER.put(frame(1, luma))
        screen.show(WAITING)
        pane, seen = self.pane(screen), pixels()
        across, down = pane.x + pane.width // 2, pane.y + pane.height // 2
        edges = [(pane.x + 2, down), (pane.right - 3, down), (across, pane.y + 2), (across, pane.bottom - 3)]
        assert all(seen[edge].min() > 200 for edge in edges)

    def test_a_camera_that_is_turned_turns_its_pane(self, screen, heard):
        screen.show(WAITING)
        VIEWFINDER.put(frame(1, np.zeros((640, 360), dtype=np.uint8)))
        screen.attend(heard.append)
        assert self.pane(screen).height > self.pane(screen).width

    def test_the_hint_lies_over_the_picture(self, screen, heard):
        screen.show(replace(WAITING, hint="Mời giữ yên một chút"))
        before = pixels()
        VIEWFINDER.put(frame(1, np.full((720, 1280), 128, dtype=np.uint8)))
        screen.attend(heard.append)
        band = screen._page.band.box
        inner = (slice(band.x + 20, band.right - 20), slice(band.y, band.bottom - 20))
        assert np.array_equal(pixels()[inner], before[inner])

    def test_a_lost_camera_leaves_the_calm_drawing(self, screen, heard):
        screen.show(WAITING)
        calm = pixels()
        VIEWFINDER.put(frame(1, half_lit()))
        screen.attend(heard.append)
        VIEWFINDER.clear()
        screen.attend(heard.append)
        assert np.array_equal(calm, pixels())

    def test_an_answer_shows_no_camera_picture(self, screen, heard):
        screen.show(WELCOME)
        before = pixels()
        VIEWFINDER.put(frame(1, half_lit()))
        screen.attend(heard.append)
        assert np.array_equal(before, pixels())

    def test_a_saved_screen_holds_no_picture_of_a_visitor(self, screen, heard, tmp_path):
        screen.show(WAITING)
        screen.save(tmp_path / "without.png")
        VIEWFINDER.put(frame(1, half_lit()))
        screen.attend(heard.append)
        screen.save(tmp_path / "with.png")
        assert (tmp_path / "with.png").read_bytes() == (tmp_path / "without.png").read_bytes()


class TestKeys:
    """A keyboard is a keypad."""

    @pytest.mark.parametrize(
        ("key", "written", "means"),
        [
            (pygame.K_5, "5", "5"),
            (pygame.K_KP7, "", "7"),
            (pygame.K_8, "*", "*"),
            (pygame.K_3, "#", "#"),
            (pygame.K_KP_MULTIPLY, "*", "*"),
            (pygame.K_BACKSPACE, "\b", "*"),
            (pygame.K_DELETE, "\x7f", "*"),
            (pygame.K_KP_PERIOD, "", "*"),
            (pygame.K_KP_PERIOD, ",", "*"),
            (pygame.K_PERIOD, ".", "*"),
            (pygame.K_KP_PLUS, "+", "A"),
            (pygame.K_EQUALS, "+", "A"),
            (pygame.K_KP_MINUS, "-", "B"),
            (pygame.K_MINUS, "-", "B"),
            (pygame.K_KP_DIVIDE, "/", "C"),
            (pygame.K_TAB, "\t", "D"),
            (pygame.K_RETURN, "\r", "#"),
            (pygame.K_KP_ENTER, "\r", "#"),
            (pygame.K_F1, "", "A"),
            (pygame.K_F4, "", "D"),
        ],
    )
    def test_a_key_is_reported(self, screen, heard, key, written, means):
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, unicode=written))
        screen.attend(heard.append)
        assert heard == [KeyPress(means)]

    @pytest.mark.parametrize(
        ("key", "written"),
        [(pygame.K_a, "a"), (pygame.K_a, "A"), (pygame.K_LSHIFT, ""), (pygame.K_2, "²"), (pygame.K_F5, "")],
    )
    def test_other_keys_are_nothing(self, screen, heard, key, written):
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=key, unicode=written))
        screen.attend(heard.append)
        assert heard == []

    @pytest.mark.parametrize(
        ("fullscreen", "means"), [(True, KeyPress("*")), (False, Closing())], ids=["display", "window"]
    )
    def test_escape_ends_the_door_only_in_a_window(self, heard, fullscreen, means):
        opened = PygameScreen(driver="dummy", prepared=False, fullscreen=fullscreen)
        pygame.event.post(pygame.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE, unicode="\x1b"))
        opened.attend(heard.append)
        opened.close()
        assert heard == [means]

    def test_closing_the_window_ends_the_door(self, screen, heard):
        pygame.event.post(pygame.Event(pygame.QUIT))
        screen.attend(heard.append)
        assert heard == [Closing()]


class TestPreparing:
    """What is made before anybody waits for it."""

    @pytest.fixture
    def prepared(self, heard):
        opened = PygameScreen(driver="dummy")
        for _ in REHEARSED:
            opened.attend(heard.append)
        yield opened
        opened.close()

    @pytest.fixture
    def opened_fonts(self, prepared, monkeypatch):
        """The fonts opened since the screen was prepared."""
        opened, really = [], pygame.font.Font

        def opening(*of):
            opened.append(of)
            return really(*of)

        monkeypatch.setattr("hardware.lettering.pygame.font.Font", opening)
        return opened

    def test_no_screen_opens_a_font_any_more(self, prepared, opened_fonts):
        for shown in VIEWS.values():
            prepared.show(shown)
        assert opened_fonts == []

    def test_an_answer_finds_its_drawing_made(self, prepared, monkeypatch):
        drawn = []
        monkeypatch.setattr("hardware.painting.drawings.draw", lambda picture, *_: drawn.append(picture))
        answers = [replace(view, time="08:15") for view in REHEARSED if view.state == "showing"]
        for answer in answers:
            prepared.show(replace(answer, name="LÒ THỬ · 1950") if answer.name else answer)
        assert (len(answers), drawn) == (6, [])

    def test_preparing_shows_nothing(self, prepared):
        assert not pixels().any()

    def test_what_was_not_used_for_longest_is_made_anew_and_no_more(self, monkeypatch):
        monkeypatch.setattr("hardware.painting._MOST_KEPT", 3)
        made, really = [], drawings.draw

        def drawing(picture, *how):
            made.append(picture)
            return really(picture, *how)

        monkeypatch.setattr("hardware.painting.drawings.draw", drawing)
        pygame.font.init()
        painter, surface = Painter(640, 480), pygame.Surface((640, 480))
        order = ["tick", "clock", "cross", "tick", "pause", "tick", "clock"]
        for picture in order:
            bare = View("showing", Mood.GREEN, Picture(picture), "")
            painter.paint(surface, bare, painter.page(bare))
        assert made == ["tick", "clock", "cross", "pause", "clock"]


class TestOpening:
    """Finding a display, and giving it back."""

    def test_without_a_display_auto_says_what_to_do(self, monkeypatch):
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setattr("hardware.displays.Path.glob", lambda *_: iter(()))
        with pytest.raises(DeviceMissing, match="plug the display in"):
            PygameScreen()

    @pytest.mark.parametrize("driver", ["auto", "window"])
    def test_a_desktop_that_does_not_answer_is_missing(self, monkeypatch, driver):
        monkeypatch.setenv("DISPLAY", ":4095")
        monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
        with pytest.raises(DeviceMissing):
            PygameScreen(driver=driver)

    def test_a_driver_that_does_not_exist_is_named(self):
        with pytest.raises(ValueError, match="framebuffer"):
            PygameScreen(driver="framebuffer")

    def test_opening_leaves_the_environment_as_it_was(self, monkeypatch):
        monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
        PygameScreen(driver="dummy", prepared=False).close()
        assert os.environ["SDL_VIDEODRIVER"] == "x11"

    def test_the_size_is_the_one_asked_for(self):
        opened = PygameScreen(width_px=600, height_px=1024, driver="dummy", prepared=False)
        assert opened.size_px == (600, 1024)
        opened.close()

    def test_sound_stays_off(self, screen):
        assert pygame.mixer.get_init() is None

    def test_closing_twice_does_no_harm(self):
        opened = PygameScreen(driver="dummy", prepared=False)
        opened.close()
        opened.close()

    def test_a_closed_screen_shows_nothing(self, heard):
        opened = PygameScreen(driver="dummy", prepared=False)
        opened.close()
        with pytest.raises(DeviceClosed):
            opened.show(WELCOME)
        with pytest.raises(DeviceClosed):
            opened.attend(heard.append)

    def test_a_screen_can_be_opened_again(self):
        PygameScreen(driver="dummy", prepared=False).close()
        opened = PygameScreen(driver="dummy", prepared=False)
        opened.show(WELCOME)
        opened.close()


class TestSaving:
    """A PNG of the screen."""

    def test_a_saved_screen_is_what_was_shown(self, screen, tmp_path):
        screen.show(WELCOME)
        screen.save(tmp_path / "screen.png")
        saved = pygame.surfarray.array3d(pygame.image.load(tmp_path / "screen.png"))
        assert np.array_equal(saved, pixels())

    def test_a_file_that_cannot_be_written_is_told(self, screen, tmp_path):
        screen.show(WELCOME)
        with pytest.raises(OSError, match="nowhere"):
            screen.save(tmp_path / "nowhere" / "screen.png")

    def test_nothing_shown_yet_saves_a_black_screen(self, screen, tmp_path):
        screen.save(tmp_path / "screen.png")
        assert stat.S_ISREG((tmp_path / "screen.png").stat().st_mode)
