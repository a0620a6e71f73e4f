"""Protocols of lines of text: mail, files, chat."""

from base64 import b64encode
from random import Random

from benchmarks.traffic import tls
from benchmarks.traffic.script import MILLISECOND, SECOND, Script, Step, client, server
from benchmarks.traffic.wire import DOMAINS, crlf, host_name

PEOPLE = ("anna", "bo", "chen", "dara", "emil", "fatima", "goran", "hana")


def person(random: Random) -> str:
    """A mail address."""
    return f"{random.choice(PEOPLE)}@{random.choice(DOMAINS)}"


def ask(line: str, pause: int = 3 * MILLISECOND) -> Step:
    """One line of the client."""
    return client(crlf(line), pause=pause)


def reply(*lines: str, pause: int = 2 * MILLISECOND) -> Step:
    """One line or more of the server."""
    return server(crlf(*lines), pause=pause)


def letter(random: Random, author: str, reader: str) -> bytes:
    """A mail with an attachment, dot-terminated (RFC 5321 section 4.5.2)."""
    head = crlf(
        f"From: <{author}>",
        f"To: <{reader}>",
        "Date: Mon, 04 May 2026 09:12:03 +0000",
        f"Message-ID: <{random.randrange(10**12)}@{host_name(random)}>",
        "Subject: Figures",
        "MIME-Version: 1.0",
        "Content-Type: application/octet-stream",
        "Content-Transfer-Encoding: base64",
        "",
    )
    body = b64encode(random.randbytes(random.choice((600, 3000, 20000))))
    lines = (body[at : at + 76] for at in range(0, len(body), 76))
    return head + b"".join(line + b"\r\n" for line in lines) + b".\r\n"


def smtp(random: Random) -> Script:
    """Mail between servers, half of it after STARTTLS (RFC 3207)."""
    mx = host_name(random)
    greeting = (
        reply(f"220 {mx} ESMTP Postfix"),
        ask(f"EHLO {host_name(random)}"),
        reply(f"250-{mx}", "250-PIPELINING", "250-SIZE 10240000", "250-STARTTLS", "250 8BITMIME"),
    )
    if random.random() < 0.5:
        secure = (*greeting, ask("STARTTLS"), reply("220 2.0.0 Ready to start TLS"))
        secret = (tls.sealed(0, random.randrange(400, 9000)), tls.sealed(1, 60))
        return Script(secure + tls.opening(random, mx), secret, (tls.sealed(0, 19),))
    author, reader = person(random), person(random)
    mail = (
        ask(f"MAIL FROM:<{author}>"),
        reply("250 2.1.0 Ok"),
        ask(f"RCPT TO:<{reader}>"),
        reply("250 2.1.5 Ok"),
        ask("DATA"),
        reply("354 End data with <CR><LF>.<CR><LF>"),
        client(letter(random, author, reader)),
        reply("250 2.0.0 Ok: queued as 4F1A2B3C", pause=30 * MILLISECOND),
    )
    return Script(greeting + mail, mail, (ask("QUIT"), reply("221 2.0.0 Bye")))


def imap(random: Random) -> Script:
    """A mailbox that is asked for news (RFC 9051)."""
    user = random.choice(PEOPLE)
    return Script(
        (
            reply("* OK [CAPABILITY IMAP4rev1 LOGIN-REFERRALS ID ENABLE IDLE LITERAL+] Dovecot ready."),
            ask(f'a1 LOGIN {user} "secret{random.randrange(99)}"'),
            reply("a1 OK Logged in"),
            ask("a2 SELECT INBOX"),
            reply(
                f"* {random.randrange(900)} EXISTS",
                "* 0 RECENT",
                "a2 OK [READ-WRITE] Select completed.",
            ),
        ),
        (ask("a3 NOOP", pause=4 * SECOND), reply("a3 OK NOOP completed.")),
        (ask("a4 LOGOUT"), reply("* BYE Logging out", "a4 OK Logout completed.")),
    )


def pop3(random: Random) -> Script:
    """A mailbox that is emptied (RFC 1939)."""
    mail = letter(random, person(random), person(random))
    return Script(
        (
            reply(f"+OK POP3 server ready <{random.randrange(10**6)}.1777@{host_name(random)}>"),
            ask(f"USER {random.choice(PEOPLE)}"),
            reply("+OK"),
            ask(f"PASS secret{random.randrange(99)}"),
            reply("+OK Logged in."),
            ask("STAT"),
            reply(f"+OK 9 {9 * len(mail)}"),
        ),
        (ask("RETR 1"), server(crlf(f"+OK {len(mail)} octets") + mail)),
        (ask("QUIT"), reply("+OK Logging out.")),
    )


def ftp(random: Random) -> Script:
    """The control connection of FTP (RFC 959), passive mode."""
    files = tuple(
        step
        for _ in range(2)
        for step in (
            ask("PASV", pause=500 * MILLISECOND),
            reply(f"227 Entering Passive Mode (10,0,21,4,{random.randrange(128, 255)},{random.randrange(255)})."),
            ask(f"RETR data{random.randrange(999)}.csv"),
            reply("150 Opening BINARY mode data connection."),
            reply("226 Transfer complete.", pause=300 * MILLISECOND),
        )
    )
    login = (
        reply("220 (vsFTPd 3.0.3)"),
        ask(f"USER {random.choice(PEOPLE)}"),
        reply("331 Please specify the password."),
        ask(f"PASS secret{random.randrange(99)}"),
        reply("230 Login successful."),
        ask("TYPE I"),
        reply("200 Switching to Binary mode."),
    )
    return Script(login, files, (ask("QUIT"), reply("221 Goodbye.")))


def irc(random: Random) -> Script:
    """A chat (RFC 2812)."""
    nick, host = random.choice(PEOPLE), host_name(random)
    login = (
        client(crlf(f"NICK {nick}", f"USER {nick} 0 * :{nick}")),
        reply(f":{host} 001 {nick} :Welcome to the network, {nick}", f":{host} 376 {nick} :End of MOTD"),
        ask("JOIN #ops"),
        reply(f":{nick}!{nick}@10.0.0.9 JOIN #ops"),
    )
    talk = (
        ask(f"PRIVMSG #ops :number {random.randrange(10**6)} is up again", pause=6 * SECOND),
        reply(f":bo!bo@10.0.0.8 PRIVMSG #ops :{random.randrange(99)} thanks", pause=3 * SECOND),
    )
    return Script(login, talk, (ask("QUIT :bye"), reply(f"ERROR :Closing link: {nick}")))


def rsync(random: Random) -> Script:
    """A mirror that is brought up to date by the rsync daemon."""
    module = random.choice(("backup", "mirror", "home"))
    opening = (
        server(b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n"),
        client(b"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n" + module.encode() + b"\n"),
        server(b"@RSYNCD: OK\n"),
        client(b"--server\0--sender\0-logDtpre.iLsfxCIvu\0.\0" + module.encode() + b"/\0\0"),
    )
    # multiplexed data (tag 7 above the 24-bit length, little-endian), as the daemon frames it
    data = server((7 << 24 | 16384).to_bytes(4, "little") + random.randbytes(64), 16384 - 64, pause=0)
    return Script(opening, (data,))


def git(random: Random) -> Script:
    """A clone over git's own protocol, version 1 (pkt-lines, then a pack by side band)."""
    line = f"git-upload-pack /srv/{random.choice(PEOPLE)}.git\0host={host_name(random)}\0".encode()
    commit = random.randbytes(20).hex()
    offer = f"{commit} HEAD\0multi_ack thin-pack side-band-64k ofs-delta agent=git/2.39.5\n".encode()
    want = f"want {commit} side-band-64k ofs-delta agent=git/2.39.5\n".encode()
    opening = (
        client(packet_line(line)),
        server(packet_line(offer) + packet_line(f"{commit} refs/heads/main\n".encode()) + b"0000"),
        client(packet_line(want) + b"0000" + packet_line(b"done\n")),
        server(packet_line(b"NAK\n")),
    )
    size = 8000
    pack = server(f"{size + 5:04x}".encode() + b"\x01", size, pause=0)
    return Script(opening, (pack,), (server(b"0000"),))


def packet_line(data: bytes) -> bytes:
    """One pkt-line: four hexadecimal digits that count themselves."""
    return f"{len(data) + 4:04x}".encode() + data
