"""What servers serve: dull texts, and the keys of one recording."""

import subprocess
from pathlib import Path
from typing import Final

DOMAIN: Final = "example.org"
WORDS: Final = ("allow", "deny", "established", "related", "new", "drop", "accept", "log", "chain", "rule", "port")


def text(size: int) -> str:
    """``size`` characters of readable text, always the same, in lines of nine words."""
    lines: list[str] = []
    total = 0
    while total < size:
        lines.append(" ".join(WORDS[(3 * len(lines) + word) % len(WORDS)] for word in range(9)))
        total += len(lines[-1]) + 1
    return "\n".join(lines)[: size - 1] + "\n"


def make_keys(work: Path) -> None:
    """Make this recording's private keys: an authority and a certificate by it, SSH host and user keys.

    They stay in the scratch folder and go with it.
    """
    folder = work / "keys"
    folder.mkdir()
    new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    names = f"subjectAltName=DNS:{DOMAIN},DNS:*.{DOMAIN}"
    for command in (
        f"req -x509 {new_key} -days 3650 -keyout ca.key -out ca.crt -subj /CN=Sample-CA",
        f"req {new_key} -keyout server.key -out server.csr -subj /CN={DOMAIN} -addext {names}",
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -out server.crt"
        " -copy_extensions copy",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    (folder / "server.key").chmod(0o644)  # servers read it after they gave up root
    for name in ("ssh_host", "ssh_user"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name]
        subprocess.run(make, check=True)
