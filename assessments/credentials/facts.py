"""What a credential says, as values: who gives what to whom, on which grounds."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from lti_app.core.localized import LocalizedText


@dataclass(frozen=True)
class IssuerFacts:
    """The awarding body (EU elements 3 and 4)."""

    did: str
    name: str
    country_code: str
    region: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class OutcomeFacts:
    """One learning outcome (EU element 6)."""

    code: str
    text: LocalizedText


@dataclass(frozen=True)
class AlignmentFacts:
    """A place in somebody else's framework (ESCO, quality assurance, …)."""

    name: LocalizedText
    url: str
    framework: str
    type: str
    code: str | None = None


@dataclass(frozen=True)
class QualityFacts:
    """How quality was assured (EU element 11)."""

    name: LocalizedText
    description: LocalizedText
    url: str | None = None


@dataclass(frozen=True)
class LevelFacts:
    """The level that the provider claims (EU element 8)."""

    nlqf: int | None = None
    eqf: int | None = None


@dataclass(frozen=True)
class AchievementFacts:
    """One immutable version of an achievement; the names follow the EU elements."""

    uuid: str
    kind: str
    version: str
    name: LocalizedText
    description: LocalizedText
    assessed: LocalizedText
    not_assessed: LocalizedText
    learner_identification: LocalizedText
    outcomes: tuple[OutcomeFacts, ...]
    workload_minutes: int
    assessment_type: str
    participation_type: str
    supervision_type: str
    identity_checked: bool
    quality: QualityFacts
    level: LevelFacts = LevelFacts()
    alignments: tuple[AlignmentFacts, ...] = ()
    prerequisites: LocalizedText | None = None
    stacks_into: LocalizedText | None = None
    further_information: LocalizedText | None = None
    criteria_url: str | None = None
    creator: IssuerFacts | None = None
    """Who made it, when that is not who awards it."""


@dataclass(frozen=True)
class EvidenceFacts:
    """One ground for the award; never holds an answer, a name or an address."""

    name: LocalizedText
    narrative: LocalizedText
    genre: str


@dataclass(frozen=True)
class StatusPlace:
    """Where the revocation bit of a credential stands."""

    list_url: str
    index: int


@dataclass(frozen=True)
class AwardFacts:
    """One award to one holder, who is known by a pairwise `urn:uuid` and nothing else."""

    id: str
    subject: str
    awarded_at: datetime
    valid_from: datetime
    status: StatusPlace
    valid_until: datetime | None = None
    score: Decimal | None = None
    """A fraction of the maximum, or None when the grade is not shown (EU element 14)."""
    evidence: tuple[EvidenceFacts, ...] = field(default=())
