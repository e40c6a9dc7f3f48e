import crypto from 'node:crypto';
export function verifyWebhook(rawBody, timestamp, signature, secret) {
const signed = `${timestamp}.${rawBody}`;
const digest = crypto.createHmac('sha256', secret).update(signed).digest('hex');
const expected = `sha256=${digest}`;
return crypto.timingSafeEqual(Buffer.from(expected), Buffer.from(signature || ''));
}
