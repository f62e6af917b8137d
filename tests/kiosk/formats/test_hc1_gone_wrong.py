"""Health certificates that are cut short, blown up or twisted."""

from datetime import timedelta

import cbor2
import pytest

from kiosk.model import Unreadable, Visitor
from kiosk.proof import Proof
from tests.kiosk.formats import made
from tests.kiosk.formats.test_hc1 import BROKEN, shown


class TestBroken:
    """What is cut short, blown up or twisted is nobody's, at once."""

    @pytest.mark.parametrize("key", [made.P256_KEY, made.RSA_KEY], ids=["ES256", "PS256"])
    def test_cut_at_every_letter(self, key):
        text = made.health_certificate(key)
        for length in range(len("HC1:"), len(text)):
            assert shown(text[:length]) == BROKEN

    @pytest.mark.parametrize("key", [made.P256_KEY, made.RSA_KEY], ids=["ES256", "PS256"])
    def test_a_message_cut_at_every_byte(self, key):
        message = made.sign1(made.claims(), key)
        for length in range(len(message)):
            assert shown(made.hc1(message[:length])) == BROKEN

    def test_a_space_inside_counts(self):
        codes = (made.health_certificate(issued=made.ISSUED + timedelta(seconds=s)) for s in range(99))
        spaced = next(code for code in codes if " " in code)

        assert shown(spaced).proof is Proof.VALID
        assert shown(spaced.replace(" ", "")) == BROKEN

    def test_small_letters_are_another_alphabet(self):
        assert shown("HC1:" + made.health_certificate()[4:].lower()) == BROKEN

    def test_a_zip_bomb(self):
        import zlib

        from base45 import b45encode

        bomb = zlib.compress(bytes(1_700_000), 9)

        assert shown("HC1:" + b45encode(bomb).decode()) == BROKEN

    @pytest.mark.parametrize(
        "message",
        [
            b"\x81" * 4000 + b"\0",
            b"\xa1\0" * 4000 + b"\0",
            b"\x9f" * 4000,
            b"\xbf" * 4000,
            b"\xd2" * 4000 + b"\0",
            b"\x9b" + b"\xff" * 8,
            b"\xbb\x7f" + b"\xff" * 7,
            b"\x5b" + b"\xff" * 8,
            b"\x7a\xff\xff\xff\xff",
            b"\xd8\x23\x61(",
            b"\xc5\x82\x1b\0\0\0\0\xff\xff\xff\xff\x01",
            b"\xd8\x1c\x84\xd8\x1d\0\xd8\x1d\0\xd8\x1d\0\xd8\x1d\0",
            b"\xc0\x74" + b"9999-99-99T99:99:99Z",
            b"\xc1\xfb\x7f\xf0\0\0\0\0\0\0",
            b"\x1c",
            b"\xff",
            b"",
        ],
        ids=lambda message: message[:12].hex(),
    )
    def test_cbor_made_to_hurt(self, message):
        assert shown(made.hc1(message)) == BROKEN
        assert shown(made.hc1(made.sign1(message))) == BROKEN
        assert shown(made.hc1(made.sign1(made.claims(), protected=message or b"\0"))) == BROKEN

    def test_a_regular_expression_in_a_tag_is_not_built(self):
        """cbor2 would compile it, for a quarter of a minute."""
        slow = "(?i)" + "[\u0001-\uffff]" * 2000
        claims = made.claims({"nam": cbor2.CBORTag(35, slow)})

        assert shown(made.hc1(made.sign1(claims))) == BROKEN

    @pytest.mark.parametrize(
        "body",
        [[], [b"", {}, b""], [b"", {}, b"", b"", b""], {1: 2, 3: 4, 5: 6, 7: 8}, "abcd", b"abcd", 1, None],
    )
    def test_a_message_of_another_shape(self, body):
        assert shown(made.hc1(cbor2.dumps(body))) == BROKEN

    @pytest.mark.parametrize("place", [0, 2, 3])
    @pytest.mark.parametrize("value", [None, 0, "", "x", b"x", [], {}, 1.5, True])
    def test_a_part_of_another_kind(self, place, value):
        parts = cbor2.loads(made.sign1(made.claims())).value
        parts[place] = value

        assert isinstance(shown(made.hc1(cbor2.dumps(parts))), Unreadable)

    @pytest.mark.parametrize("unprotected", [None, 0, "", b"x", [], 1.5, True])
    def test_an_outer_header_of_another_kind(self, unprotected):
        parts = cbor2.loads(made.sign1(made.claims())).value
        parts[1] = unprotected

        assert shown(made.hc1(cbor2.dumps(parts))) == BROKEN

    @pytest.mark.parametrize("claims", [{}, {-260: 1}, {-260: {}}, {-260: {1: None}}, {-260: [1]}, {True: 1}])
    def test_a_signed_message_without_a_certificate(self, claims):
        assert shown(made.hc1(made.sign1(claims))) == BROKEN


class TestTwistedFields:
    """An issuer's odd ways cost a field, never the door."""

    @pytest.mark.parametrize(
        ("names", "name"),
        [
            ({"fn": "Nguyễn", "gn": "Thử"}, "Nguyễn Thử"),
            ({"fn": "Nguyễn"}, "Nguyễn"),
            ({"gn": "Thử"}, "Thử"),
            ({"fnt": "NGUYEN<VAN", "gnt": "THU"}, "NGUYEN VAN THU"),
            ({"fn": "", "gn": " ", "fnt": "NGUYEN"}, "NGUYEN"),
            ({"fn": "A\u202e\0B", "gn": 5}, "A B"),
            ({"fn": "N" * 3000}, "N" * 100),
            ({"fn": None, "gn": [1]}, None),
            ({}, None),
            ([], None),
            ("Nguyễn", None),
        ],
    )
    def test_names(self, names, name):
        assert shown(made.health_certificate(certificate={**made.CERTIFICATE, "nam": names})).name == name

    @pytest.mark.parametrize(
        ("written", "birth"),
        [
            ("1999-02-01", "1999-02-01"),
            ("1999-02", "1999"),
            ("1999", "1999"),
            ("1999-02-01T00:00:00", "1999-02-01"),
            ("1999-02-31", None),
            ("", None),
            ("99", None),
            (1999, None),
            (["1999"], None),
        ],
    )
    def test_births(self, written, birth):
        assert shown(made.health_certificate(certificate={**made.CERTIFICATE, "dob": written})).birth == birth

    @pytest.mark.parametrize("group", ["v", "t", "r"])
    def test_the_number_of_any_group_is_the_reference(self, group):
        assert (
            shown(made.health_certificate(certificate={group: [{"ci": "URN:UVCI:01"}]})).reference
            == "URN:UVCI:01"
        )

    @pytest.mark.parametrize(
        "entries", [[], None, [None], [{}], [{"ci": 5}], [{"ci": "có dấu"}], [{"ci": "x" * 99}], {}]
    )
    def test_without_a_number_the_payload_is_the_reference(self, entries):
        one = shown(made.health_certificate(certificate={"dob": "1999", "v": entries}))
        other = shown(made.health_certificate(certificate={"dob": "1998", "v": entries}))

        assert len(one.reference) == 32
        assert one.identity != other.identity

    def test_nothing_of_the_vaccination_is_kept(self):
        who = shown(made.health_certificate())

        assert not any("ORG-100030215" in str(getattr(who, field)) for field in Visitor.__slots__)
