"""A small OpenID Connect provider on this machine, with one person signed in, for tests of sign-in through it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider(ThreadingHTTPServer):
    """The provider's state: its one person's claims, and us as its client."""

    def __init__(self, claims: dict[str, Any], client_id: str, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.claims, self.client_id, self.secret = claims, client_id, secret
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.nonces: dict[str, str] = {}


class Pages(BaseHTTPRequestHandler):
    """What the provider answers."""

    server: Provider

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            names = {
                "authorization_endpoint": "auth",
                "token_endpoint": "token",
                "userinfo_endpoint": "me",
                "jwks_uri": "keys",
            }
            told = {name: f"{self.server.issuer}/{page}" for name, page in names.items()}
            self.tell(
                {"issuer": self.server.issuer, "token_endpoint_auth_methods_supported": ["client_secret_post"], **told}
            )
        elif path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            self.tell({"keys": [{**key, "kid": "k", "use": "sig", "alg": "RS256"}]})
        elif path == "/auth":
            self.server.nonces["c0de"] = query.get("nonce", [""])[0]
            self.send_response(302)
            self.send_header("Location", f"{query['redirect_uri'][0]}?code=c0de&state={query['state'][0]}")
            self.end_headers()
        else:
            self.tell(self.server.claims)

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if sent.get("client_secret") != [self.server.secret] or sent.get("code") != ["c0de"]:
            self.tell({"error": "invalid_client"}, 401)
            return
        now = int(time.time())
        body = {
            **self.server.claims,
            "iss": self.server.issuer,
            "aud": self.server.client_id,
            "iat": now,
            "exp": now + 60,
            "nonce": self.server.nonces["c0de"],
        }
        token = jwt.encode(body, KEY, algorithm="RS256", headers={"kid": "k"})
        self.tell({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def tell(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@contextmanager
def provider(claims: dict[str, Any], *, client_id: str, secret: str) -> Iterator[str]:
    """Serve one; gives its issuer. The authorization page answers at once with a code, the token page checks the secret."""
    server = Provider(claims, client_id, secret)
    worker = threading.Thread(target=server.serve_forever, daemon=True)  # noqa: TID251 - a test's own server
    worker.start()
    try:
        yield server.issuer
    finally:
        server.shutdown()
        server.server_close()
