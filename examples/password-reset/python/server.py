"""The site: `python3 server.py`. Settings are in README.md."""

import json
import os
import secrets
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from flow import Flow
from honnin import HonninApi
from visitor_input import InputError, flow_of, language_of, number_of, transfer_of, user_of
from visits import Visits

EXAMPLE = Path(__file__).resolve().parent.parent
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/text.js": ("text.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LONGEST_BODY = 4_096
# What the page asks for takes so long at least, whether or not there is such a member: the time tells nobody. Counted
# from when it is a request's turn and its body is there, or a slow sender could wait it out.
LOOK_S = 0.1
CHANGE_S = 0.4
# No letter that is taken for another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


def needed(name):
    return os.environ.get(name) or sys.exit(f"{name} is not set (README.md)")


api = HonninApi(os.environ.get("HONNIN_URL", "https://127.0.0.1:8443"), needed("HONNIN_KEY"), needed("HONNIN_CERT"))
visits = Visits(os.environ.get("SITE_HTTPS") == "true")
# The number that visitors call; None: the site offers only that they are called.
did = os.environ.get("SITE_DID") or None
# The company's own user table. FOR DEMONSTRATION: made up.
table = json.loads(Path(os.environ.get("SITE_MEMBERS") or EXAMPLE / "members.json").read_text("utf-8"))
members = {member["user"]: member for member in table}


def issue_password():
    """A temporary password, to be shown once. A real site keeps its hash (hashlib.scrypt) and has it changed soon."""
    return "".join(secrets.choice(LETTERS) for _ in range(12))


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path in FILES:
            name, kind = FILES[path]
            self._send(200, (EXAMPLE / "front" / name).read_bytes(), kind)
        elif path == "/api/state":
            self._run(self._state, LOOK_S)
        else:
            self._answer(404, {"error": "not_found"})

    def do_POST(self):
        routes = {"/api/start": self._start, "/api/cancel": self._cancel, "/api/log-out": self._log_out}
        route = routes.get(urllib.parse.urlsplit(self.path).path)
        if route is None:
            self._answer(404, {"error": "not_found"})
        elif not self._from_own_page():
            self._answer(403, {"error": "foreign"})
        else:
            self._run(route, CHANGE_S)

    def _run(self, route, least_s):
        try:
            entered = self._body() if self.command == "POST" else {}
            visit = visits.of(self.headers)
            with visit.lock:
                began = time.monotonic()
                try:
                    status, body, token = route(visit, entered)
                finally:
                    time.sleep(max(0, least_s - (time.monotonic() - began)))
                answer = status, body, token(visit) if token else None
        except InputError as error:
            answer = 400, {"error": "invalid", "field": error.field}
        except Exception as error:  # Whatever it was, the visitor is answered.
            print(f"failed: {type(error).__name__}", file=sys.stderr)
            answer = 503, {"error": "unavailable"}
        self._answer(*answer)

    # Each of these gives the status and the body of the answer, and what becomes of the visit's token.

    def _state(self, visit, _):
        standing = None if visit.flow is None else visit.flow.look(api)
        logs_in = standing is not None and standing["state"] == "verified" and self._settle(visit)
        return 200, self._view(visit, standing), visits.renew if logs_in else None

    def _start(self, visit, entered):
        flow = self._new_flow(visit, entered)
        if flow is None:
            return 403, {"error": "log_in_first"}, None
        if visit.flow is not None:
            visit.flow.cancel(api)
        flow.begin(api)
        visit.flow = flow
        return 201, {}, visits.renew

    def _new_flow(self, visit, entered):
        kind, language = flow_of(entered), language_of(entered)
        if did is None and kind in ("login", "reset-inbound"):
            raise InputError("flow")
        if kind == "transfer":
            transfer = transfer_of(entered)
            return None if visit.member is None else Flow(kind, visit.member, transfer, language, None)
        member = members.get(user_of(entered))
        # Whoever logs in by calling need not write their number: it is the one they call from.
        if kind != "login":
            number = number_of(entered)
            if member is not None and member["number"] != number:
                member = None
        return Flow(kind, member, None, language, did)

    def _settle(self, visit):
        """What a verified flow was for, done once. Returns whether somebody is logged in by it."""
        flow = visit.flow
        if flow.settled or flow.member is None:
            return False
        # A real site carries the transfer out here: once, and the one that is kept with the flow.
        flow.settled = True
        if flow.kind.startswith("reset"):
            flow.password = issue_password()
        if flow.kind == "transfer":
            return False
        visit.member = flow.member
        return True

    def _cancel(self, visit, _):
        if visit.flow is not None:
            visit.flow.cancel(api)
        visit.flow = None
        return 200, {}, None

    def _log_out(self, visit, _):
        if visit.flow is not None:
            visit.flow.cancel(api)
        # For requests that still wait for their turn.
        visit.flow = visit.member = None
        return 200, {}, visits.forget

    def _view(self, visit, standing):
        view = {"inbound": did is not None, "hint": None, "member": None, "flow": None}
        if visit.member is not None:
            view["member"] = visit.member["name"]
        if standing is not None:
            flow = visit.flow
            view["flow"] = standing | {
                "kind": flow.kind,
                "code": flow.code,
                "call_to": flow.call_to,
                "seconds_left": flow.seconds_left,
                "transfer": flow.transfer,
                "password": flow.password,
            }
        return view

    def _from_own_page(self):
        """No other site can have a browser send this: a page elsewhere may send a form, but JSON only after having
        asked, which nobody allows here; browsers say where a request comes from; and the cookie is SameSite."""
        if self.headers.get("Content-Type") != "application/json":
            return False
        site, origin = self.headers.get("Sec-Fetch-Site"), self.headers.get("Origin")
        if site is not None:
            return site == "same-origin"
        return origin is None or urllib.parse.urlsplit(origin).netloc == self.headers.get("Host")

    def _body(self):
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length) > LONGEST_BODY:
            raise InputError("body")
        try:
            body = json.loads(self.rfile.read(int(length)))
        except ValueError:
            raise InputError("body") from None
        if not isinstance(body, dict):
            raise InputError("body")
        return body

    def _answer(self, status, body, cookie=None):
        self._send(status, json.dumps(body).encode(), "application/json; charset=utf-8", cookie)

    def _send(self, status, content, kind, cookie=None):
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        if cookie is not None:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Not every request: they come once a second."""


# On this machine only: a web server that speaks TLS stands in front of it.
server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("SITE_PORT", "8080"))), Site)
print(f"http://localhost:{server.server_port}/", flush=True)
server.serve_forever()
