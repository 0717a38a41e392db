"""From the rows of an award to the values that its credential says."""

from assessments.credentials.facts import (
    AchievementFacts,
    AlignmentFacts,
    AwardFacts,
    EvidenceFacts,
    IssuerFacts,
    LevelFacts,
    OutcomeFacts,
    QualityFacts,
    StatusPlace,
)
from assessments.credentials.models import Achievement, Award
from assessments.credentials.site import Site
from lti_app.core.localized import LocalizedText
from lti_app.people.models import Organisation


def issuer(given: Award, site: Site) -> IssuerFacts:
    """Return the awarding body."""
    return _profile(given.organisation, site)


def achievement(given: Award, site: Site) -> AchievementFacts:
    """Return the achievement with all EU elements."""
    made = given.achievement
    return AchievementFacts(
        uuid=made.uuid,
        kind=made.kind,
        version=made.module_version.version,
        name=made.name,
        description=made.description,
        assessed=made.assessed,
        not_assessed=made.not_assessed,
        learner_identification=made.learner_identification,
        outcomes=tuple(OutcomeFacts(o.code, o.text) for o in made.module_version.outcomes),
        workload_minutes=made.workload_minutes,
        assessment_type=made.assessment_type,
        participation_type=made.participation_type,
        supervision_type=made.supervision_type,
        identity_checked=made.identity_checked,
        quality=QualityFacts(made.quality_name, made.quality_description, made.quality_url),
        level=LevelFacts(made.level_nlqf, made.level_eqf),
        alignments=tuple(AlignmentFacts(**alignment) for alignment in made.alignments),
        prerequisites=made.prerequisites,
        stacks_into=made.stacks_into,
        further_information=made.further_information,
        criteria_url=site.module_url(made.module_version.module.slug),
        creator=_creator(given, made, site),
    )


def award(given: Award, site: Site) -> AwardFacts:
    """Return the award; no name, no address, no answer is in it."""
    return AwardFacts(
        id=site.credential_url(given.public_id),
        subject=given.subject,
        awarded_at=given.awarded_at,
        valid_from=given.valid_from,
        valid_until=given.valid_until,
        status=StatusPlace(given.status_list.url, given.status_index),
        score=given.score,
        evidence=(_module_evidence(given.achievement),),
    )


def _creator(given: Award, made: Achievement, site: Site) -> IssuerFacts | None:
    """Name the maker when somebody else awards (Open Badges 3.0, Achievement.creator)."""
    if made.organisation_id == given.organisation_id:
        return None
    return _profile(made.organisation, site)


def _profile(organisation: Organisation, site: Site) -> IssuerFacts:
    return IssuerFacts(
        did=site.did_of(organisation),
        name=organisation.name,
        country_code=organisation.country_code,
        region=organisation.region,
        url=organisation.website,
    )


def _module_evidence(made: Achievement) -> EvidenceFacts:
    """Point at the exact content that was done: the version and the digest of its package."""
    version = made.module_version
    narrative: LocalizedText = {
        "nl": f"Alle verplichte onderdelen van module {version.module.slug}, versie "
        f"{version.version}, zijn afgerond en elke toets is gehaald. "
        f"Inhoud: sha256:{version.frozen_sha256}.",
    }
    return EvidenceFacts(version.title, narrative, "module")
