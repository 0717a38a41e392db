"""The criteria text of a credential: what was assessed, what was not, and under which conditions.

These sentences become part of signed data in a fixed language, so that they are data and not
messages of the screen.
"""

from assessments.credentials.facts import AchievementFacts
from lti_app.core.localized import LocalizedText, pick

_HEADINGS: dict[str, LocalizedText] = {
    "assessed": {"nl": "Wat is beoordeeld", "en": "What was assessed"},
    "not_assessed": {"nl": "Wat niet is beoordeeld", "en": "What was not assessed"},
    "outcomes": {"nl": "Leeruitkomsten", "en": "Learning outcomes"},
    "workload": {"nl": "Studielast", "en": "Workload"},
    "quality": {"nl": "Kwaliteitsborging", "en": "Quality assurance"},
    "identification": {"nl": "Wie de deelnemer is", "en": "Identification of the learner"},
    "prerequisites": {"nl": "Voorkennis", "en": "Prerequisites"},
    "stacking": {"nl": "Stapelen", "en": "Stacking"},
    "further": {"nl": "Meer informatie", "en": "Further information"},
}
_MINUTES: LocalizedText = {"nl": "{} minuten", "en": "{} minutes"}


def criteria(achievement: AchievementFacts, language: str) -> str:
    """Return the criteria in Markdown (Open Badges 3.0, Criteria.narrative), in this language."""
    parts = [
        ("assessed", pick(achievement.assessed, language)),
        ("not_assessed", pick(achievement.not_assessed, language)),
        ("outcomes", _outcomes(achievement, language)),
        ("workload", pick(_MINUTES, language).format(achievement.workload_minutes)),
        ("quality", _quality(achievement, language)),
        ("identification", pick(achievement.learner_identification, language)),
        ("prerequisites", pick(achievement.prerequisites, language)),
        ("stacking", pick(achievement.stacks_into, language)),
        ("further", pick(achievement.further_information, language)),
    ]
    return "\n\n".join(
        f"**{pick(_HEADINGS[heading], language)}**\n\n{text}" for heading, text in parts if text
    )


def _outcomes(achievement: AchievementFacts, language: str) -> str:
    return "\n".join(
        f"- {outcome.code}: {pick(outcome.text, language)}" for outcome in achievement.outcomes
    )


def _quality(achievement: AchievementFacts, language: str) -> str:
    quality = achievement.quality
    return f"{pick(quality.name, language)}. {pick(quality.description, language)}"
