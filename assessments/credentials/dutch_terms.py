"""The Dutch terms for badges (edubadges glossary) as an inline, repaired JSON-LD context.

The published context file is not valid JSON-LD 1.1 (a `context` for `@context`, misspelt hosts, an
undeclared prefix), so that no proof can be made with it. Inline, the same terms are part of what is
signed, and nobody has to fetch anything.
"""

from typing import Any

TYPE = "EducredentialAchievement"
ASSESSMENT_TYPES = (
    "testing",
    "application of a skill",
    "portfolio",
    "recognition of prior learning",
)
PARTICIPATION_TYPES = (
    "online",
    "onsite or blended",
    "volunteering",
    "work experience",
    "personalized learning activities",
)
SUPERVISION_TYPES = (
    "unsupervised with no identity verification",
    "supervised with no identity verification",
    "supervised online",
    "onsite with identity verification",
)
_GLOSSARY = "https://edubadges.nl/static/obv3-glossary.html#"
_XSD = "http://www.w3.org/2001/XMLSchema#"


def _choice(term: str, prefix: str, values: tuple[str, ...]) -> dict[str, Any]:
    return {
        "@id": f"{_GLOSSARY}{term}",
        "@type": "@vocab",
        "@context": {value: f"{_GLOSSARY}{prefix}-{value.replace(' ', '-')}" for value in values},
    }


def _typed(term: str, datatype: str) -> dict[str, str]:
    return {"@id": f"{_GLOSSARY}{term}", "@type": f"{_XSD}{datatype}"}


CONTEXT: dict[str, Any] = {
    TYPE: {
        "@id": f"{_GLOSSARY}{TYPE}",
        "@context": {
            "assessmentType": _choice("assessmentType", "assessment-type", ASSESSMENT_TYPES),
            "participationType": _choice(
                "participationType", "participation-type", PARTICIPATION_TYPES
            ),
            "supervisionType": _choice("supervisionType", "supervision-type", SUPERVISION_TYPES),
            "identityChecked": _typed("identityChecked", "boolean"),
            "SBU": _typed("sbu", "integer"),
            "timeInvestment": _typed("timeInvestment", "integer"),
        },
    },
    "nameIn": {"@id": "http://purl.org/dc/terms/title", "@container": "@language"},
    "descriptionIn": {"@id": "http://purl.org/dc/terms/description", "@container": "@language"},
    "narrativeIn": {"@id": "http://purl.org/dc/terms/abstract", "@container": "@language"},
}
"""Also `nameIn`, `descriptionIn`, `narrativeIn`: the same text in other languages (Dublin Core)."""
