"""Signing in: what a password, a session, an invitation and an outside identity may do, and what they may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from config.identity import SocialAdapter
from config.outside_identity import from_environment
from config.tests.provider import provider
from tradewind.areas.structure.actions import (
    deactivate_person,
    invite_person,
    invited,
    reactivate_person,
    revoke_invitation,
)
from tradewind.base.errors import NotAllowed, Refused
from tradewind.engines.access.models import Grant, Role
from tradewind.engines.actions.models import Event
from tradewind.engines.actions.providers import save_provider
from tradewind.engines.actions.rights import create_token, person_of_token
from tradewind.engines.inbox.models import Delivery
from tradewind.nouns.org.models import Person, User

pytestmark = pytest.mark.django_db
NO_MAIL = "django.core.mail.backends.smtp.EmailBackend"  # with no host: mail is not set up
SECRET = "quiet-harbour-42"


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """No attempt of another test counts."""
    cache.clear()
    yield
    cache.clear()


def make(name: str = "Ana", codes: list[str] | None = None, password: str | None = SECRET, **more: Any) -> Person:
    """A person with a sign-in, and a role of these rights."""
    person = Person.objects.create(name=name, email=f"{name.lower()}@example.com", zone="UTC", **more)
    if password is not None:
        User.objects.create_user(person.email or "", password, person=person)
    if codes:
        role = Role.objects.create(code=f"role-{name.lower()}", name={"en": name}, codes=codes)
        Grant.objects.create(person=person, role=role)
    return person


def sign_in(client: Client, email: str, password: str = SECRET) -> Any:
    """Send the sign-in form."""
    return client.post("/account/login/", {"login": email, "password": password})


def signed_in(client: Client) -> bool:
    """Whether a page of one's own opens."""
    return client.get("/me/").status_code == 200


def delivered(*_: Any) -> int:
    """How many messages went out."""
    return len(mail.outbox)


# --- password and session ------------------------------------------------------------------------------------------


def test_right_password_signs_in_with_a_new_session_key(client: Client) -> None:
    person = make()
    client.get("/account/login/")
    session = client.session
    session["left"] = "by a stranger"
    session.save()
    before = session.session_key
    assert sign_in(client, person.email or "").status_code == 302
    assert signed_in(client)
    assert client.session.session_key != before


def test_wrong_password_and_unknown_address_get_the_same_answer(client: Client) -> None:
    make()
    texts = []
    for email in ("ana@example.com", "nobody@example.com"):
        answer = sign_in(client, email, "wrong-password-1")
        assert answer.status_code == 200
        texts.append(answer.content.decode().split("form-errors")[1].split("</div>")[0])
    assert texts[0] == texts[1]
    assert not signed_in(client)


def test_reset_of_an_unknown_address_looks_the_same_and_sends_nothing(client: Client, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    make()
    places = [
        client.post("/account/password/reset/", {"email": email}) for email in ("ana@example.com", "nobody@example.com")
    ]
    assert [answer.status_code for answer in places] == [302, 302]
    assert places[0].headers["Location"] == places[1].headers["Location"]
    assert [message.to for message in mail.outbox] == [["ana@example.com"]]
    assert Delivery.objects.get().state == Delivery.SENT


def test_reset_link_goes_out_in_the_persons_language_and_sets_the_password_once(
    client: Client, settings: Settings
) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    person = make(language="zh-hans")
    client.post("/account/password/reset/", {"email": person.email})
    message = mail.outbox[0]
    assert "密码" in message.subject
    link = next(word for word in str(message.body).split() if "/password/reset/key/" in word)
    path = "/" + link.split("/", 3)[3]
    form = client.get(path, follow=True).redirect_chain[-1][0]
    assert client.post(form, {"password1": "brand-new-harbour", "password2": "brand-new-harbour"}).status_code == 302
    assert sign_in(Client(), person.email or "", "brand-new-harbour").status_code == 302
    again = Client().get(path, follow=True)
    assert "password1" not in again.content.decode()


def test_too_many_wrong_passwords_are_refused_even_with_the_right_one(client: Client) -> None:
    person = make()
    for _number in range(6):
        sign_in(client, person.email or "", "wrong-password-1")
    sign_in(client, person.email or "")
    assert not signed_in(client)


def test_too_many_attempts_from_one_address_get_a_friendly_page(client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    answers = [sign_in(client, f"x{number}@example.com") for number in range(4)]
    last = answers[-1]
    assert (last.status_code, "Retry-After" in last.headers) == (429, True)
    assert "<h1>" in last.content.decode()


def test_weak_passwords_are_refused(client: Client) -> None:
    person = make()
    client.force_login(person.user)
    for weak in ("short1", "password123", "ana@example.com"):
        answer = client.post("/account/password/change/", {"oldpassword": SECRET, "password1": weak, "password2": weak})
        assert answer.status_code == 200
        person.user.refresh_from_db()
        assert person.user.check_password(SECRET)


def test_new_password_ends_all_other_sessions(client: Client) -> None:
    person, other = make(), Client()
    sign_in(client, person.email or "")
    sign_in(other, person.email or "")
    fresh = "another-harbour-43"
    client.post("/account/password/change/", {"oldpassword": SECRET, "password1": fresh, "password2": fresh})
    assert signed_in(client)
    assert not signed_in(other)


def test_nobody_signs_up_or_changes_the_address_they_are_known_by(client: Client) -> None:
    assert client.post("/account/signup/", {"email": "new@example.com"}).status_code in (302, 405)
    person = make()
    client.force_login(person.user)
    client.post("/account/email/", {"action_add": "", "email": "boss@example.com"})
    assert User.objects.count() == 1
    assert not EmailAddress.objects.exists()


def test_forms_without_csrf_token_are_refused() -> None:
    make()
    careful = Client(enforce_csrf_checks=True)
    assert sign_in(careful, "ana@example.com").status_code == 403
    assert not signed_in(careful)


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    sign_in(client, make().email or "")
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_sessions_are_listed_and_ended_one_by_one(client: Client) -> None:
    person, other = make(), Client()
    sign_in(client, person.email or "")
    sign_in(other, person.email or "")
    assert client.get("/account/sessions/").content.decode().count("<tr>") == 3
    row = UserSession.objects.exclude(session_key=client.session.session_key).get()
    client.post(f"/account/sessions/{row.pk}/end/")
    assert signed_in(client)
    assert not signed_in(other)


def test_a_session_of_somebody_else_cannot_be_ended(client: Client) -> None:
    mine, other = make(), make("Ben")
    theirs = Client()
    sign_in(theirs, other.email or "")
    client.force_login(mine.user)
    client.post(f"/account/sessions/{UserSession.objects.get(user=other.user).pk}/end/")
    assert signed_in(theirs)


def test_deactivated_person_is_out_at_once_and_stays_out_when_back(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    person = make()
    sign_in(client, person.email or "")
    _token, key = create_token(person, name="script")
    assert person_of_token(key) is not None
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_person.system(person)
    assert not signed_in(client)
    assert person_of_token(key) is None
    assert sign_in(Client(), person.email or "").headers.get("Location") != "/me/"
    reactivate_person.system(person)
    assert not signed_in(client)


# --- second factor -------------------------------------------------------------------------------------------------


def test_authenticator_app_is_asked_for_and_its_secret_is_kept_encrypted(client: Client) -> None:
    person = make()
    secret = generate_totp_secret()
    TOTP.activate(person.user, secret)
    assert secret not in str(Authenticator.objects.get(user=person.user).data)
    answer = sign_in(client, person.email or "")
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert not signed_in(client)


def test_qr_code_is_drawn_without_anything_the_policy_forbids(client: Client) -> None:
    person = make()
    sign_in(client, person.email or "")
    client.post("/account/reauthenticate/", {"password": SECRET})
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'src="data:image/svg+xml' in text
    assert "style=" not in text
    assert " onclick" not in text


# --- invitations ---------------------------------------------------------------------------------------------------


def test_invitation_goes_by_mail_in_the_persons_language_and_works_once(client: Client, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    boss = make("Boss", ["*"])
    person = make("Wang", password=None, language="zh-hans")
    told = invite_person(boss, person)
    assert told == {"sent": True, "link": ""}
    assert "邀请" in mail.outbox[0].subject
    link = next(word for word in str(mail.outbox[0].body).split() if "/welcome/" in word)
    path = "/" + link.split("/", 3)[3]
    assert client.get(path).status_code == 200
    answer = client.post(path, {"preferred_name": "小王", "password": SECRET, "again": SECRET})
    assert answer.status_code == 302
    assert sign_in(client, person.email or "").status_code == 302
    person.refresh_from_db()
    assert person.preferred_name == "小王"
    assert Client().get(path).status_code == 410
    assert SECRET not in str(list(Event.objects.values("changes", "counts")))


def test_invitation_without_mail_is_shown_to_the_inviter(settings: Settings) -> None:
    settings.EMAIL_BACKEND = NO_MAIL
    person = make("Wang", password=None)
    told = invite_person(make("Boss", ["*"]), person)
    assert told["sent"] is False
    assert invited(told["link"].rstrip("/").rsplit("/", 1)[1]).person == person


def test_link_to_a_mightier_person_is_not_shown(settings: Settings) -> None:
    settings.EMAIL_BACKEND = NO_MAIL
    clerk = make("Clerk", ["structure.invite_person"])
    boss = make("Boss", ["*"], password=None)
    assert invite_person(clerk, boss) == {"sent": False, "link": ""}


def test_new_invitation_ends_the_one_before_and_a_revoked_one_is_dead(settings: Settings) -> None:
    settings.EMAIL_BACKEND = NO_MAIL
    boss, person = make("Boss", ["*"]), make("Wang", password=None)
    tokens = [invite_person(boss, person)["link"].rstrip("/").rsplit("/", 1)[1] for _number in range(2)]
    with pytest.raises(Refused):
        invited(tokens[0])
    assert invited(tokens[1]).person == person
    revoke_invitation(boss, person)
    with pytest.raises(Refused):
        invited(tokens[1])
    assert not User.objects.filter(person=person).exists()


def test_invitation_is_over_after_a_week(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_BACKEND = NO_MAIL
    person = make("Wang", password=None)
    token = invite_person(make("Boss", ["*"]), person)["link"].rstrip("/").rsplit("/", 1)[1]
    monkeypatch.setattr("tradewind.areas.structure.actions.invitations.INVITATION_DAYS", timedelta(0).days)
    with pytest.raises(Refused):
        invited(token)


def test_who_signs_in_already_is_not_invited_again() -> None:
    boss, person = make("Boss", ["*"]), make()
    with pytest.raises(Refused):
        invite_person(boss, person)
    assert sign_in(Client(), person.email or "").status_code == 302


def test_invitations_need_the_right() -> None:
    person = make("Wang", password=None)
    with pytest.raises(NotAllowed):
        invite_person(make("Member", ["structure.view_person"]), person)
    assert not User.objects.filter(person=person).exists()


# --- outside identity providers ------------------------------------------------------------------------------------


def test_providers_secret_is_kept_encrypted_and_read_back_for_sign_in() -> None:
    boss = make("Boss", ["*"])
    app = save_provider(
        boss,
        None,
        kind="openid_connect",
        name="Company SSO",
        address="https://id.example.com",
        client_id="tw",
        secret="s3cret-x",
    )
    row = SocialApp.objects.get(pk=app.pk)
    assert "s3cret-x" not in f"{row.secret} {row.settings}"

    assert [one.secret for one in SocialAdapter().list_apps(None)] == ["s3cret-x"]  # type: ignore[arg-type]
    assert "s3cret-x" not in str(list(Event.objects.values("changes", "counts")))
    save_provider(boss, row, kind="openid_connect", name="SSO", address="https://id.example.com", client_id="tw")
    assert [one.secret for one in SocialAdapter().list_apps(None)] == ["s3cret-x"]  # type: ignore[arg-type]


def test_provider_with_a_bad_address_is_refused_and_nothing_is_kept() -> None:
    with pytest.raises(Refused) as told:
        save_provider(make("Boss", ["*"]), None, kind="openid_connect", name="", address="javascript:x", client_id="")
    assert set(told.value.fields) == {"name", "client_id", "address"}
    assert not SocialApp.objects.exists()
    assert not SocialAccount.objects.exists()


def through_provider(client: Client, claims: dict[str, Any], **more: Any) -> Any:
    """Walk through sign-in by a real OpenID Connect exchange; the last answer of ours."""
    with provider({"sub": "u-1", "name": "Ana", **claims}, client_id="tw", secret="s3cret-x") as issuer:
        boss = Person.objects.filter(name="Boss").first() or make("Boss", ["*"])
        save_provider(
            boss, None, kind="openid_connect", name="SSO", address=issuer, client_id="tw", secret="s3cret-x", **more
        )
        assert "/account/oidc/sso/login/" in client.get("/account/login/").content.decode()
        to_provider = client.get("/account/oidc/sso/login/").headers["Location"]
        assert to_provider.startswith(issuer)
        assert "code_challenge=" in to_provider
        back = requests.get(to_provider, allow_redirects=False, timeout=10).headers["Location"]
        return client.get("/" + back.split("/", 3)[3])


def test_known_person_signs_in_through_the_provider_by_verified_address(client: Client) -> None:
    person = make("Ana", password=None)
    assert through_provider(client, {"email": "ANA@example.com", "email_verified": True}).headers["Location"] == "/me/"
    assert signed_in(client)
    assert SocialAccount.objects.get().user.person == person


@pytest.mark.parametrize(
    ("claims", "active"),
    [
        ({"email": "ana@example.com", "email_verified": False}, True),
        ({"email": "ana@example.com"}, True),
        ({"email": "stranger@example.com", "email_verified": True}, True),
        ({"email": "ana@example.com", "email_verified": True}, False),
    ],
)
def test_nobody_else_gets_in_through_the_provider(client: Client, claims: dict[str, Any], active: bool) -> None:
    person = make("Ana", active=active)
    through_provider(client, claims)
    assert not signed_in(client)
    assert not SocialAccount.objects.filter(user=person.user).exists()
    assert User.objects.count() == 2


def test_addresses_of_a_trusted_provider_count_as_verified(client: Client) -> None:
    make("Ana")
    through_provider(client, {"email": "ana@example.com"}, trusted=True)
    assert signed_in(client)


def test_login_page_offers_providers_named_by_the_environment() -> None:
    env = {
        "OIDC_URL": "https://id.example.com",
        "OIDC_CLIENT_ID": "tw",
        "SAML_METADATA_URL": "https://id.example.com/saml",
    }
    found = from_environment(lambda name, default=None: env.get(name, default))
    assert found["openid_connect"]["APPS"][0]["settings"]["server_url"] == "https://id.example.com"
    assert found["saml"]["APPS"][0]["settings"]["idp"]["metadata_url"] == "https://id.example.com/saml"
    assert "APPS" not in from_environment(lambda name, default=None: default)["openid_connect"]
