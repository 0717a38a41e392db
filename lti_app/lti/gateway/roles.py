"""From the platform's roles to ours: only roles in this very course count.

pylti1p3's role classes are not used: they fall back to institution roles when there is no context
role (a school's staff member would be a teacher in every course), and they read the sub-role
`membership/Learner#Instructor` as an instructor.
"""

import re
from collections.abc import Iterable

_CONTEXT = re.compile(
    r"http://purl\.imsglobal\.org/vocab/lis/v2/membership(?:/(?P<principal>\w+))?#(?P<name>\w+)"
)
_TEACHING = {"Instructor", "ContentDeveloper", "Administrator", "Manager", "TeachingAssistant"}


def course_role(roles: Iterable[str]) -> str:
    """Return "teacher" when a context role (or its deprecated short name) says so, else "learner".

    LTI Core 1.3, appendix A.2. A sub-role counts as its principal role; institution and system
    roles, unknown roles and no role at all give the least rights.
    """
    return "teacher" if any(_principal(role) in _TEACHING for role in roles) else "learner"


def _principal(role: str) -> str:
    match = _CONTEXT.fullmatch(role)
    if match is None:
        return role  # "Instructor": the deprecated short name stands for the context role
    return match["principal"] or match["name"]
