"""The upload doctor: examines a file of somebody's own and says what is in it and what is wrong with it."""

from data.upload.examination import Examination, SourceColumn
from data.upload.examine import examine
from data.upload.limits import UploadLimits
from data.upload.mapping import MappedColumn
from data.upload.problems import Problem
from data.upload.storing import check_table, write_table

__all__ = [
    "Examination",
    "MappedColumn",
    "Problem",
    "SourceColumn",
    "UploadLimits",
    "check_table",
    "examine",
    "write_table",
]
