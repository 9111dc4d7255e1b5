"""Stack files with encrypted values, and what encrypts them."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

# Made by Pulumi 3.260: `pulumi config set --secret password hunter2-do-not-show`.
PULUMIS_PASSPHRASE = "correct horse"


def sealed(
    phrase: str, text: str, *, salt: bytes = b"8 bytes.", nonce: bytes = b"12 bytes ..."
) -> str:
    """Return a text as Pulumi's passphrase provider encrypts it (config/crypt.go)."""
    key = PBKDF2HMAC(hashes.SHA256(), 32, salt, 1_000_000).derive(phrase.encode())
    encrypted = AESGCM(key).encrypt(nonce, text.encode(), None)
    return f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(encrypted).decode()}"


def salt_for(phrase: str, *, salt: bytes = b"8 bytes.") -> str:
    """Return the encryptionsalt of a stack file for a passphrase."""
    return f"v1:{base64.b64encode(salt).decode()}:{sealed(phrase, 'pulumi', salt=salt)}"


# Written by Pulumi 3.260 (`pulumi config set --secret`, with --path for the key).
BY_PULUMI = """
encryptionsalt: v1:mQlp0v7cvcQ=:v1:3PM8WU3XnsrSKUKx:dbx5+LsnD3NpHRPAUfPUzRgsnWm9fg==
config:
  kubevirt-vm-pool:password:
    secure: v1:KGPy13HOV2+pLBfZ:mOhhWd1NLMqysM4LLLP7l+MX6Vau6e1Tq1tmIsdiczivsXM=
  kubevirt-vm-pool:cloudInit:
    sshAuthorizedKeys:
      - secure: v1:SGSE++IZQmk6IdPb:YMv8IGwNVbkmHhezDdtZW+XFnVfChmdohh7YF1fSNSywXH7jtiq4lRxgNJqWGf3d5My6EMwzQTj667nTGKpNpmPYuSlZPgieEgtky9LcI6F4HFeudec0h4A2Q+3Cw+QCePMMpORNuag=
  kubevirt-vm-pool:disk:
    source:
      pvc:
        name: golden
"""  # noqa: E501 - as Pulumi wrote it
