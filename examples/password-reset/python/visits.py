"""What the server remembers of browsers. A browser has a random token and nothing else."""

import hashlib
import secrets
import threading
import time
from http.cookies import CookieError, SimpleCookie

COOKIE = "visit"
IDLE_S = 30 * 60
MOST_VISITS = 10_000


class Visit:
    def __init__(self):
        self.member = None
        self.flow = None
        # One request of a visit at a time: what a verified flow is for is done once, and what one waits for is not
        # replaced by another meanwhile.
        self.lock = threading.Lock()
        self.seen_at = time.monotonic()
        # None while the browser has no token of this visit.
        self.token_hash = None


class Visits:
    def __init__(self, secure):
        """secure: whether browsers come by HTTPS, as they must to a real site."""
        self._attributes = "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")
        self._lock = threading.Lock()
        # By the hash of the token, the longest unused first.
        self._kept = {}

    def of(self, headers):
        """An empty one, which is not kept before renew, where there is none."""
        token_hash = _hash_in(headers)
        with self._lock:
            visit = self._kept.pop(token_hash, None)
            if visit is None or time.monotonic() - visit.seen_at > IDLE_S:
                return Visit()
            visit.seen_at = time.monotonic()
            self._kept[token_hash] = visit
            return visit

    def renew(self, visit):
        """Gives a visit a new token, which takes the place of the one before: at its beginning, and where somebody logs
        in, lest a token that was planted before (session fixation) be logged in with them. Returns Set-Cookie."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._kept.pop(visit.token_hash, None)
            visit.token_hash = _digest(token)
            self._kept[visit.token_hash] = visit
            for token_hash in list(self._kept):
                old = time.monotonic() - self._kept[token_hash].seen_at > IDLE_S
                if len(self._kept) <= MOST_VISITS and not old:
                    break
                del self._kept[token_hash]
        return f"{COOKIE}={token}{self._attributes}"

    def forget(self, visit):
        with self._lock:
            self._kept.pop(visit.token_hash, None)
        return f"{COOKIE}={self._attributes}; Max-Age=0"


def _hash_in(headers):
    try:
        morsel = SimpleCookie(headers.get("Cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return None if morsel is None else _digest(morsel.value)


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()
