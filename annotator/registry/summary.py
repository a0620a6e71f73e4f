"""What a registry holds, in numbers."""

from collections import Counter
from datetime import date

from annotator.registry.info import RegistryInfo
from annotator.registry.record import RowStatus
from annotator.registry.registry import Registry
from annotator.registry.service_name import is_well_formed


def summarize(registry: Registry) -> dict[str, dict[str, int]]:
    """Return counts of records: by row status, by transport, and by what they have."""
    column = registry.records.column
    statuses = Counter(column("row_status"))
    transports = Counter(transport or "any" for transport in column("transport"))
    ports = column("port_range")
    return {
        "by_row_status": {status.value: statuses[status] for status in RowStatus},
        "by_transport": dict(sorted(transports.items())),
        "records": {
            "all": registry.info.records,
            "with_name": sum(map(bool, column("service_name"))),
            "with_port": sum(map(bool, ports)),
            "with_range": sum("-" in text for text in ports),
            "with_legacy_name": sum(bool(name) and not is_well_formed(name) for name in column("service_name")),
        },
    }


def age_days(info: RegistryInfo, today: date) -> int | None:
    """Return how many days old a registry is; None where it states no date that can be read."""
    try:
        return (today - date.fromisoformat(info.updated)).days
    except ValueError:
        return None
