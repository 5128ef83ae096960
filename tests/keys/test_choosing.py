from pathlib import Path

import pytest

from troth.errors import InputError, UnavailableError
from troth.keys.choosing import Access, provider_named

TOKEN = Access(token="secret-token")  # noqa: S106 - of a test


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("file:/secure/master.key", "file master.key"),
        ("transit:https://bao.example.com/transit/keys/troth", "transit bao.example.com:8200 transit/keys/troth"),
        ("transit:https://bao.example.com:443/v1/a/b/keys/t", "transit bao.example.com:443 a/b/keys/t"),
        ("transit:http://127.0.0.1:8200/transit/keys/troth", "transit 127.0.0.1:8200 transit/keys/troth"),
        ("transit:http://[::1]:8200/transit/keys/troth", "transit ::1:8200 transit/keys/troth"),
    ],
)
def test_the_words_name_a_provider(words: str, name: str) -> None:
    assert provider_named(words, TOKEN).name == name


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("", "key_provider"),
        ("file:", "key_provider"),
        ("vault:https://bao.example.com/transit/keys/troth", "key_provider"),
        ("aws-kms:troth", "key_provider"),
        ("/secure/master.key", "key_provider"),
        ("transit:bao.example.com", "key_provider_place"),
        ("transit:ftp://bao.example.com/transit/keys/troth", "key_provider_place"),
        ("transit:https://bao.example.com/transit/troth", "key_provider_place"),
        ("transit:https://bao.example.com/transit/keys/", "key_provider_place"),
        ("transit:https://bao.example.com:port/transit/keys/troth", "key_provider_place"),
        ("transit:https://bao.example.com/transit/keys/troth?x=1", "key_provider_place"),
        ("transit:https://ana:secret@bao.example.com/transit/keys/troth", "key_provider_place"),
        ("transit:http://bao.example.com/transit/keys/troth", "key_provider_clear"),
        ("transit:http://127.0.0.1.example.com/transit/keys/troth", "key_provider_clear"),
    ],
)
def test_what_can_not_be_understood_or_is_not_safe_is_refused(words: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        provider_named(words, TOKEN)
    assert caught.value.code == code
    assert "secret" not in str(caught.value).replace("TROTH_TRANSIT_TOKEN_FILE", "")


def test_transit_needs_one_token_and_not_two(tmp_path: Path) -> None:
    words = "transit:https://bao.example.com/transit/keys/troth"
    for access in (Access(), Access(token="t", token_file=tmp_path / "token")):  # noqa: S106 - of a test
        with pytest.raises(InputError) as caught:
            provider_named(words, access)
        assert caught.value.code == "key_provider_token"


def test_a_token_is_in_no_text_of_what_holds_it() -> None:
    assert "secret-token" not in repr(TOKEN) + str(TOKEN)


@pytest.mark.parametrize(
    ("content", "mode"),
    [(None, 0o600), (b"", 0o600), (b"t\nInjected: yes", 0o600), (b"\xff", 0o600), (b"good", 0o644)],
)
def test_a_token_file_that_is_missing_empty_odd_or_open_is_told(
    tmp_path: Path, content: bytes | None, mode: int
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    provider = provider_named("transit:http://127.0.0.1:1/transit/keys/troth", Access(token_file=file))
    with pytest.raises(UnavailableError) as caught:
        provider.check()
    assert caught.value.code == "key_provider_token"
