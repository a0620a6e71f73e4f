"""Service definitions for firewalld."""

import re
from xml.etree import ElementTree as ET

from annotator.registry.export import export
from annotator.registry.registry import Registry

from ..making import record, registry_of


def test_every_service_is_a_file_as_its_manual_describes(embedded: Registry) -> None:
    """Well-formed; short, description and ports of the transports that firewalld knows; a name that it takes."""
    files = export(embedded, "firewalld")
    assert len({name.lower() for name in files}) == len(files)
    for name, data in files.items():
        assert re.fullmatch(r"[A-Za-z0-9_-]+\.xml", name)
        service = ET.fromstring(data)  # noqa: S314 (made just now)
        assert service.tag == "service"
        assert [child.tag for child in service][:2] == ["short", "description"]
        ports = service.findall("port")
        assert ports
        assert {port.get("protocol") for port in ports} <= {"tcp", "udp", "sctp", "dccp"}
        assert all(re.fullmatch(r"\d+(-\d+)?", port.get("port", "")) for port in ports)


def test_a_service_has_all_its_ports(embedded: Registry) -> None:
    """domain on tcp and udp; x11's range as one."""
    service = ET.fromstring(export(embedded, "firewalld", ["x11"])["x11.xml"])  # noqa: S314 (made just now)
    assert [(port.get("protocol"), port.get("port")) for port in service.findall("port")] == [
        ("tcp", "6000-6063"),
        ("udp", "6000-6063"),
    ]


def test_hostile_text_stays_text() -> None:
    """Neither in the file's name nor in its elements does it become anything else."""
    files = export(registry_of([record("../../x", "1", "tcp", "<port/>&]]>--")]), "firewalld")
    ((name, data),) = files.items()
    assert name == "______x.xml"
    assert ET.fromstring(data).findtext("description") == "<port/>&]]>--"  # noqa: S314 (made just now)
