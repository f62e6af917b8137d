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


def test_maps_and_lists_may_have_no_length_beforehand():
    """As some issuers' CBOR is written."""
    payload = b"\xbf" + cbor2.dumps(made.claims())[1:] + b"\xff"
    message = cbor2.loads(made.sign1(payload)).value
    endless = b"\x9f" + b"".join(map(cbor2.dumps, message)) + b"\xff"

    assert shown(made.hc1(endless)).proof is Proof.VALID


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


def test_other_codes_are_not_mine():
    from kiosk.formats import hc1

    assert hc1.recognise(people.CCCD, NOBODY, None) is None


def test_who_shows_an_id_card_does_not_wait_for_this():
    code = (
        "import sys; from kiosk.formats import recognise; from tests import people;"
        "[recognise(text) for text in people.ALL]; sys.exit('cwt' in sys.modules or 'cbor2' in sys.modules)"
    )

    assert people.ALL
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
