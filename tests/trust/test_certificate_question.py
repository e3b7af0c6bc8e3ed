"""What the user is asked to trust, by what a node shows and what is trusted so far."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.cisco_unified_presence.pws import (
    Certificate,
    CertificateChanged,
    ShownCertificates,
    UntrustedCertificate,
)
from custom_components.cisco_unified_presence.trust import (
    CertificateQuestion,
    async_question,
    async_question_of_change,
    certificate_placeholders,
)
from custom_components.cisco_unified_presence.trust import certificate_question as module
from tests.common.strategies import NOW

RSA = Certificate("CN=cup", "CN=authority", NOW, NOW, "0a" * 32, self_signed=False)
ECDSA = replace(RSA, sha256="0b" * 32, is_ecdsa=True)
OTHER = "0c" * 32
ADDRESS = "[2001:db8::1]:8443"


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Certificate]:
    """Have a node show the certificates of this list."""
    certificates = [RSA]

    async def read_certificates(host: str, port: int, *, timeout: float) -> ShownCertificates:  # noqa: ASYNC109 (as the original)
        assert (host, port, timeout) == ("2001:db8::1", 8443, 10)
        return ShownCertificates(tuple(certificates), is_complete=True)

    async def read_certificate(*node: Any, **named: Any) -> Certificate:
        return (await read_certificates(*node, **named)).certificates[0]

    monkeypatch.setattr(module, "read_certificate", read_certificate)
    monkeypatch.setattr(module, "read_certificates", read_certificates)
    return certificates


async def test_a_first_certificate_is_shown_with_the_reason(shown: list[Certificate]) -> None:
    question = await async_question(UntrustedCertificate("self-signed", ADDRESS), [OTHER, OTHER])
    other = ":".join(["0C"] * 32)
    assert question == CertificateQuestion(
        step="certificate",
        host="2001:db8::1",
        port=8443,
        pins=(RSA.sha256,),
        placeholders={
            "address": ADDRESS,
            "trusted": f"{other}` `{other}",
            "why": "self-signed",
            **certificate_placeholders(RSA),
        },
    )


@pytest.mark.parametrize("certificates", [[RSA], [RSA, ECDSA]])
async def test_another_certificate_takes_the_place_of_the_trusted_one(
    shown: list[Certificate], certificates: list[Certificate]
) -> None:
    shown[:] = certificates
    expected = CertificateQuestion(
        step="certificate_changed",
        host="2001:db8::1",
        port=8443,
        pins=(RSA.sha256,),
        placeholders={"address": ADDRESS, "trusted": "-", **certificate_placeholders(RSA)},
    )
    changed = CertificateChanged(OTHER, RSA.sha256, ADDRESS)
    assert await async_question(changed, []) == expected
    assert await async_question_of_change(ADDRESS, []) == expected


@pytest.mark.parametrize("certificates", [[RSA, ECDSA], [ECDSA, RSA]])
async def test_a_certificate_beside_the_trusted_one_is_shown_with_it(
    shown: list[Certificate], certificates: list[Certificate]
) -> None:
    shown[:] = certificates
    rsa, ecdsa = ":".join(["0A"] * 32), ":".join(["0B"] * 32)
    assert await async_question_of_change(ADDRESS, [RSA.sha256]) == CertificateQuestion(
        step="two_certificates",
        host="2001:db8::1",
        port=8443,
        pins=tuple(each.sha256 for each in certificates),
        placeholders={"address": ADDRESS, "trusted": rsa, "rsa": rsa, "ecdsa": ecdsa},
    )


async def test_the_only_certificate_may_be_trusted_already(shown: list[Certificate]) -> None:
    question = await async_question_of_change(ADDRESS, [RSA.sha256])
    assert (question.step, question.pins) == ("certificate_changed", (RSA.sha256,))
