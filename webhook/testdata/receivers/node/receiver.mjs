// A webhook receiver around sample.mjs, which is the seed's Node sample as printed.
//
//   WEBHOOK_SECRET=... WEBHOOK_JOURNAL=FILE node receiver.mjs
//
// It answers 200 when the sample says that the request is verified, else 403, and
// 500 when the sample throws, as it does at a signature of another length. It
// appends one line of JSON to the journal: {"verified":true,"body":"..."}.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { verifyWebhook } from './sample.mjs';

const { WEBHOOK_SECRET: secret, WEBHOOK_JOURNAL: journal } = process.env;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  let status = 500;
  try {
    const { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': signature } = request.headers;
    status = verifyWebhook(body, timestamp, signature, secret) ? 200 : 403;
  } catch (error) {
    console.error(error.code);
  }
  if (journal) appendFileSync(journal, JSON.stringify({ verified: status === 200, body }) + '\n');
  response.writeHead(status).end();
});
server.listen(0, '127.0.0.1', () => console.log(`listening (http://127.0.0.1:${server.address().port})`));
