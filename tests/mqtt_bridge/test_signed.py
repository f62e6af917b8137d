"""What comes down signed: believed as it is meant, and nothing else."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import jwt
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.model import Direction
from mqtt_bridge.wire import MAX_MESSAGE_BYTES, MAX_SIGNED_BYTES, BadMessage, orders
from mqtt_bridge.wire.config import MAX_GUARDS, MAX_KEYS, Choice, Guard, PublicKey, Question, decode_config
from mqtt_bridge.wire.neighbours import NeighbourVisit
from mqtt_bridge.wire.orders import OutOfOrder, Reply, Restart
from mqtt_bridge.wire.signed import MAX_COUNTER, CommandUnknown, Kind, believe
from tests.mqtt_bridge.centre import (
    KIOSK,
    NOW,
    SIGNER,
    Signer,
    command_claims,
    config_claims,
    neighbour,
    neighbours_claims,
)

unhurried = settings(deadline=None)
GOOD = SIGNER(config_claims())
CLAIMS = msgspec.to_builtins(config_claims())
EACH = [
    (Kind.CONFIG, config_claims()),
    (Kind.COMMAND, command_claims(body=OutOfOrder(on=True, notice="Mất điện"))),
    (Kind.NEIGHBOURS, neighbours_claims()),
]


def read(token, kind=Kind.CONFIG, kiosk=KIOSK, keys=SIGNER.keys):
    return believe(token, kiosk=kiosk, expected=kind, keys=keys)


def refusal(token, **more):
    with pytest.raises(BadMessage) as refused:
        read(token, **more)
    return str(refused.value)


def changed(**claims):
    return SIGNER.raw(CLAIMS | claims)


@pytest.mark.parametrize(("kind", "claims"), EACH)
def test_what_the_centre_signs_is_believed_as_it_was_meant(kind, claims):
    assert read(SIGNER(claims), kind) == claims


@pytest.mark.parametrize(("kind", "claims"), EACH)
def test_any_reader_of_jws_reads_it(kind, claims):
    """No tool of ours: PyJWT alone, with the header's type as RFC 8725 asks for."""
    found = jwt.decode_complete(
        SIGNER(claims),
        SIGNER.private.public_key(),
        algorithms=["EdDSA"],
        audience=KIOSK,
        options={"verify_exp": False},
    )

    assert found["header"] == {"alg": "EdDSA", "kid": "key-1", "typ": f"door-{kind}+jwt"}
    assert found["payload"]["counter"] == claims.counter


@unhurried
@given(
    counter=st.integers(1, MAX_COUNTER),
    on=st.booleans(),
    notice=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=200),
)
def test_commands_arrive_as_they_left(counter, on, notice):
    claims = command_claims(counter, body=OutOfOrder(on, notice))

    assert read(SIGNER(claims), Kind.COMMAND) == claims


@unhurried
@given(
    st.lists(
        st.builds(
            neighbour,
            st.integers(0, 2**128 - 1),
            direction=st.sampled_from(Direction),
            document=st.binary(min_size=32, max_size=32),
        ),
        min_size=1,
        max_size=10,
    )
)
def test_neighbours_arrive_as_they_left(visits: list[NeighbourVisit]):
    claims = neighbours_claims(visits=tuple(visits))

    assert read(SIGNER(claims), Kind.NEIGHBOURS) == claims


@pytest.mark.parametrize(("kind", "claims"), EACH)
def test_the_same_key_of_another_centre_is_not_believed(kind, claims):
    assert "signature" in refusal(Signer()(claims), kind=kind)


def test_a_key_that_nobody_told_of_is_not_believed():
    stranger = Signer("key-2")

    assert "no signing key" in refusal(stranger(config_claims()))
    assert read(stranger(config_claims()), keys=SIGNER.keys | stranger.keys)


def test_what_is_meant_for_another_box_is_not_believed():
    assert "another kiosk" in refusal(SIGNER(config_claims(aud="kiosk-2")))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(("meant", "claims"), EACH)
def test_what_is_meant_for_another_channel_is_not_believed(kind, meant, claims):
    if kind is not meant:
        assert "typ" in refusal(SIGNER(claims), kind=kind)
        # Not even when the header lies about it, under a signature that holds.
        told = msgspec.to_builtins(claims)
        assert refusal(SIGNER.raw(told, typ=f"door-{kind}+jwt"), kind=kind)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES256"},
        {"kid": None},
        {"kid": ""},
        {"kid": "x" * 33},
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "door-command+jwt"},
        {"crit": ["exp"]},
        {"jwk": {}},
        {"b64": True},
    ],
    ids=str,
)
def test_a_header_that_is_not_the_centres_is_not_believed(header):
    first, payload, signature = GOOD.split(b".")
    told = json.loads(urlsafe_b64decode(first + b"==")) | header
    forged = urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=")

    assert refusal(b".".join((forged, payload, signature)))


@pytest.mark.parametrize(
    "secret", [SIGNER.public, SIGNER.key.encode() * 8, bytes(32)], ids=["public key", "key id", "zeros"]
)
def test_a_public_key_is_no_shared_secret(secret):
    """The oldest trick with tokens: HMAC with what everybody knows."""
    forged = jwt.PyJWS().encode(
        json.dumps(CLAIMS).encode(), secret, "HS256", {"kid": "key-1", "typ": "door-config+jwt"}
    )

    assert "header" in refusal(forged.encode())


def test_nothing_is_believed_without_a_signature():
    unsigned = jwt.PyJWS().encode(
        json.dumps(CLAIMS).encode(), None, "none", {"kid": "key-1", "typ": "door-config+jwt"}
    )

    assert refusal(unsigned.encode())
    assert refusal(json.dumps(CLAIMS).encode())
    assert refusal(GOOD.rpartition(b".")[0] + b".")


@pytest.mark.parametrize("kind", Kind)
def test_what_is_too_large_is_not_even_looked_at(kind):
    most = MAX_SIGNED_BYTES if kind is Kind.CONFIG else MAX_MESSAGE_BYTES

    assert "more than" in refusal(b"x" * (most + 1), kind=kind)
    assert "not a signed message" in refusal(b"x" * most, kind=kind)


WIDE = "\N{LION FACE}"
"""No letter takes more bytes than this one's four."""
TEXTS = dict.fromkeys(("vi", "en", "lo", "km", "zh", "fra", "hmn", "tha"), WIDE * 120)
BRIEFS = dict.fromkeys(TEXTS, WIDE * 40)
IDS = [f"{number}".rjust(32, "_") for number in range(10)]
LARGEST = {
    **dict.fromkeys(("place", "door", "hours", "help_desk"), WIDE * 80),
    "notice": WIDE * 200,
    "languages": tuple(TEXTS),
    "code": "https://" + "x" * 180,
    "duty_minutes": 1440,
    "guards": (Guard(name=WIDE * 64, pin_hash="$" * 200, badge_hash="$" * 200, right="_" * 16),) * MAX_GUARDS,
    "questions": tuple(
        Question(
            id=question,
            text=TEXTS,
            answers=tuple(Choice(id=answer, text=BRIEFS) for answer in IDS[:9]),
            personal=True,
        )
        for question in IDS[:5]
    ),
    "sealing_keys": (PublicKey(id="k" * 32, public="A" * 43, begins=NOW.replace(microsecond=1)),) * MAX_KEYS,
    "signing_keys": dict.fromkeys(IDS[:8], "A" * 43),
}


def test_the_longest_configuration_that_there_can_be_travels():
    claims = config_claims(MAX_COUNTER, "k" * 63, **LARGEST)

    token = SIGNER(claims)

    assert read(token, kiosk="k" * 63) == claims
    assert MAX_MESSAGE_BYTES < len(token) <= MAX_SIGNED_BYTES
    assert decode_config(msgspec.json.encode(claims.body)) == claims.body


def test_what_a_centre_of_before_leaves_out_is_as_usual():
    """No centre has to know of questions."""
    config = read(GOOD).body

    assert (config.code, config.code_changes) == ("", False)
    assert (config.self_service, config.asks_phone) == (True, False)
    assert (config.duty_minutes, config.questions) == (30, ())
    assert not {"answers", "personal"} & msgspec.to_builtins(Question(id="fever", text={"vi": "Sốt?"})).keys()


@unhurried
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_are_believed_or_end_anything(rubbish):
    assert refusal(rubbish)


@unhurried
@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_no_byte_can_be_changed(at, byte):
    altered = bytearray(GOOD)
    altered[at] = byte
    try:
        # The last letter of a base64 text has bits that mean nothing.
        assert read(bytes(altered)) == config_claims()
    except BadMessage:
        pass
    else:
        assert bytes(altered) == GOOD or at == len(GOOD) - 1


@pytest.mark.parametrize(
    "claims",
    [
        {"counter": 0},
        {"counter": -1},
        {"counter": 1.5},
        {"counter": "7"},
        {"counter": None},
        {"counter": 2**53},
        {"kind": "confession"},
        {"kind": None},
        {"aud": None},
        {"aud": ["kiosk-1"]},
        {"aud": "KIOSK-1"},
        {"body": None},
        {"body": []},
        {"body": {}},
    ],
    ids=str,
)
def test_claims_of_the_wrong_type_are_refused(claims):
    assert refusal(changed(**claims))


def question(id_="fever", **change):
    return {"id": id_, "text": {"vi": "Sốt?"}} | change


def choice(id_):
    return {"id": id_, "text": {"vi": "Có"}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("place", ""),
        ("place", "Phường\nChiềng An"),
        ("place", 7),
        ("kind", "private"),
        ("direction", "up"),
        ("zone", "Hà Nội"),
        ("notice", "x" * 201),
        ("notice", "\u202e"),
        ("languages", []),
        ("languages", ["vietnamese"]),
        ("languages", "vi"),
        ("code", "ftp://office.example"),
        ("code", "https://office.example/a b"),
        ("code", "https://" + "x" * 181),
        ("code_changes", "yes"),
        ("self_service", 1),
        ("asks_phone", None),
        ("duty_minutes", 0),
        ("duty_minutes", 1441),
        ("questions", [question("fever")] * 2),
        ("questions", [question(f"q{number}") for number in range(6)]),
        ("questions", [question("Fever")]),
        ("questions", [question("x" * 33)]),
        ("questions", [question(text={})]),
        ("questions", [question(text={"vi": ""})]),
        ("questions", [question(text={"vi": "x" * 121})]),
        ("questions", [question(text={"vi": "Chiềng\nAn"})]),
        ("questions", [question(text={"vietnamese": "Chiềng An"})]),
        ("questions", [question(text={chr(97 + number) * 2: "?" for number in range(9)})]),
        ("questions", [question(answers=[choice("a")])]),
        ("questions", [question(answers=[choice("a"), choice("b"), choice("a")])]),
        ("questions", [question(answers=[choice(f"a{number}") for number in range(10)])]),
        ("questions", [question(answers=[choice("a"), {"id": "b", "text": {}}])]),
        ("questions", [question(personal="yes")]),
        ("guards", [{"name": ""}]),
        ("guards", [{"name": "Lò Thử", "pin_hash": "4821\n"}]),
        ("sealing_keys", [{"id": "a", "public": "short", "begins": "2026-11-22T17:00:00Z"}]),
        ("sealing_keys", [{"id": "a", "public": "A" * 43, "begins": "2026-11-22T17:00:00"}]),
        ("signing_keys", {}),
        ("signing_keys", {"a": "short"}),
    ],
)
def test_a_configuration_of_the_wrong_form_is_refused(field, value):
    said = refusal(changed(body=CLAIMS["body"] | {field: value}))

    assert field in said
    assert not any(part in said for part in ("Chiềng", "4821", "short", "Hà Nội", "vietnamese", "Lò"))


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ([question()] * 2, "body: expected questions of different ids"),
        ([question(answers=[choice("a")] * 2)], "body.questions[0]: expected answers of different ids"),
        ([question(answers=[choice("a")])], "body.questions[0]: expected 2 answers at least, or none"),
    ],
    ids=["questions alike", "answers alike", "one answer"],
)
def test_questions_that_cannot_be_told_apart_are_refused_in_words(questions, why):
    assert refusal(changed(body=CLAIMS["body"] | {"questions": questions})) == why


def test_a_key_of_no_name_is_refused():
    assert refusal(changed(body=CLAIMS["body"] | {"signing_keys": {"a b": "A" * 43}}))


def test_what_a_newer_centre_adds_is_passed_over():
    newer = changed(body=CLAIMS["body"] | {"wallpaper": "blue"}, moon="full")

    assert read(newer) == config_claims()


def test_a_command_that_this_box_does_not_know_is_told_apart_from_a_forged_one():
    told = msgspec.to_builtins(command_claims(7)) | {"body": {"name": "dance"}}
    token = SIGNER.raw(told, typ="door-command+jwt")

    with pytest.raises(CommandUnknown) as unknown:
        read(token, Kind.COMMAND)

    assert (unknown.value.claims.counter, str(unknown.value.claims.id)) == (7, told["id"])
    assert "another kiosk" in refusal(SIGNER(command_claims(aud="kiosk-2")), kind=Kind.COMMAND)
    with pytest.raises(BadMessage) as forged:
        read(SIGNER.raw(told | {"aud": "kiosk-2"}, typ="door-command+jwt"), Kind.COMMAND)
    assert not isinstance(forged.value, CommandUnknown)


@pytest.mark.parametrize("visits", [0, 51])
def test_neighbours_are_told_in_parts(visits):
    told = msgspec.to_builtins(neighbours_claims())
    told["body"]["visits"] *= visits

    assert refusal(SIGNER.raw(told, typ="door-neighbours+jwt"), kind=Kind.NEIGHBOURS)


@pytest.mark.parametrize("command", [orders.Identify(), OutOfOrder(on=False), Restart()], ids=orders.name)
def test_a_command_is_the_same_by_name_and_arguments(command):
    told = json.loads(orders.arguments(command))
    name = told.pop("name")

    assert orders.command(name, told) == command


@pytest.mark.parametrize(
    ("name", "arguments"), [("dance", {}), ("out_of_order", {}), ("out_of_order", {"on": 1})]
)
def test_a_command_with_the_wrong_arguments_is_none(name, arguments):
    with pytest.raises(BadMessage):
        orders.command(name, arguments)


def test_a_reply_arrives_as_it_left():
    reply = Reply("refused", "no such command")

    assert orders.decode_reply(orders.encode_reply(reply)) == reply
    with pytest.raises(BadMessage):
        orders.decode_reply(b'{"status": "perhaps"}')
