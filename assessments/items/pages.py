"""The templates of the item types, for the application to find; there are no pages here."""

from flask import Blueprint

bp = Blueprint("items", __name__, template_folder="templates")
