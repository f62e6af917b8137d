"""What a door can show, in short, long and extreme words: everybody and everything in it is invented."""

from dataclasses import replace

from kiosk.signals import Choice, Mood, Picture, Row, Sign, SignKind, View

SIZES = ((800, 480), (480, 800), (1280, 720), (1920, 1080), (1080, 1920), (1024, 600))
LANGUAGES = ("vi", "en")

NAMES = {
    "short": "LÒ THỬ · 1950",
    "long": "NGUYỄN T. P. THẢO · 1990",
    "extreme": "NGUYỄN PHƯỚC BẢO HOÀNG TRƯỜNG GIANG VĨNH NGHI THUỴ",
}
PLACES = {
    "short": "UBND xã Chiềng An",
    "long": "Ủy ban nhân dân phường Chiềng An",
    "extreme": "Trung tâm Phục vụ hành chính công phường Chiềng Sinh và các xã lân cận, Sơn La",
}
CODE = "https://cua.example.vn/o/chieng-an"
