"""The tables of the demo LMS."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS signing_key (
    kid TEXT PRIMARY KEY, pem TEXT NOT NULL, state TEXT NOT NULL, created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS tool (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, client_id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL, profile TEXT NOT NULL, deployment_ids TEXT NOT NULL,
    initiate_login_uri TEXT NOT NULL, redirect_uris TEXT NOT NULL, jwks_uri TEXT NOT NULL,
    target_link_uri TEXT NOT NULL, deep_linking_uri TEXT NOT NULL,
    token_audience TEXT NOT NULL, custom TEXT NOT NULL, scopes TEXT NOT NULL,
    share_names INTEGER NOT NULL, share_email INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS person (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, uid TEXT NOT NULL UNIQUE,
    given_name TEXT NOT NULL, family_name TEXT NOT NULL, email TEXT NOT NULL,
    private INTEGER NOT NULL, administrator INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS course (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, uid TEXT NOT NULL UNIQUE,
    label TEXT NOT NULL, title_nl TEXT NOT NULL, title_en TEXT NOT NULL, history TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS member (
    course_id INTEGER NOT NULL REFERENCES course(id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('learner', 'teacher')), active INTEGER NOT NULL,
    PRIMARY KEY (course_id, person_id)
);
CREATE TABLE IF NOT EXISTS link (
    id INTEGER PRIMARY KEY, key TEXT UNIQUE, uid TEXT NOT NULL UNIQUE,
    course_id INTEGER NOT NULL REFERENCES course(id) ON DELETE CASCADE,
    tool_id INTEGER NOT NULL REFERENCES tool(id) ON DELETE CASCADE,
    title TEXT NOT NULL, description TEXT NOT NULL, target_link_uri TEXT NOT NULL,
    custom TEXT NOT NULL, history TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS line_item (
    id INTEGER PRIMARY KEY,
    course_id INTEGER NOT NULL REFERENCES course(id) ON DELETE CASCADE,
    tool_id INTEGER NOT NULL REFERENCES tool(id) ON DELETE CASCADE,
    link_id INTEGER REFERENCES link(id) ON DELETE CASCADE,
    coupled INTEGER NOT NULL, label TEXT NOT NULL, maximum TEXT NOT NULL,
    resource_id TEXT NOT NULL, tag TEXT NOT NULL, extra TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS score (
    line_item_id INTEGER NOT NULL REFERENCES line_item(id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    value REAL, comment TEXT, timestamp TEXT NOT NULL, activity TEXT NOT NULL,
    grading TEXT NOT NULL, received_at REAL NOT NULL,
    PRIMARY KEY (line_item_id, person_id)
);
CREATE TABLE IF NOT EXISTS launch (
    id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE,
    tool_id INTEGER NOT NULL REFERENCES tool(id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES person(id) ON DELETE CASCADE,
    course_id INTEGER NOT NULL REFERENCES course(id) ON DELETE CASCADE,
    link_id INTEGER REFERENCES link(id) ON DELETE CASCADE,
    message_type TEXT NOT NULL, locale TEXT NOT NULL, document_target TEXT NOT NULL,
    overrides TEXT NOT NULL, created_at REAL NOT NULL, answered_at REAL, claims TEXT,
    error TEXT
);
CREATE TABLE IF NOT EXISTS used_once (
    kind TEXT NOT NULL, value TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (kind, value)
);
CREATE TABLE IF NOT EXISTS access_token (
    digest TEXT PRIMARY KEY, tool_id INTEGER NOT NULL REFERENCES tool(id) ON DELETE CASCADE,
    scopes TEXT NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS registration (
    digest TEXT PRIMARY KEY, client_id TEXT NOT NULL, expires_at REAL NOT NULL, used_at REAL
);
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, service TEXT NOT NULL, kind TEXT NOT NULL, settings TEXT NOT NULL,
    remaining INTEGER, until REAL
);
CREATE TABLE IF NOT EXISTS request_log (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, service TEXT NOT NULL, method TEXT NOT NULL,
    url TEXT NOT NULL, client_id TEXT NOT NULL, status INTEGER NOT NULL, fault TEXT NOT NULL,
    accept TEXT NOT NULL, content_type TEXT NOT NULL, user_agent TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS launch_by_time ON launch (created_at);
CREATE INDEX IF NOT EXISTS line_item_by_course ON line_item (course_id, tool_id);
"""
