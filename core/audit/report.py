"""The registry of checks, and one audit of a table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.audit.columns import ConstantColumns, Outliers, UnknownZeros
from core.audit.dates import DatePrecision, Drift
from core.audit.leaks import GroupMeans, PostOutcome, TargetCopies
from core.audit.model import LEVELS, AuditReport, Check, CheckResult, Finding, NotChecked
from core.audit.repeats import NearDuplicates, RepeatedTracks, SeveralGenres, SharedAudio
from core.audit.table import AuditedTable
from data.schema import EXTRA_PREFIX

if TYPE_CHECKING:
    from data.sources import Dataset

CHECKS: Mapping[str, type[Check]] = MappingProxyType(
    {
        check.key: check
        for check in (
            RepeatedTracks,
            SharedAudio,
            NearDuplicates,
            SeveralGenres,
            TargetCopies,
            PostOutcome,
            GroupMeans,
            ConstantColumns,
            UnknownZeros,
            DatePrecision,
            Drift,
            Outliers,
        )
    }
)


def audit(dataset: Dataset) -> AuditReport:
    """Run every check on a table.

    Parameters
    ----------
    dataset : Dataset
        A cleaned table; it is not changed.

    Returns
    -------
    AuditReport
        The findings, leaks first, and how every check ended.
    """
    table = AuditedTable(dataset)
    findings: list[Finding] = []
    results: list[CheckResult] = []
    for check in CHECKS.values():
        found = check.find(table)
        if isinstance(found, NotChecked):
            results.append(CheckResult(check.key, check.title, check.question, "not checked", found.reason))
            continue
        results.append(CheckResult(check.key, check.title, check.question, "found" if found else "passed"))
        if found is not None:
            findings.append(Finding(check.key, check.title, why=check.why, protocols=check.protocols, **vars(found)))
    order = list(LEVELS)
    findings.sort(key=lambda finding: order.index(finding.level))
    report = table.report
    return AuditReport(
        findings=tuple(findings),
        checks=tuple(results),
        rows=report.rows_read,
        tracks=report.tracks,
        sha256=dataset.sha256,
        source_name=dataset.source.name,
        own=tuple(name.removeprefix(EXTRA_PREFIX) for name in table.extras),
        unread=tuple(one.column for one in report.decisions if one.action == "ignored"),
    )
