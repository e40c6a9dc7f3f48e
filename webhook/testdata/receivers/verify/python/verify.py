# All functions take the secret, the request's headers by lower-case name and the
# raw body as bytes.
import base64
import hashlib
import hmac
import time
from datetime import datetime, timezone


def _mac(secret, *parts):
    return hmac.new(secret.encode(), b"".join(parts), hashlib.sha256)


def _same(expected, given):
    return hmac.compare_digest(expected.encode(), given.encode())


def verify_standard(secret, headers, body, tolerance=300):
    """Standard Webhooks: sent with every webhook. One signature for each secret in force."""
    uid, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > tolerance:
        return False
    digest = _mac(secret, f"{uid}.{stamp}.".encode(), body).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    return any(_same(expected, given) for given in headers.get("webhook-signature", "").split())


def verify_rtb(secret, headers, body, role="customer"):
    """Finished images. The role is customer or partner: whose secret it is."""
    expected = base64.b64encode(_mac(secret, body).digest()).decode()
    return _same(expected, headers.get(f"x-rtb-{role}-hmac-sha256", ""))


def verify_hwr(secret, headers, body):
    """Developers' webhooks."""
    return _same(_mac(secret, body).hexdigest(), headers.get("x-hwr-signature", ""))


def verify_video(secret, headers, body, tolerance=300):
    """Video jobs."""
    stamp = headers.get("x-webhook-timestamp", "")
    try:
        sent = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return False
    if abs(time.time() - sent.timestamp()) > tolerance:
        return False
    expected = "sha256=" + _mac(secret, f"{stamp}.".encode(), body).hexdigest()
    return _same(expected, headers.get("x-webhook-signature", ""))
