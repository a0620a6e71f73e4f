"""What the figures were measured on."""

import os
import platform
from pathlib import Path


def field(path: str, key: str) -> str:
    """Read the first ``key: value`` or ``key=value`` of a file."""
    try:
        for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.replace("=", ":", 1).partition(":")
            if name.strip() == key:
                return value.strip().strip('"')
    except OSError:
        pass
    return "unknown"


def describe() -> dict[str, str]:
    """Describe processor, memory, kernel and system."""
    kilobytes = field("/proc/meminfo", "MemTotal").split()[0]
    memory = f"{int(kilobytes) / 2**20:.1f} GiB" if kilobytes.isdigit() else "unknown"
    return {
        "processor": field("/proc/cpuinfo", "model name"),
        "cache": field("/proc/cpuinfo", "cache size"),
        "processors": str(os.cpu_count()),
        "memory": memory,
        "kernel": platform.release(),
        "system": field("/etc/os-release", "PRETTY_NAME"),
        "python": platform.python_version(),
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
    }
