"""What receivers would say of a document, before they say it.

:func:`validate` holds a document against the schemas that govsync ships and against
the rules that no schema can say; what it finds names rule, place and mend. It judges
documents of our formats, ours and others': one that other software wrote is told
where it leaves our profile.
"""

from govsync.validation.document import Report, validate
from govsync.validation.fault import RULES, Fault, Place, Rule

__all__ = ["RULES", "Fault", "Place", "Report", "Rule", "validate"]
