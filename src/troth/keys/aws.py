"""The master key in AWS KMS. Needs the extra ``troth[aws]``.

Source: AWS KMS API reference (Encrypt, Decrypt, DescribeKey, CreateKey, UpdateAlias, ScheduleKeyDeletion). The label
is the encryption context, so it is authenticated, and stands in CloudTrail: it is the number of an epoch.

A version here is a KMS key, named by its ARN. KMS never destroys a part of a key, so only an alias can be renewed: a
new key is made with the old one's policy, the alias is pointed to it, and the old key is scheduled for deletion.
Only keys that were made so (they carry the tag ``troth``) are ever scheduled.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from troth.errors import InputError, UnavailableError
from troth.keys.provider import Abilities, Wrapped, cannot_renew, wrong

TIMEOUT_S = 3
TRIES = 3
DELAY = timedelta(days=7)
"""The shortest time after which KMS deletes a key (ScheduleKeyDeletion, PendingWindowInDays)."""

_TAG = "troth"
_CONTEXT = "troth"
_WRONG = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_GONE = frozenset({"KMSInvalidStateException", "DisabledException"})
_REFUSED = frozenset({
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
})  # fmt: skip


class AwsKeyProvider:
    """Asks a KMS key to wrap and unwrap. Credentials and endpoints come from where AWS's own tools find them.

    Args:
        key: an ARN of a key or an alias, or ``alias/NAME``.

    Raises:
        InputError: the extra is not installed, or no region is named.
    """

    def __init__(self, key: str) -> None:
        try:
            from botocore.config import Config
            from botocore.exceptions import NoRegionError
            from botocore.session import Session
        except ModuleNotFoundError:
            raise InputError(
                "key_provider_driver", "AWS's library is not installed.", "For AWS KMS install troth[aws]."
            ) from None
        self._key = key
        self._is_alias = "alias/" in key
        parts = key.split(":")
        region = parts[3] if len(parts) > 3 else None  # noqa: PLR2004 - arn:aws:kms:REGION:ACCOUNT:…
        retries = {"mode": "standard", "total_max_attempts": TRIES}
        bounds = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries=retries)
        try:
            self._kms: Any = Session().create_client("kms", region_name=region, config=bounds)
        except NoRegionError:
            raise InputError(
                "key_provider_region", "No AWS region is named.", "Name the key by its ARN, or set AWS_REGION."
            ) from None

    @property
    def name(self) -> str:
        """The key's or alias's name."""
        return f"aws-kms {self._key}"

    @property
    def abilities(self) -> Abilities:
        """An alias renews by itself; a key that was retired is deleted a week later."""
        return Abilities(renews=self._is_alias, by_itself=self._is_alias, delay=DELAY)

    def check(self) -> None:
        """Return when the key is there, enabled, and encrypts."""
        self._look(self._key)

    def current(self) -> str:
        """Return the ARN of the key in use."""
        return str(self._look(self._key)["Arn"])

    def wrap(self, key: bytes, label: str) -> Wrapped:
        """Return `key`, wrapped with the key in use."""
        with self._in_words():
            answer = self._kms.encrypt(KeyId=self._key, Plaintext=key, EncryptionContext={_CONTEXT: label})
        return Wrapped(str(answer["KeyId"]), bytes(answer["CiphertextBlob"]))

    def unwrap(self, wrapped: bytes, label: str) -> bytes:
        """Return the key that was wrapped under `label`."""
        # An alias names the newest key only; what an older one wrapped says itself which.
        which = {} if self._is_alias else {"KeyId": self._key}
        with self._in_words():
            answer = self._kms.decrypt(CiphertextBlob=wrapped, EncryptionContext={_CONTEXT: label}, **which)
        return bytes(answer["Plaintext"])

    def renew(self, used: Collection[str]) -> None:
        """Make a new key like the old one and point the alias to it, unless it points to one not in `used`."""
        old = self.current()
        if old not in used:
            return
        if not self._is_alias:
            raise cannot_renew(self.name)
        alias = self._key[self._key.index("alias/") :]
        with self._in_words():
            policy = self._kms.get_key_policy(KeyId=old, PolicyName="default")["Policy"]
            made = self._kms.create_key(
                Policy=policy,
                Description="Master key of Troth. Made and deleted by Troth.",
                Tags=[{"TagKey": _TAG, "TagValue": alias}],
            )
            self._kms.update_alias(AliasName=alias, TargetKeyId=made["KeyMetadata"]["KeyId"])

    def retire(self, drop: Collection[str], keep: Collection[str]) -> frozenset[str]:
        """Schedule the deletion of those in `drop` that were made by `renew`."""
        return frozenset(one for one in sorted(drop) if one not in keep and self._schedule(one))

    def _schedule(self, key: str) -> bool:
        """Return whether `key` is gone, or will be."""
        from botocore.exceptions import ClientError

        with self._in_words():
            try:
                told = self._kms.describe_key(KeyId=key)["KeyMetadata"]
                if told["KeyState"] == "PendingDeletion":
                    return True
                tags = self._kms.list_resource_tags(KeyId=key)["Tags"]
            except ClientError as error:
                if _code(error) == "NotFoundException":
                    return True
                raise
            if not any(one["TagKey"] == _TAG for one in tags):
                return False
            self._kms.schedule_key_deletion(KeyId=told["KeyId"], PendingWindowInDays=DELAY.days)
        return True

    def _look(self, key: str) -> dict[str, Any]:
        with self._in_words():
            told: dict[str, Any] = self._kms.describe_key(KeyId=key)["KeyMetadata"]
        if told["KeyState"] != "Enabled":
            raise self._destroyed()
        if told.get("KeySpec", told.get("CustomerMasterKeySpec")) != "SYMMETRIC_DEFAULT":
            raise UnavailableError(
                "master_key_kind",
                f"The key ({self.name}) is not of a kind that Troth can use.",
                "Make a symmetric key for encryption.",
            )
        return told

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Turn the library's failures into ours. Its text is dropped: it can quote what was sent."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

        try:
            yield
        except NoCredentialsError:
            raise self._refused() from None
        except ClientError as error:
            code = _code(error)
            if code in _WRONG:
                raise wrong(self.name) from None
            if code == "NotFoundException":
                raise UnavailableError(
                    "master_key_missing",
                    f"There is no master key there ({self.name}).",
                    "Name the right one with TROTH_KEY_PROVIDER, or make it: docs/guides/keys.md.",
                ) from None
            if code in _GONE:
                raise self._destroyed() from None
            if code in _REFUSED:
                raise self._refused() from None
            raise self._unreachable(f"answered {code}") from None
        except BotoCoreError:
            raise self._unreachable("does not answer") from None

    def _refused(self) -> UnavailableError:
        return UnavailableError(
            "key_provider_refused",
            f"AWS refused the credentials for {self.name}.",
            "Name credentials that AWS's tools find, with the rights of docs/guides/keys.md.",
        )

    def _destroyed(self) -> UnavailableError:
        return UnavailableError(
            "master_key_destroyed",
            f"The KMS key that this key database needs is disabled or waits for its deletion ({self.name}).",
            "Enable it again. If it was retired, restore the newest backup of the key database.",
        )

    def _unreachable(self, said: str) -> UnavailableError:
        return UnavailableError(
            "key_provider_unreachable",
            f"AWS KMS ({self.name}) {said}.",
            "Check the network, the region and the endpoint. Nothing was changed.",
        )


def _code(error: Any) -> str:  # noqa: ANN401 - a ClientError, of a library that ships no types
    return str(error.response.get("Error", {}).get("Code", ""))
