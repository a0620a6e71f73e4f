"""Tests of QUIC's packet protection."""

from benchmarks.traffic.quic import initial, initial_secret, varint

CONNECTION = bytes.fromhex("8394c8f03e515708")


def test_a_servers_initial_packet_is_that_of_rfc_9001() -> None:
    """Appendix A.3 gives frames and packet."""
    frames = bytes.fromhex(
        "02000000000600405a020000560303eefce7f7b37ba1d1632e96677825ddf73988cfc79825df566dc5430b9a045a1200130100002e"
        "00330024001d00209d3c940d89690b84d08a60993c144eca684d1081287c834d5311bcf32bb9da1a002b00020304"
    )
    packet = bytes.fromhex(
        "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede"
        "4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06ed"
        "bb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee"
    )
    chosen = bytes.fromhex("f067a5502a4262b5")
    assert initial(b"", chosen, initial_secret(CONNECTION, "server in"), frames, 1) == packet


def test_variable_length_integers_are_those_of_rfc_9000() -> None:
    """Appendix A.1 gives one of each length."""
    examples = {151288809941952652: "c2197c5eff14e88c", 494878333: "9d7f3e7d", 15293: "7bbd", 37: "25"}
    assert {value: varint(value).hex() for value in examples} == examples
