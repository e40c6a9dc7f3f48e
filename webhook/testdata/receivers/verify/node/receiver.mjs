import { createServer } from 'node:http';
import { verifyHWR, verifyRTB, verifyStandard, verifyVideo } from './verify.mjs';

const dialects = { standard: verifyStandard, rtb: verifyRTB, hwr: verifyHWR, video: verifyVideo };

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const verdicts = Object.keys(dialects).filter((name) => dialects[name](process.env.WEBHOOK_SECRET, request.headers, body));
  response.writeHead(verdicts.length ? 200 : 403).end(verdicts.join(' '));
});
server.listen(0, '127.0.0.1', () => console.log(`listening (http://127.0.0.1:${server.address().port})`));
