"""Bytes to headers: link layer, IP, transport. Knows no flows, and no ports' meaning."""

from annotator.decode.batch import Decoder

__all__ = ["Decoder"]
