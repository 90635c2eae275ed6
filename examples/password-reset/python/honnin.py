"""The calls to Honnin that the site needs. The key stays here: no browser ever sees it."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_S = 10


class HonninError(Exception):
    """A refusal of Honnin, by its stable code; "unreachable" where there was no answer at all."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class HonninApi:
    def __init__(self, url, key, certificate):
        """certificate: file of the certificate to trust."""
        self._url = url
        self._key = key
        https = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate))
        # Honnin is near: no proxy stands between.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), https)

    def register(self, body):
        return self._ask("/v1/verifications", body)

    def result(self, verification_id):
        return self._ask("/v1/verifications/result", {"id": verification_id})

    def cancel(self, verification_id):
        return self._ask(f"/v1/verifications/{urllib.parse.quote(verification_id, safe='')}/cancel", {})

    def _ask(self, path, body):
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, json.dumps(body).encode(), headers)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            try:
                code = json.load(refusal).get("code", "unreachable")
            except (ValueError, AttributeError):
                code = "unreachable"
            raise HonninError(code) from None
        except (OSError, ValueError):
            raise HonninError("unreachable") from None
