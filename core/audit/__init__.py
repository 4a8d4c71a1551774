"""What in a table makes scores look better than they are, or numbers mean less than they seem."""

from core.audit.model import AuditReport, Check, CheckResult, Finding, Level, NotChecked
from core.audit.optimism import GAP_PROTOCOLS, compute_optimism, optimism_requests
from core.audit.report import CHECKS, audit

__all__ = [
    "CHECKS",
    "GAP_PROTOCOLS",
    "AuditReport",
    "Check",
    "CheckResult",
    "Finding",
    "Level",
    "NotChecked",
    "audit",
    "compute_optimism",
    "optimism_requests",
]
