"""Between equals: BitTorrent, games, and programs whose protocols nobody has written down."""

from random import Random

from benchmarks.traffic.script import MILLISECOND, SECOND, Patch, Script, client, server
from benchmarks.traffic.wire import le32, u8, u32


def bittorrent(random: Random) -> Script:
    """The peer protocol (BEP 3): handshake, bitfield, then blocks of 16 KB."""
    torrent = random.randbytes(20)

    def hello(name: bytes) -> bytes:
        return u8(19) + b"BitTorrent protocol" + bytes(5) + u8(0x10, 0, 5) + torrent + name + random.randbytes(12)

    bits = random.randbytes(90)
    opening = (
        client(hello(b"-TR4010-")),
        server(hello(b"-qB4650-") + u32(91) + u8(5) + bits),
        client(u32(1) + u8(2)),
        server(u32(1) + u8(1)),
    )
    block = (random.randrange(700), 0, 16384)
    ask = client(u32(13) + u8(6) + u32(*block))
    piece = server(u32(9 + 16384) + u8(7) + u32(*block[:2]), 16384, pause=MILLISECOND)
    return Script(opening, (ask, piece))


def dht(random: Random) -> Script:
    """BitTorrent's distributed hash table (BEP 5)."""
    own, other, target = (random.randbytes(20) for _ in range(3))
    ask = b"d1:ad2:id20:" + own + b"6:target20:" + target + b"e1:q9:find_node1:t2:aa1:y1:qe"
    nodes = random.randbytes(26 * 8)
    answer = b"d1:rd2:id20:" + other + b"5:nodes208:" + nodes + b"e1:t2:aa1:y1:re"
    return Script((client(ask), server(answer, pause=40 * MILLISECOND)))


def plain(random: Random) -> Script:
    """Programs' own protocols: a length before random-looking content, known to nobody."""
    size = random.randrange(40, 900)
    bulky = random.random() < 0.4
    mark = random.randbytes(4)
    repeat = (
        client(le32(size) + mark, size, pause=(5 if bulky else 800) * MILLISECOND),
        server(le32(size * 3) + mark, 30000 if bulky else size * 3),
    )
    return Script((), repeat)


def game(random: Random) -> Script:
    """A game's state, many times a second, over UDP."""
    mark = random.randbytes(3)
    repeat = (
        client(
            mark + bytes(4),
            30 + random.randrange(40),
            pause=33 * MILLISECOND,
            period=True,
            patch=Patch.COUNT32,
            at=3,
        ),
        server(mark + bytes(4), 200 + random.randrange(300), pause=0, patch=Patch.COUNT32, at=3),
    )
    return Script((client(mark + b"hello"), server(mark + b"ready", pause=SECOND // 20)), repeat)
