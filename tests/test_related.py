"""Flows that another flow announced."""

from pathlib import Path

import annotator

TRANSFERS = Path(__file__).parents[1] / "samples" / "transfers.pcapng"


def test_announced_flows_name_their_announcer_and_are_no_unknown_ports() -> None:
    """FTP's data connections and TFTP's reply ports have the Community ID of the flow that announced them."""
    flows = annotator.annotate(TRANSFERS).flows
    related = flows[flows["related_to"].notna()]
    assert len(related)
    assert not related["unknown_port"].any()
    announcers = flows[flows["community_id"].isin(set(related["related_to"]))]
    assert set(announcers["observed"]) >= {"ftp", "tftp"}
