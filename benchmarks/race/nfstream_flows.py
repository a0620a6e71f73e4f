"""Count a capture's flows with nfstream; run by the Python of nfstream's own environment, and told the dissections."""

import sys
from importlib.metadata import version

if __name__ == "__main__":  # nfstream starts processes that import this file again
    if sys.argv[1] == "--version":
        print(version("nfstream"))
    else:
        from nfstream import NFStreamer  # type: ignore[import-not-found]  # lives in an environment of its own

        print(sum(1 for _ in NFStreamer(source=sys.argv[1], n_dissections=int(sys.argv[2]))))
