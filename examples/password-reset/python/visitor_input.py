"""What a visitor sent, looked through. Anything that does not fit is an InputError that names the field."""

import re
import unicodedata

FLOWS = ("reset", "reset-inbound", "login", "transfer")
MOST_YEN = 1_000_000


class InputError(Exception):
    def __init__(self, field):
        super().__init__(field)
        self.field = field


def flow_of(entered):
    flow = entered.get("flow")
    if flow not in FLOWS:
        raise InputError("flow")
    return flow


def language_of(entered):
    return "en" if entered.get("language") == "en" else "ja"


def user_of(entered):
    user = _text(entered, "user", 64).lower()
    if not re.fullmatch(r"[a-z0-9._-]{1,32}", user):
        raise InputError("user")
    return user


def number_of(entered):
    """Full-width digits, hyphens, blanks and +81 are all fine."""
    digits = re.sub(r"[\s().\-‐-―−ーｰ]", "", _text(entered, "number", 40))
    digits = re.sub(r"^\+81", "0", digits)
    if not re.fullmatch(r"0[0-9]{9,10}", digits):
        raise InputError("number")
    return digits


def transfer_of(entered):
    payee = _text(entered, "payee", 40)
    if payee == "" or any(unicodedata.category(letter).startswith("C") for letter in payee):
        raise InputError("payee")
    digits = _text(entered, "amount", 12).replace(",", "")
    amount = int(digits) if re.fullmatch(r"[0-9]{1,7}", digits) else 0
    if not 1 <= amount <= MOST_YEN:
        raise InputError("amount")
    return {"payee": payee, "amount": amount}


def _text(entered, field, most):
    value = entered.get(field)
    if not isinstance(value, str) or len(value) > most:
        raise InputError(field)
    return unicodedata.normalize("NFKC", value).strip()
