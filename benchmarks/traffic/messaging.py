"""Message brokers: MQTT 3.1.1, AMQP 0-9-1, Kafka."""

from random import Random

from benchmarks.traffic.script import MILLISECOND, SECOND, Script, client, server
from benchmarks.traffic.wire import u8, u16, u32, u64, v8, v16, v32

TOPICS = ("plant/line1/temp", "plant/line2/speed", "home/door", "fleet/7/position", "alerts")


def control(kind: int, body: bytes) -> bytes:
    """One control packet under 16 KB (MQTT 3.1.1 section 2.2)."""
    size = len(body)
    return u8(kind) + (u8(size) if size < 128 else u8(size & 127 | 128, size >> 7)) + body


def mqtt(random: Random) -> Script:
    """A sensor that reports."""
    topic = random.choice(TOPICS).encode()
    hello = v16(b"MQTT") + u8(4, 2) + u16(60) + v16(f"sensor-{random.randrange(10**4)}".encode())
    reading = f'{{"value":{random.randrange(1000) / 10},"unit":"C"}}'.encode()
    opening = (
        client(control(0x10, hello)),
        server(control(0x20, u8(0, 0))),
        client(control(0x82, u16(1) + v16(topic + b"/set") + u8(0))),
        server(control(0x90, u16(1) + u8(0))),
    )
    publish = (
        client(control(0x32, v16(topic) + u16(2) + reading), pause=SECOND),
        server(control(0x40, u16(2)), pause=MILLISECOND),
    )
    return Script(opening, publish, (client(control(0xE0, b"")),))


def amqp_method(channel: int, group: int, number: int, arguments: bytes) -> bytes:
    """A method frame."""
    return u8(1) + u16(channel) + v32(u16(group, number) + arguments) + u8(0xCE)


def amqp(random: Random) -> Script:
    """Negotiation, one channel, then publications and heartbeats."""
    product = v8(b"product") + b"S" + v32(b"RabbitMQ") + v8(b"version") + b"S" + v32(b"3.10.8")
    queue = v8(random.choice(TOPICS).encode())
    login = v8(b"PLAIN") + v32(b"\0app\0secret") + v8(b"en_US")
    body = random.randbytes(random.choice((60, 700))).hex().encode()
    content = u8(2) + u16(1) + v32(u16(60, 0) + u64(len(body)) + u16(0)) + u8(0xCE)
    publish = amqp_method(1, 60, 40, u16(0) + v8(b"") + queue + u8(0)) + content + u8(3) + u16(1) + v32(body) + u8(0xCE)
    heartbeat = u8(8) + u16(0) + u32(0) + u8(0xCE)
    opening = (
        client(b"AMQP" + u8(0, 0, 9, 1)),
        server(amqp_method(0, 10, 10, u8(0, 9) + v32(product) + v32(b"AMQPLAIN PLAIN") + v32(b"en_US"))),
        client(amqp_method(0, 10, 11, v32(product) + login)),
        server(amqp_method(0, 10, 30, u16(2047) + u32(131072) + u16(60))),
        client(amqp_method(0, 10, 31, u16(2047) + u32(131072) + u16(60)) + amqp_method(0, 10, 40, v8(b"/") + u8(0, 0))),
        server(amqp_method(0, 10, 41, u8(0))),
        client(amqp_method(1, 20, 10, v8(b""))),
        server(amqp_method(1, 20, 11, v32(b""))),
    )
    return Script(opening, (client(publish, pause=300 * MILLISECOND), server(heartbeat, pause=2 * SECOND)))


def kafka(random: Random) -> Script:
    """ApiVersions version 0, then Metadata version 0 for one topic, again and again."""
    name = v16(f"consumer-{random.randrange(99)}".encode())
    topic = v16(random.choice(TOPICS).replace("/", ".").encode())
    versions = b"".join(u16(*row) for row in ((0, 0, 8), (1, 0, 11), (3, 0, 9), (18, 0, 3)))
    broker = u32(1) + v16(b"kafka1.corp.example") + u32(9092)
    partition = u16(0) + u32(0, 1) + u32(1, 1) + u32(1, 1)
    metadata = u32(2) + u32(1) + broker + u32(1) + u16(0) + topic + u32(1) + partition
    opening = (
        client(v32(u16(18, 0) + u32(1) + name)),
        server(v32(u32(1) + u16(0) + u32(4) + versions)),
    )
    ask = client(v32(u16(3, 0) + u32(2) + name + u32(1) + topic), pause=SECOND)
    return Script(opening, (ask, server(v32(metadata))))
