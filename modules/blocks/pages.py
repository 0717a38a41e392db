"""The templates of the block types, for the application to find; there are no pages here."""

from flask import Blueprint

bp = Blueprint("blocks", __name__, template_folder="templates")
