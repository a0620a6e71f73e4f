"""What the hot loops share: the compiler's seam, checked loads, a keyed hash. Nothing here knows a protocol."""
