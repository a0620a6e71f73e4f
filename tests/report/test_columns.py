"""The schema is the public one."""

from pathlib import Path

from annotator.report import columns
from annotator.report.columns import Kind

FLOW_COLUMNS = """
first_seen last_seen duration_s first_frame transport initiator_addr initiator_port responder_addr responder_port
icmp_type icmp_code direction_basis outcome end initiator_scope responder_scope initiator_packets responder_packets
initiator_bytes responder_bytes initiator_frame_bytes responder_frame_bytes initiator_payload_bytes
responder_payload_bytes tcp_flags_initiator tcp_flags_responder vlan tunnel community_id
initiator_range_class initiator_status initiator_status_detail initiator_service initiator_service_names
initiator_unauthorized_use responder_range_class responder_status responder_status_detail responder_service
responder_service_names responder_unauthorized_use observed observed_grade observed_basis observed_label
agreement agreement_reason unknown_port related_to site
"""

SERVICE_COLUMNS = """
transport port range_class status status_detail service service_names site observed agreement outcome flows
initiators responders packets bytes first_seen last_seen wireshark_filter
"""


def names(schema: tuple[columns.Column, ...]) -> list[str]:
    return [column.name for column in schema]


def test_flow_columns_are_pinned() -> None:
    """Names and order of the flow columns are an interface: other programs read them."""
    assert names(columns.FLOW) == FLOW_COLUMNS.split()


def test_report_table_columns_are_pinned() -> None:
    """So are those of the services table, which the endpoint tables contain."""
    assert names(columns.SERVICE) == SERVICE_COLUMNS.split()
    for table in (columns.UNKNOWN, columns.DISAGREEMENT):
        assert names(table)[:20] == ["responder_addr", *SERVICE_COLUMNS.split()]
        assert {"peers", "peer_count"} <= set(names(table))
    assert {"severity", "severity_reason", "likely_ephemeral", "likely_ephemeral_reason"} <= set(names(columns.UNKNOWN))


def test_every_column_is_documented_once() -> None:
    """No column lacks a meaning, none stands twice, and numbers of bytes, packets or seconds have their unit."""
    for table in (columns.FLOW, columns.SERVICE, columns.UNKNOWN, columns.DISAGREEMENT, columns.SCAN):
        assert len(set(names(table))) == len(table)
        for column in table:
            assert column.doc
            if column.name.endswith(("bytes", "packets", "flows")) and column.kind is Kind.INTEGER:
                assert column.unit


def test_readme_holds_the_generated_table() -> None:
    """The README's column table is the schema's own words."""
    readme = Path(__file__).resolve().parents[2] / "README.md"
    assert columns.flow_table_markdown() in readme.read_text("utf-8")
