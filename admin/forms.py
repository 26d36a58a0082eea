"""The base of every form: CSRF token inside, and Vietnamese sentences (design: product X03)."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask_admin.babel import domain
from flask_wtf import FlaskForm

CATALOGUES = Path(__file__).parent / "translations"


@cache
def catalogue(name: str) -> Any:
    """Our Vietnamese of a library: `wtforms` or Flask-Admin's `admin`."""
    return Translations.load(CATALOGUES, ["vi"], name)


def speak_vietnamese() -> None:
    """Put our catalogue where Flask-Admin caches its own; its setting for that would merge ours away."""
    domain.cache["vi", "admin"] = catalogue("admin")


class PageForm(FlaskForm):
    """Subclass this for every form: `form = MyForm(); if form.validate_on_submit(): …`."""

    class Meta(FlaskForm.Meta):
        """How WTForms speaks."""

        def get_translations(self, _form: object) -> Any:
            return catalogue("wtforms")

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put a service's sentences beside their fields; those without a field go to the top."""
        for name, sentence in problems.items():
            field: Any = self._fields.get(name)
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]
