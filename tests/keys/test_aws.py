"""AWS KMS, tried with moto: a stand-in that speaks KMS's protocol over HTTP and encrypts for real.

In one thing it is milder than AWS: it decrypts with keys that are disabled or wait for their deletion. `strict` makes
it refuse, as AWS documents for Decrypt.
"""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from installations import NOW
from keys.contract import ProviderContract
from keys.tables import fill, open_ring, open_store
from troth.errors import InputError, UnavailableError
from troth.keys.aws import AwsKeyProvider
from troth.keys.epochs.change import Epochs
from troth.keys.provider import KeyProvider
from troth.keys.sealing import new_key

_NUMBERS = count(1)
REGION = "eu-west-1"


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    pytest.importorskip("botocore", reason="botocore is not here: install troth[aws]")
    pytest.importorskip("moto", reason="moto is not here: install moto[kms,server]")
    from moto.server import ThreadedMotoServer

    strict(request)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


def strict(request: pytest.FixtureRequest) -> None:
    """Let the stand-in refuse what AWS refuses."""
    from moto.core.exceptions import JsonRESTError
    from moto.kms.models import KmsBackend

    mild = KmsBackend.decrypt
    refusals = {"PendingDeletion": "KMSInvalidStateException", "Disabled": "DisabledException"}

    def decrypt(self: Any, *arguments: Any, **named: Any) -> tuple[bytes, str]:
        plaintext, arn = mild(self, *arguments, **named)
        refusal = refusals.get(self.keys[arn.rpartition("/")[2]].key_state)
        if refusal:
            raise JsonRESTError(refusal, "refused")
        return plaintext, arn

    setattr(KmsBackend, "decrypt", decrypt)  # noqa: B010 - mypy lets nobody assign to a method
    request.addfinalizer(lambda: setattr(KmsBackend, "decrypt", mild))


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An account of nobody: nothing of the machine's own is found."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")


@pytest.fixture(scope="module")
def operator(server: str) -> Any:
    """A client of the operator's. Making one reads a large description of AWS, so there is one for all tests."""
    from botocore.session import Session

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing-secret"}
    return Session().create_client("kms", region_name=REGION, endpoint_url=server, **keys)


@pytest.fixture
def kms(operator: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What an operator does; who opens a provider finds the same server."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", server)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    return operator


def made(kms: Any, *, by_troth: bool = True, **named: Any) -> str:
    tags = [{"TagKey": "troth", "TagValue": "test"}] if by_troth else []
    return str(kms.create_key(Tags=tags, **named)["KeyMetadata"]["Arn"])


def alias_of(kms: Any, key: str) -> str:
    alias = f"alias/troth{next(_NUMBERS)}"
    kms.create_alias(AliasName=alias, TargetKeyId=key)
    return alias


class TestAlias(ProviderContract):
    @pytest.fixture
    def opened(self, kms: Any) -> Callable[[], KeyProvider]:
        alias = alias_of(kms, made(kms))
        return lambda: AwsKeyProvider(alias)


class TestArn(ProviderContract):
    @pytest.fixture
    def opened(self, kms: Any) -> Callable[[], KeyProvider]:
        arn = made(kms)
        return lambda: AwsKeyProvider(arn)


def test_a_ring_and_its_epochs_live_on_it(tmp_path: Path, kms: Any) -> None:
    first = made(kms, by_troth=False)
    provider = AwsKeyProvider(alias_of(kms, first))
    sealed = fill(open_ring(tmp_path, provider), 3)
    epochs = Epochs(open_store(tmp_path), provider)
    # The first key is the operator's: it is told, and left alone.
    assert epochs.end(now=NOW + timedelta(days=30)).retired == frozenset()
    assert kms.describe_key(KeyId=first)["KeyMetadata"]["KeyState"] == "Enabled"
    second = provider.current()
    assert second != first
    assert epochs.end(now=NOW + timedelta(days=60)).retired == {second}
    told = kms.describe_key(KeyId=second)["KeyMetadata"]
    assert told["KeyState"] == "PendingDeletion"
    assert (
        kms.get_key_policy(KeyId=provider.current(), PolicyName="default")["Policy"]
        == (kms.get_key_policy(KeyId=first, PolicyName="default")["Policy"])
    )
    sealed.must_open(open_ring(tmp_path, provider))
    month = timedelta(days=30)
    assert epochs.dead_by(lasts=month) == NOW + timedelta(days=97)


def test_with_an_arn_the_epoch_ends_and_the_master_key_stays(tmp_path: Path, kms: Any) -> None:
    arn = made(kms)
    provider = AwsKeyProvider(arn)
    sealed = fill(open_ring(tmp_path, provider), 3)
    epochs = Epochs(open_store(tmp_path), provider)
    assert not epochs.renews_master
    assert epochs.end(now=NOW + timedelta(days=30)).retired == frozenset()
    with pytest.raises(UnavailableError, match="renewed"):
        epochs.rotate(now=NOW)
    sealed.must_open(open_ring(tmp_path, provider))
    assert kms.describe_key(KeyId=arn)["KeyMetadata"]["KeyState"] == "Enabled"


def test_another_key_of_the_account_opens_nothing(kms: Any) -> None:
    wrapped = AwsKeyProvider(made(kms)).wrap(new_key(), "epoch 1")
    with pytest.raises(UnavailableError):
        AwsKeyProvider(made(kms)).unwrap(wrapped.data, "epoch 1")


@pytest.mark.parametrize("state", ["disabled", "waiting for its deletion"])
def test_a_key_that_may_not_be_used_is_told(kms: Any, state: str) -> None:
    arn = made(kms)
    provider = AwsKeyProvider(arn)
    wrapped = provider.wrap(new_key(), "epoch 1")
    if state == "disabled":
        kms.disable_key(KeyId=arn.rpartition("/")[2])
    else:
        kms.schedule_key_deletion(KeyId=arn.rpartition("/")[2], PendingWindowInDays=7)
    for ask in (provider.check, lambda: provider.unwrap(wrapped.data, "epoch 1")):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.code == "master_key_destroyed"


def test_a_key_that_is_not_there_is_told(kms: Any) -> None:
    assert kms
    missing = AwsKeyProvider(f"arn:aws:kms:{REGION}:111122223333:key/00000000-0000-0000-0000-000000000000")
    for ask in (missing.check, lambda: missing.wrap(new_key(), "epoch 1")):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.code == "master_key_missing"


def test_a_key_of_another_kind_is_refused(kms: Any) -> None:
    with pytest.raises(UnavailableError) as caught:
        AwsKeyProvider(made(kms, KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")).check()
    assert caught.value.code == "master_key_kind"


def test_without_credentials_it_says_so(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = made(kms)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(UnavailableError) as caught:
        AwsKeyProvider(arn).check()
    assert caught.value.code == "key_provider_refused"


def test_without_a_region_it_says_so(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kms
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(InputError, match="region"):
        AwsKeyProvider("alias/troth")


def test_nobody_there_is_told_in_bounded_time(kms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kms
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{probe.getsockname()[1]}")
        with pytest.raises(UnavailableError) as caught:
            AwsKeyProvider("alias/troth").check()
    assert caught.value.code == "key_provider_unreachable"
    assert "testing-secret" not in str(caught.value)


def test_where_the_library_is_not_installed_it_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("botocore.config", "botocore.exceptions", "botocore.session"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"troth\[aws\]"):
        AwsKeyProvider("alias/troth")
