// All functions take the secret, the request's headers by lower-case name (as Node
// has them) and the raw body as a Buffer.
import { createHmac, timingSafeEqual } from 'node:crypto';

const mac = (secret, encoding, ...parts) =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', secret)).digest(encoding);

function same(expected, given) {
  const [a, b] = [Buffer.from(expected), Buffer.from(given ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}

const fresh = (milliseconds, tolerance) => Math.abs(Date.now() - milliseconds) <= tolerance * 1000;

// Standard Webhooks: sent with every webhook. One signature for each secret in force.
export function verifyStandard(secret, headers, body, tolerance = 300) {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures = '' } = headers;
  if (!fresh(Number(time) * 1000, tolerance)) return false;
  const expected = 'v1,' + mac(secret, 'base64', `${id}.${time}.`, body);
  return signatures.split(' ').some((signature) => same(expected, signature));
}

// Finished images. The role is customer or partner: whose secret it is.
export function verifyRTB(secret, headers, body, role = 'customer') {
  return same(mac(secret, 'base64', body), headers[`x-rtb-${role}-hmac-sha256`]);
}

// Developers' webhooks.
export function verifyHWR(secret, headers, body) {
  return same(mac(secret, 'hex', body), headers['x-hwr-signature']);
}

// Video jobs.
export function verifyVideo(secret, headers, body, tolerance = 300) {
  const time = headers['x-webhook-timestamp'];
  if (!fresh(Date.parse(time), tolerance)) return false;
  return same('sha256=' + mac(secret, 'hex', `${time}.`, body), headers['x-webhook-signature']);
}
