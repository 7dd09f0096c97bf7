from tests.access import Row
from tests.factories import TokenFactory


def nothing(course, student):
    return {}


def own_token(course, student):
    return {"pk": TokenFactory(user=student.user).pk}


def everybody(url, method, status, anonymous="login", make=nothing, **kwargs):
    """A page about oneself: what it answers does not depend on any role in a course."""
    return Row(url, status, status, status, status, status, anonymous, method=method, make=make, **kwargs)


def with_key(course, student):
    return {"key": "x"}


def with_reset_key(course, student):
    return {"uidb36": "1", "key": "x"}


def with_provider(course, student):
    return {"provider_id": "sso"}


def with_pk(course, student):
    return {"pk": 1}


TOKENS = [
    everybody("accounts:token_list", "get", 200),
    everybody("accounts:token_create", "get", 302),  # asks for the password again
    everybody("accounts:token_create", "post", 302),
    Row("accounts:token_revoke", 302, 404, 404, 404, 404, method="post", make=own_token),
    everybody("accounts:token_revoke", "get", 405, 405, make=with_pk),
]

# allauth's own pages, as this project's settings make them answer.
SIGNING_IN = [
    everybody("account_login", "get", 302, 200),
    everybody("account_login", "post", 302, 200),
    everybody("account_logout", "get", 200, 302),
    everybody("account_logout", "post", 302, 302),
    everybody("account_inactive", "get", 200, 200),
    everybody("account_signup", "get", 302, 200),  # without a join link: closed
    everybody("account_signup", "post", 302, 200),
    everybody("account_reauthenticate", "get", 200),
    everybody("account_reauthenticate", "post", 200),
    everybody("account_confirm_login_code", "get", 302),
    everybody("account_confirm_login_code", "post", 302),
]
# Where nothing is set up, as here, there is no way out and none back in.
SINGLE_SIGN_ON = [
    everybody("openid_connect_login", "post", 404, 404, make=with_provider),
    everybody("openid_connect_login", "get", 405, 405, make=with_provider),
    everybody("openid_connect_callback", "get", 404, 404, make=with_provider),
    everybody("openid_connect_callback", "post", 404, 404, make=with_provider),
    everybody("socialaccount_connections", "get", 200),
    everybody("socialaccount_connections", "post", 200),
    everybody("socialaccount_signup", "get", 302, 302),
    everybody("socialaccount_signup", "post", 302, 302),
    everybody("socialaccount_login_cancelled", "get", 200, 200),
    everybody("socialaccount_login_error", "get", 401, 401),
]
ADDRESSES_AND_PASSWORDS = [
    everybody("account_email", "get", 200),
    everybody("account_email", "post", 302),
    everybody("account_email_verification_sent", "get", 200, 200),
    everybody("account_confirm_email", "get", 200, 200, make=with_key),  # says that the key is wrong
    everybody("account_confirm_email", "post", 404, 404, make=with_key),
    everybody("account_change_password", "get", 200),
    everybody("account_change_password", "post", 200),
    everybody("account_set_password", "get", 302),
    everybody("account_set_password", "post", 302),
    everybody("account_reset_password", "get", 200, 200),
    everybody("account_reset_password", "post", 200, 200),
    everybody("account_reset_password_done", "get", 200, 200),
    everybody("account_reset_password_from_key", "get", 200, 200, make=with_reset_key),  # says that the key is wrong
    everybody("account_reset_password_from_key", "post", 200, 200, make=with_reset_key),
    everybody("account_reset_password_from_key_done", "get", 200, 200),
]
SECOND_FACTORS = [
    everybody("mfa_index", "get", 200),
    everybody("mfa_authenticate", "get", 302),
    everybody("mfa_authenticate", "post", 302),
    everybody("mfa_reauthenticate", "get", 302),
    everybody("mfa_reauthenticate", "post", 302),
    everybody("mfa_activate_totp", "get", 302),
    everybody("mfa_activate_totp", "post", 302),
    everybody("mfa_deactivate_totp", "get", 404),
    everybody("mfa_deactivate_totp", "post", 404),
    everybody("mfa_view_recovery_codes", "get", 404),
    everybody("mfa_generate_recovery_codes", "get", 302),
    everybody("mfa_generate_recovery_codes", "post", 302),
    everybody("mfa_download_recovery_codes", "get", 404),
    everybody("mfa_list_webauthn", "get", 200),
    everybody("mfa_add_webauthn", "get", 302),
    everybody("mfa_add_webauthn", "post", 302),
    everybody("mfa_reauthenticate_webauthn", "get", 302),
    everybody("mfa_reauthenticate_webauthn", "post", 302),
    everybody("mfa_remove_webauthn", "get", 302, make=with_pk),
    everybody("mfa_remove_webauthn", "post", 302, make=with_pk),
    everybody("mfa_edit_webauthn", "get", 302, make=with_pk),
    everybody("mfa_edit_webauthn", "post", 302, make=with_pk),
    everybody("mfa_login_webauthn", "get", 302),
    everybody("mfa_login_webauthn", "post", 302),
    everybody("usersessions_list", "get", 200),
    everybody("usersessions_list", "post", 302),
]

ROWS: list[Row] = TOKENS + SIGNING_IN + SINGLE_SIGN_ON + ADDRESSES_AND_PASSWORDS + SECOND_FACTORS
