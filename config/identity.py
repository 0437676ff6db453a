"""How people sign in: e-mail and password, and what outside identity providers may do."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class PersonBackend(AuthenticationBackend):
    """Signs in active users of active people."""

    def user_can_authenticate(self, user: Any) -> bool:
        return bool(super().user_can_authenticate(user)) and user.person.active


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves; people are invited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SocialAdapter(DefaultSocialAccountAdapter):
    """Outside identities sign in people we already know by e-mail, and make nobody new."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
