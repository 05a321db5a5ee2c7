"""A file that somebody attaches: what a record keeps of it, and its bytes."""

from hashlib import sha256

from itsmkit.core.model.record import Blob
from itsmkit.core.model.ticket import Attachment


def attached(name: str, media: str, data: bytes) -> tuple[Attachment, Blob]:
    """The file as a record keeps it, by the digest of its bytes, and the bytes as the store keeps them."""
    digest = sha256(data).hexdigest()
    return Attachment(name, media, len(data), digest), Blob(digest, data)
