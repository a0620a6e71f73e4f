"""annotator against other tools' answers for real captures: capinfos, tshark, nDPI, Zeek, Arkime."""
