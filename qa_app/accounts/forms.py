"""The sign-in form."""

from __future__ import annotations

from qa_app.base.forms import EmailField, Form, HiddenField, Needed, PasswordField


class SignInForm(Form):
    """E-mail address and password; ``next`` is the page to go on to."""

    email = EmailField("E-mail address", [Needed("Enter your e-mail address")])
    password = PasswordField("Password", [Needed("Enter your password")])
    next = HiddenField("Next page")
