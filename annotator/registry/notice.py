"""What IANA says about its registry, word for word, and where it says it."""

from typing import Final

from annotator.words import RangeClass

NOTICE: Final = (
    "PLEASE NOTE THE FOLLOWING:\n"
    "\n"
    "ASSIGNMENT OF A PORT NUMBER DOES NOT IN ANY WAY IMPLY AN ENDORSEMENT OF AN APPLICATION OR PRODUCT, "
    "AND THE FACT THAT NETWORK TRAFFIC IS FLOWING TO OR FROM A REGISTERED PORT DOES NOT MEAN THAT IT IS "
    '"GOOD" TRAFFIC, NOR THAT IT NECESSARILY CORRESPONDS TO THE ASSIGNED SERVICE. FIREWALL AND SYSTEM '
    "ADMINISTRATORS SHOULD CHOOSE HOW TO CONFIGURE THEIR SYSTEMS BASED ON THEIR KNOWLEDGE OF THE TRAFFIC IN "
    "QUESTION, NOT WHETHER THERE IS A PORT NUMBER REGISTERED OR NOT."
)
"""IANA's notice: two paragraphs, the lines of the box joined, nothing else changed; in every report."""

REGISTRY_URL: Final = "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers"
"""IANA's registry, to be completed with ``.csv``, ``.xml``, ``.txt`` or ``.xhtml``."""

APPLY_URL: Final = "https://www.iana.org/protocols/apply"
"""Where an assignment is asked for ("Request an Assignment" in the registry's head)."""

LICENCE: Final = "CC0-1.0"
"""IANA registries are in the public domain (joint statement of IANA and the IETF, 10 November 2021)."""

REGISTRATION: Final = {
    RangeClass.SYSTEM: f"not to be used without registration with IANA: {APPLY_URL}",
    RangeClass.USER: f"not to be used without registration with IANA: {APPLY_URL}",
    RangeClass.DYNAMIC: "never assigned: free for temporary use, and no sign of any service",
    RangeClass.NONE: "",
}
"""What RFC 6335 (sections 6 and 8.1.2) and the registry's head say of using a port number."""
