"""The register of certificates. Nothing here is ever deleted; files and acts are only added."""

from certificates.models.act_batches import ActBatch, ActLine
from certificates.models.acts import CertificateAct
from certificates.models.applications import WorkApplication, WorkDecision
from certificates.models.batches import BatchLine, CoursePolicy, IssueBatch, IssuingStop
from certificates.models.certificates import Certificate, Series
from certificates.models.corrections import NameCorrection
from certificates.models.counts import CheckCount
from certificates.models.credentials import Credential, Publication
from certificates.models.designs import Design, DesignLogo, DesignSignatory, DesignVersion
from certificates.models.file_checks import FileCheck
from certificates.models.files import CertificateFile
from certificates.models.holds import CheckQuestion, Hold, KnowledgeCheck
from certificates.models.kept import KeptForever
from certificates.models.keys import KeyHour, SealKey
from certificates.models.log import LogEntry, TreeHead, TreeNode
from certificates.models.passports import Passport
from certificates.models.pictures import Picture
from certificates.models.versions import Recertification, SubstantialVersion, VersionDecision

__all__ = [
    "ActBatch",
    "ActLine",
    "BatchLine",
    "Certificate",
    "CertificateAct",
    "CertificateFile",
    "CheckCount",
    "CheckQuestion",
    "CoursePolicy",
    "Credential",
    "Design",
    "DesignLogo",
    "DesignSignatory",
    "DesignVersion",
    "FileCheck",
    "Hold",
    "IssueBatch",
    "IssuingStop",
    "KeptForever",
    "KeyHour",
    "KnowledgeCheck",
    "LogEntry",
    "NameCorrection",
    "Passport",
    "Picture",
    "Publication",
    "Recertification",
    "SealKey",
    "Series",
    "SubstantialVersion",
    "TreeHead",
    "TreeNode",
    "VersionDecision",
    "WorkApplication",
    "WorkDecision",
]
