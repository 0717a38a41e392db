"""The templates of data sets, for the application to find; there are no pages here."""

from flask import Blueprint

bp = Blueprint("datasets", __name__, template_folder="templates")
