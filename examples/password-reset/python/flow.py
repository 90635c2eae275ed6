"""One thing that a visitor wants, and the verification that it hangs on. Lives on the server, with the visit."""

import math
import secrets
import sys
import time
import uuid

from honnin import HonninError

# How long the visitor has.
LIFE_S = 180
# Refusals that a member who is logged in can do something about; of the others they hear that we cannot call now.
TOLD = (
    "number_not_allowed",
    "too_many_calls_to_number",
    "too_many_calls_to_prefix",
    "too_many_registrations",
    "budget_exhausted",
)
# Failures for which no telephone has rung.
UNRUNG = ("over_capacity", "service_unavailable", "invalid_number")
ENDS = ("verified", "failed", "expired", "canceled")


def _standing(state, reason=None, entries=0):
    return {"state": state, "reason": reason, "entries": entries}


class Flow:
    def __init__(self, kind, member, transfer, language, did):
        """member is None where user and number are not those of one: then nobody is called, and the page looks as it
        does for a call that nobody answers, or that does not come in. So it looks where Honnin refuses a member's, too.
        """
        self.kind = kind
        self.member = member
        self.transfer = transfer
        self.call_to = did if kind in ("login", "reset-inbound") else None
        # Made here and not by Honnin, so that there is one at once, and for a stranger too.
        self.code = f"{secrets.randbelow(1_000_000):06}"
        self.settled = False
        self.password = None
        self._language = language
        self._started = time.monotonic()
        # An id of our own: known before the request is sent, so that a repeated one places no second call.
        self._id = f"site-{uuid.uuid4()}"
        self._final = None

    def begin(self, api):
        """Registers the verification: outbound, the telephone rings a moment later."""
        if self.member is None:
            return
        body = {
            "id": self._id,
            "phone_number": self.member["number"],
            "code": self.code,
            "locale": self._language,
            "expires_in": LIFE_S,
            "metadata": {"flow": self.kind},
        }
        if self.call_to is not None:
            # Not caller_id: that tells who calls, and not in which browser they are, so that a stranger who has begun
            # to log in as a member would be let in by the member's next call.
            body |= {"direction": "inbound", "did": self.call_to, "method": "keypad"}
        try:
            api.register(body)
        except HonninError as error:
            print(f"not registered: {error.code}", file=sys.stderr)
            # Only members are refused: who is not logged in sees what a stranger would.
            if self.kind == "transfer":
                self._final = _standing("failed", error.code if error.code in TOLD else "service_unavailable")

    def look(self, api):
        """How things stand, as the visitor may know. Raises HonninError where it cannot be asked: ask again."""
        if self._final is not None:
            return self._final
        standing = self._standing(api)
        if standing["state"] in ENDS:
            self._final = standing
        return standing

    def cancel(self, api):
        if self._final is not None:
            return
        self._final = _standing("canceled")
        try:
            api.cancel(self._id)
        except HonninError:
            # One that has just ended cannot be canceled, and nobody waits for it any more.
            pass

    def _standing(self, api):
        """Honnin is asked for a stranger too, whom it does not know: so the answer takes as long, and fails as one."""
        try:
            standing = _standing_of(api.result(self._id))
        except HonninError as error:
            if error.code != "verification_not_found":
                raise
            return self._decoy()
        return self._decoy() if self.kind != "transfer" and standing["reason"] in UNRUNG else standing

    @property
    def seconds_left(self):
        return max(0, math.ceil(self._started + LIFE_S - time.monotonic()))

    def _decoy(self):
        """What a call that nobody answers looks like."""
        after = time.monotonic() - self._started
        if self.call_to is not None:
            return _standing("waiting" if after < LIFE_S else "expired")
        if after < 0.5:
            return _standing("waiting")
        if after < 2:
            return _standing("calling")
        return _standing("ringing") if after < 40 else _standing("failed", "no_answer")


def _standing_of(verification):
    status, call = verification["status"], (verification["attempts"] or [None])[-1]
    if status == "pending":
        state = "waiting"
    elif status != "in_progress":
        state = status
    elif call is None or call["ended_at"] is not None:
        state = "calling"
    elif call["answered_at"] is not None:
        state = "talking"
    else:
        state = "calling" if call["ringing_at"] is None else "ringing"
    return _standing(state, verification["reason"], verification["code_entries"])
