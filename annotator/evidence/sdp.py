"""Session descriptions (SDP), by which SIP and RTSP say where media will flow."""

import re
from typing import Any, Final

from annotator.kernel.jit import kernel
from annotator.kernel.load import be32

MEDIA: Final = (0x0A6D3D61, 0x0A6D3D76, 0x0A6D3D69)  # LF, "m=", and the first letter of audio, video, image


@kernel
def has_media(data: Any, i: int, end: int) -> bool:
    """Say whether a line describes audio, video or an image (T.38): ``m=`` (RFC 8866 section 5.14)."""
    for k in range(i, end - 3):
        word = be32(data, k)
        if word == MEDIA[0] or word == MEDIA[1] or word == MEDIA[2]:
            return True
    return False


def announced(raw: bytes) -> list[tuple[str, str, int]]:
    """Read (address, transport, port) of each medium, and of its RTCP, out of the lines ``c=`` and ``m=``."""
    session, address = "", ""
    found: list[tuple[str, str, int]] = []
    media: list[tuple[str, int, bool]] = []
    for line in re.split(r"\r?\n", raw.decode("ascii", "replace")):
        connection = re.match(r"c=IN IP[46] ([0-9A-Fa-f:.]+)", line)
        medium = re.match(r"m=\S+ (\d{1,5})(?:/\d+)? (\S+)", line)
        rtcp = re.match(r"a=rtcp:(\d{1,5})", line)
        if connection:
            address = connection[1]
            if media:
                media[-1] = (address, *media[-1][1:])
            else:
                session = address
        elif medium and 0 < int(medium[1]) < 65536:
            media.append((session, int(medium[1]), "RTP" in medium[2].upper()))
        elif rtcp and int(rtcp[1]) < 65536:
            found.append((address, "udp", int(rtcp[1])))
    for host, port, is_rtp in media:
        found.append((host, "udp", port))
        if is_rtp and port < 65535:
            found.append((host, "udp", port + 1))  # RFC 3550 section 11
    return found
