"""Sentences of Django and allauth that people read here in our own words.

LOCALE_PATHS wins over the catalogues of installed apps, so what is marked here is translated in ours:
their Chinese leaves gaps, and addresses people more stiffly than this site does. `ENGLISH` also says
anew what does not fit in English. A test tells when one of them is no longer used by its library. What a
language lacks of theirs and no other does is in its `library.po`, beside its own catalogue.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

ENGLISH = {
    gettext_noop(
        "Designates whether this user should be treated as active."
        " Unselect this instead of deleting accounts."
    ): "Untick to deactivate this account.",
    gettext_noop("Designates whether the user can log into this admin site."): "Can use the admin.",
    gettext_noop("Designates that this user has all permissions without explicitly assigning them."): (
        "Has all permissions."
    ),
    gettext_noop("Be patient, you are sending too many requests."): (
        "Too many requests. Wait a moment and try again."
    ),
    gettext_noop("Confirmation email sent to %(email)s."): "We’ve sent an email to %(email)s.",
    gettext_noop("Current Password"): "Current password",
    gettext_noop("Model name"): "Section",
    gettext_noop("New Password"): "New password",
    gettext_noop("New Password (again)"): "Confirm new password",
    gettext_noop("Password (again)"): "Confirm password",
    gettext_noop("Password successfully changed."): "Password changed.",
    gettext_noop("Password successfully set."): "Password set.",
    gettext_noop("Please type your current password."): "That’s not your current password.",
    gettext_noop("Primary email address set."): "Primary email address changed.",
    gettext_noop("The email address and/or password you specified are not correct."): (
        "Incorrect email or password."
    ),
    gettext_noop("You have confirmed %(email)s."): "%(email)s is confirmed.",
    gettext_noop("You must type the same password each time."): "The passwords don’t match.",
}
"""In English too; the other languages translate the library's own sentence."""

FORMS_AND_MESSAGES = [
    gettext_noop(":"),
    gettext_noop("A user is already registered with this email address."),
    gettext_noop("Email"),
    gettext_noop("Email address"),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Forgot your password?"),
    gettext_noop("Incorrect password."),
    gettext_noop("Invalid or expired key."),
    gettext_noop("Password"),
    gettext_noop("Removed email address %(email)s."),
    gettext_noop("The email address is not assigned to any user account."),
    gettext_noop("The new value must be different from the current one."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("The password reset token was invalid."),
    gettext_noop("This account is currently inactive."),
    gettext_noop("Too many failed login attempts. Try again later."),
    gettext_noop("This email address is already associated with this account."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("This password is too common."),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    gettext_noop("Unable to confirm %(email)s because it is already confirmed by a different account."),
    gettext_noop("You cannot add more than %d email addresses."),
    gettext_noop("You cannot remove your primary email address (%(email)s)."),
    gettext_noop("You cannot remove your primary email address."),
    gettext_noop("Your primary email address must be verified."),
]

ADMIN = [
    gettext_noop(" By %(filter_title)s "),
    gettext_noop("Action:"),
    gettext_noop("Add %(name)s"),
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("Filter"),
    gettext_noop("My actions"),
    gettext_noop("Recent actions"),
    gettext_noop("View %s"),
    gettext_noop("Accounts"),
    gettext_noop("Add link"),
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Change or view list link"),
    gettext_noop("Error:"),
    gettext_noop("Failed to mark {email} as verified."),
    gettext_noop("Mark selected email addresses as verified"),
    gettext_noop("Marked {email} as verified."),
    gettext_noop("Raw passwords are not stored, so there is no way to see the user’s password."),
    gettext_noop("Reset password"),
    gettext_noop("Save and add another"),
    gettext_noop("Save and continue editing"),
    gettext_noop(
        "You are authenticated as %(username)s, but are not authorized to access this page."
        " Would you like to login to a different account?"
    ),
    gettext_noop("You may edit it again below."),
    gettext_noop("email address"),
    gettext_noop("email addresses"),
]

SCRIPTS = [
    gettext_noop("Available %s"),
    gettext_noop("Chosen %s"),
    gettext_noop("(click to clear)"),
    gettext_noop('Choose %s by selecting them and then select the "Choose" arrow button.'),
    gettext_noop("Choose all %s"),
    gettext_noop("Choose selected %s"),
    gettext_noop('Remove %s by selecting them and then select the "Remove" arrow button.'),
    gettext_noop("Remove all %s"),
    gettext_noop("Remove selected %s"),
    gettext_noop("Type into this box to filter down the list of selected %s."),
]
"""Of the admin's JavaScript, which has a catalogue of its own."""
