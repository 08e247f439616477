"""Questions put to people, their answers, and how far they agree."""

from hexachord.learning.annotation.aggregation import Consensus, aggregate, dawid_skene, majority
from hexachord.learning.annotation.agreement import AgreementReport, measure_agreement
from hexachord.learning.annotation.exports import export_answers, labelled_dataset
from hexachord.learning.annotation.project import Project, labels_project, load_project, save_project
from hexachord.learning.annotation.questions import Question
from hexachord.learning.annotation.store import Store

__all__ = [
    "AgreementReport",
    "Consensus",
    "Project",
    "Question",
    "Store",
    "aggregate",
    "dawid_skene",
    "export_answers",
    "labelled_dataset",
    "labels_project",
    "load_project",
    "majority",
    "measure_agreement",
    "save_project",
]
