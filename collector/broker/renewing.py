"""Certificates of boxes, renewed, and let in where the broker must be told of each."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from collector.broker.authority import Authority
from collector.broker.errors import CertificateRefused
from collector.broker.settings import Settings
from collector.broker.telling import require_told

NATS_PACE = dt.timedelta(days=1)
"""On a NATS a box gets no more than one certificate in this time: all nodes read anew whom they let in."""


def renew(data: Path, requests: Mapping[str, bytes]) -> dict[str, bytes | CertificateRefused]:
    """
    New certificates for boxes, in PEM; a NATS lets them in from now on, at all of its nodes.

    Args:
        data: The data folder.
        requests: PKCS #10 in PEM, by who asks, as the broker knows it; never what the request says.

    Returns:
        The certificates, by kiosk, or why one is refused: the request is none, the kiosk is revoked, or has
        had one just now.

    Raises:
        BrokerUnusable: If the authority's files cannot be read or written, or a node cannot be told: it would
            shut boxes out, which are let in with their old certificates.
    """
    authority = Authority(data)
    settings = Settings.read(authority.shelf)
    is_nats = settings is not None and bool(settings.nodes)
    answers: dict[str, bytes | CertificateRefused] = {}
    for kiosk, request in requests.items():
        try:
            answers[kiosk] = authority.sign_request(kiosk, request, pace=NATS_PACE if is_nats else None)
        except CertificateRefused as refused:
            answers[kiosk] = refused
    if is_nats and any(isinstance(one, bytes) for one in answers.values()):
        require_told(authority.shelf)
    return answers
