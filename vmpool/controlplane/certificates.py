"""Keys, certificates and the administrator's token of the embedded control plane."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING

from . import processes

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

LOOPBACK = "127.0.0.1"
VALID_FOR = timedelta(days=3650)
# Made anew this long before they end, so that a control plane can run for a while.
LEAST_REST = timedelta(days=30)


class Certificates:
    """The files, all of them readable by their owner alone.

    The API server and etcd have an authority each: what the one trusts is nothing to the other.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = folder / "ca.crt"
        self.server, self.server_key = folder / "server.crt", folder / "server.key"
        self.etcd_authority = folder / "etcd-ca.crt"
        self.etcd, self.etcd_key = folder / "etcd.crt", folder / "etcd.key"
        self.service_accounts_key = folder / "service-accounts.key"
        self.tokens = folder / "tokens.csv"

    @property
    def token(self) -> str:
        """The administrator's token."""
        return self.tokens.read_text().partition(",")[0]

    def ensure(self) -> None:
        """Make what is missing or about to expire; what is good stays, and so do tokens."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.tokens.exists():
            _write(
                self.tokens, f'{secrets.token_urlsafe(32)},admin,admin,"system:masters"\n'.encode()
            )
        if not self.service_accounts_key.exists():
            _write(self.service_accounts_key, _pem(_new_key()))
        for authority, certificate, key in (
            (self.authority, self.server, self.server_key),
            (self.etcd_authority, self.etcd, self.etcd_key),
        ):
            if not (authority.exists() and key.exists() and _is_good(certificate)):
                _make_pair(authority, certificate, key)


def _make_pair(authority: Path, certificate: Path, key: Path) -> None:
    """Write an authority's certificate and, signed by it, one for a server on loopback.

    The authority's own key is not kept: it never signs anything else.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    authority_key, server_key = _new_key(), _new_key()
    issuer, subject = _name(f"vmpool {authority.stem}"), _name(f"vmpool {certificate.stem}")
    issued = (
        _certificate(issuer, issuer, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    served = (
        _certificate(subject, issuer, server_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            # etcd's only client, the API server, shows etcd's own certificate.
            x509.ExtendedKeyUsage(
                [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
            ),
            critical=False,
        )
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(IPv4Address(LOOPBACK)), x509.DNSName("localhost")]
            ),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()),
            critical=False,
        )
        .sign(authority_key, hashes.SHA256())
    )
    _write(key, _pem(server_key))
    _write(authority, _pem_of(issued))
    # Last, since its presence is what says that the others are there.
    _write(certificate, _pem_of(served))


def _is_good(certificate: Path) -> bool:
    from cryptography import x509

    if not certificate.exists():
        return False
    try:
        ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except ValueError:
        return False
    return ends - datetime.now(UTC) > LEAST_REST


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    from cryptography import x509

    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The clocks of a machine and of its containers may differ a little.
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM,
        # In PKCS #8 the API server would not find the public half of the service accounts' key.
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def _pem_of(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, content: bytes) -> None:
    """Write a file all at once: half a token would be taken for one for ever."""
    unfinished = path.with_name(f"{path.name}.new")
    with processes.private(unfinished) as file:
        file.write(content)
    unfinished.replace(path)
