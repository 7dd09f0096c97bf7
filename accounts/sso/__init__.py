"""Single sign-on: people sign in where their university signs them in, by OpenID Connect; see docs/operations.md."""
