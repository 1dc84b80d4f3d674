"""Passwords and log-in tokens."""

import hashlib
import hmac
import os

ITERATIONS = 200_000


def hash_password(password):
    """PBKDF2 with a random salt; the salt stands before the hash."""
    salt = os.urandom(16)
    return salt + hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)


def check_password(password, stored):
    salt, expected = stored[:16], stored[16:]
    actual = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return hmac.compare_digest(actual, expected)
