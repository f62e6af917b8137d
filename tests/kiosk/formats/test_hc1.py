"""Health certificates: what they tell, and what their signatures and dates are worth."""

import subprocess
import sys
from datetime import timedelta

import cbor2
import pytest

from kiosk.formats import recognise
from kiosk.model import Format, Reason, Unreadable, Visitor
from kiosk.proof import NOBODY, Proof, Trust
from tests import people
from tests.kiosk.formats import made

BROKEN = Unreadable(Reason.BROKEN_CODE)
FORGED = Unreadable(Reason.FORGED_CODE)


def shown(text, trust=made.TRUST, at=made.NOW):
    return recognise(text, trust, at)


@pytest.mark.parametrize("key", [made.P256_KEY, made.RSA_KEY], ids=["ES256", "PS256"])
def test_a_certificate_tells_name_birth_and_its_own_number(key):
    assert shown(made.health_certificate(key)) == Visitor(
        Format.HC1,
        name="Nguyễn Văn Thử",
        birth="1999-02-01",
        reference="URN:UVCI:01:VN:0123456789ABCDEF#K",
        proof=Proof.VALID,
    )


@pytest.mark.parametrize(
    ("at", "proof"),
    [
        (made.ISSUED - timedelta(seconds=1), Proof.NOT_YET),
        (made.ISSUED, Proof.VALID),
        (made.EXPIRES - timedelta(seconds=1), Proof.VALID),
        (made.EXPIRES, Proof.EXPIRED),
        (None, Proof.VALID),
    ],
)
def test_dates_are_held_against_a_clock_that_is_to_be_trusted(at, proof):
    assert shown(made.health_certificate(), at=at).proof is proof


def test_dates_in_tags_are_dates():
    claims = made.claims() | {4: made.NOW, 6: cbor2.CBORTag(1, int(made.ISSUED.timestamp()))}

    assert shown(made.hc1(made.sign1(claims))).proof is Proof.EXPIRED


@pytest.mark.parametrize("expires", [None, "2030", True, [], float("nan"), -(2**60)])
def test_a_certificate_that_does_not_say_until_when_has_expired(expires):
    assert shown(made.hc1(made.sign1(made.claims() | {4: expires}))).proof is Proof.EXPIRED


@pytest.mark.parametrize("expires", [2**60, float("inf")])
def test_a_certificate_may_be_for_ever(expires):
    assert shown(made.hc1(made.sign1(made.claims() | {4: expires}))).proof is Proof.VALID


@pytest.mark.parametrize("tag", [18, None])
def test_a_message_may_do_without_its_tag(tag):
    assert shown(made.hc1(made.sign1(made.claims(), tag=tag))).proof is Proof.VALID


def test_a_message_may_stand_in_a_claims_tag():
    tagged = cbor2.dumps(cbor2.CBORTag(61, cbor2.loads(made.sign1(made.claims()))))

    assert shown(made.hc1(tagged)).proof is Proof.VALID


def test_the_key_id_may_stand_outside_the_signature():
    message = made.sign1(made.claims(), protected={1: made.ES256}, unprotected={4: made.P256_ID})

    assert shown(made.hc1(message)).proof is Proof.VALID


def test_the_key_id_inside_the_signature_counts_before_the_one_outside():
    message = made.sign1(made.claims(), unprotected={4: b"somebody"})

    assert shown(made.hc1(message)).proof is Proof.VALID


@pytest.mark.parametrize("key_id", [b"somebody", b"", None, 7, "text", [1], {}])
def test_a_certificate_of_somebody_unknown_still_tells_a_name(key_id):
    who = shown(made.hc1(made.sign1(made.claims(), protected={1: made.ES256, 4: key_id})))

    assert (who.name, who.proof) == ("Nguyễn Văn Thử", Proof.UNKNOWN_ISSUER)


def test_a_door_without_a_trust_list_proves_nothing():
    assert shown(made.health_certificate(), NOBODY, made.EXPIRES).proof is Proof.UNKNOWN_ISSUER


def test_two_keys_may_share_an_id():
    both = Trust(issuers={made.P256_ID: (made.pem(made.RSA_KEY), made.pem(made.P256_KEY))})

    assert shown(made.health_certificate(), both).proof is Proof.VALID


class TestForged:
    """Nobody is welcomed by a name that nobody signed."""

    def test_another_name_under_the_same_signature(self):
        protected, unprotected, payload, signature = cbor2.loads(made.sign1(made.claims())).value
        forged = payload.replace("Nguyễn".encode(), "Trươns".encode())

        assert shown(made.hc1(cbor2.dumps([protected, unprotected, forged, signature]))) == FORGED

    def test_a_later_date_under_the_same_signature(self):
        old = made.sign1(made.claims(expires=made.ISSUED))
        seconds = [int(at.timestamp()).to_bytes(4) for at in (made.ISSUED, made.EXPIRES)]

        assert shown(made.hc1(old.replace(*seconds))) == FORGED

    def test_a_key_of_somebody_else_under_a_known_id(self):
        message = made.sign1(made.claims(), made.OTHER_P256_KEY, protected={1: made.ES256, 4: made.P256_ID})

        assert shown(made.hc1(message)) == FORGED

    @pytest.mark.parametrize(
        "protected",
        [
            {1: made.PS256, 4: made.P256_ID},
            {1: made.ES256, 4: made.RSA_ID},
            {1: -8, 4: made.P256_ID},
            {1: 5, 4: made.RSA_ID},
            {1: "ES256", 4: made.P256_ID},
            {1: [made.ES256], 4: made.P256_ID},
            {4: made.P256_ID},
        ],
        ids=str,
    )
    def test_a_key_serves_its_own_algorithm_only(self, protected):
        assert shown(made.hc1(made.sign1(made.claims(), protected=protected))) == FORGED

    def test_an_algorithm_outside_the_signature_does_not_count(self):
        message = made.sign1(made.claims(), protected={4: made.P256_ID}, unprotected={1: made.ES256})

        assert shown(made.hc1(message)) == FORGED

    @pytest.mark.parametrize("signature", [b"", b"\0" * 64, b"\xff" * 64, b"\x01" * 63, b"\x01" * 256])
    def test_a_signature_that_is_none(self, signature):
        protected, unprotected, payload, _ = cbor2.loads(made.sign1(made.claims())).value

        assert shown(made.hc1(cbor2.dumps([protected, unprotected, payload, signature]))) == FORGED

    def test_any_bit_of_the_message(self):
        honest = shown(made.health_certificate())
        message = made.sign1(made.claims())
        for bit in range(len(message) * 8):
            flipped = bytearray(message)
            flipped[bit // 8] ^= 1 << bit % 8
            who = shown(made.hc1(bytes(flipped)))
            assert who == honest or isinstance(who, Unreadable) or who.proof is Proof.UNKNOWN_ISSUER


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
        """cbor2 would compile it, for half a minute."""
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


def test_who_shows_an_id_card_does_not_wait_for_this():
    code = (
        "import sys; from kiosk.formats import recognise; from tests import people;"
        "[recognise(text) for text in people.ALL]; sys.exit('cwt' in sys.modules or 'cbor2' in sys.modules)"
    )

    assert people.ALL
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
