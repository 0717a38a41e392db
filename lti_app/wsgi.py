"""What gunicorn serves: `lti_app.wsgi:application`."""

import os

from config import logging
from config.settings import Settings
from lti_app.app import create_app

logging.configure()
application = create_app(Settings.from_env(os.environ))
