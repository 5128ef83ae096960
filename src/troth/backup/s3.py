"""An S3-compatible store. Needs the extra ``troth[aws]``.

Source: Amazon S3 API reference (PutObject, GetObject, ListObjectsV2, DeleteObject). A put that ends well is whole and
durable; one that is broken off leaves nothing (S3 user guide, data consistency model). Credentials, region and
endpoint come from where AWS's own tools find them; ``AWS_ENDPOINT_URL_S3`` names another store than Amazon's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from troth.backup.place import taken
from troth.errors import InputError, NotFoundError, UnavailableError

TIMEOUT_S = 20
TRIES = 4

_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_TAKEN = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict"})
_REFUSED = frozenset({
    "AccessDenied",
    "403",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
})  # fmt: skip


class S3Place:
    """A bucket, or what lies below a prefix in it.

    Args:
        words: ``bucket`` or ``bucket/prefix``.

    Raises:
        InputError: the words name no bucket, or the extra is not installed.
    """

    def __init__(self, words: str) -> None:
        try:
            from botocore.config import Config
            from botocore.session import Session
        except ModuleNotFoundError:
            raise InputError(
                "backup_place_driver", "AWS's library is not installed.", "For S3 install troth[aws]."
            ) from None
        self._bucket, _, prefix = words.strip("/").partition("/")
        if not self._bucket:
            raise InputError("backup_place", "No bucket is named.", "Write it as s3://bucket/prefix.")
        self._prefix = f"{prefix}/" if prefix else ""
        retries = {"mode": "standard", "total_max_attempts": TRIES}
        bounds = Config(connect_timeout=TIMEOUT_S, read_timeout=TIMEOUT_S, retries=retries)
        self._s3: Any = Session().create_client("s3", config=bounds)

    @property
    def words(self) -> str:
        """Bucket and prefix."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def put(self, name: str, data: bytes) -> None:
        """Put an object, unless there is one of this name."""
        with _told():
            self._s3.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data, IfNoneMatch="*")

    def get(self, name: str) -> bytes:
        """Get an object whole."""
        with _told():
            body: bytes = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + name)["Body"].read()
            return body

    def names(self) -> list[str]:
        """List what lies below the prefix."""
        with _told():
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            keys = [one["Key"] for page in pages for one in page.get("Contents", ())]
        return sorted(key.removeprefix(self._prefix) for key in keys)

    def remove(self, name: str) -> None:
        """Delete an object."""
        with _told():
            self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + name)


@contextmanager
def _told() -> Iterator[None]:
    """Turn the library's failures into ours, without its text: it can quote addresses and names of keys."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise NotFoundError("backup_part_missing", "There is no such file in the store.") from None
        if code in _TAKEN:
            raise taken("the store") from None
        if code == "NoSuchBucket":
            raise UnavailableError("backup_place", "There is no such bucket.", "Make it first.") from None
        if code in _REFUSED:
            raise UnavailableError(
                "backup_place_refused",
                "The store for backups refuses these credentials.",
                "They need s3:PutObject, s3:GetObject, s3:ListBucket, and s3:DeleteObject to prune.",
            ) from None
        raise UnavailableError(
            "backup_place", "The store for backups refused the work.", "Look at its log."
        ) from None
    except (BotoCoreError, HTTPClientError):
        raise UnavailableError(
            "backup_place_unreachable",
            "The store for backups can't be reached.",
            "Look at AWS_ENDPOINT_URL_S3, the network and the credentials.",
        ) from None
