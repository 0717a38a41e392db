"""The fictitious people and courses of the demo."""

from lti_app.demo.state import Store

# key, given name, family name, private (no name or e-mail is ever shared), administrator
PEOPLE = [
    ("zoe", "Zoë", "Brûlé", False, False),
    ("marijke", "Marijke", "Coppée", False, False),
    ("daniel", "Daniël", "Böhmer", False, False),
    ("anais", "Anaïs", "van ’t Hoff", False, False),
    ("sem", "Sem", "Zonder-Naam", True, False),
    ("rene", "René", "d’Hondt", False, False),
    ("noemi", "Noëmi", "Łukasik-de Vries", False, False),
    ("chloe", "Chloé", "Nguyễn", False, False),
    ("henriette", "Henriëtte", "IJzerman", False, False),
    ("ruben", "Rubén", "Ågren", False, False),
    ("loes", "Loes", "Müller", False, False),
    ("beheer", "Bèr", "Beheerder", False, True),
]
# key, label, Dutch title, English title
COURSES = [
    ("mlo-lab", "MLO-2", "Labvaardigheden MLO, jaar 2", "Lab skills MLO, year 2"),
    ("bionoord-gmp", "BN-01", "Bijscholing analisten BioNoord", "BioNoord analyst training"),
]
# course, person, role, active
MEMBERS = [
    ("mlo-lab", "zoe", "learner", True),
    ("mlo-lab", "daniel", "learner", True),
    ("mlo-lab", "anais", "learner", True),
    ("mlo-lab", "sem", "learner", True),
    ("mlo-lab", "rene", "learner", True),
    ("mlo-lab", "chloe", "learner", True),
    ("mlo-lab", "noemi", "learner", False),
    ("mlo-lab", "marijke", "teacher", True),
    ("bionoord-gmp", "ruben", "learner", True),
    ("bionoord-gmp", "loes", "learner", True),
    ("bionoord-gmp", "sem", "learner", True),
    ("bionoord-gmp", "henriette", "teacher", True),
]


def seed(state: Store) -> None:
    """Put the people and courses there; may be done again."""
    if len(state.rows("SELECT id FROM person")) >= len(PEOPLE):
        return
    with state.transaction():
        for person in PEOPLE:
            add_person(state, *person)
        for key, label, title_nl, title_en in COURSES:
            state.run(
                "INSERT OR IGNORE INTO course (key, uid, label, title_nl, title_en, history)"
                " VALUES (?, ?, ?, ?, ?, '[]')",
                *(key, f"course-{key}", label, title_nl, title_en),
            )
        for course, person_key, role, active in MEMBERS:
            add_member(state, course, person_key, role, active)


def add_person(state: Store, key: str, given: str, family: str, *flags: bool) -> None:
    """Add a person with this key, when there is none; flags as in PEOPLE."""
    private, administrator = flags
    state.run(
        "INSERT OR IGNORE INTO person"
        " (key, uid, given_name, family_name, email, private, administrator)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(key, f"user-{key}", given, family, f"{key}@demo-lms.example", private, administrator),
    )


def add_member(state: Store, course: str, person: str, role: str, active: bool) -> None:
    """Let a person take part in a course."""
    state.run(
        "INSERT OR IGNORE INTO member (course_id, person_id, role, active)"
        " SELECT course.id, person.id, ?, ? FROM course, person"
        " WHERE course.key = ? AND person.key = ?",
        *(role, active, course, person),
    )
