import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import verify

DIALECTS = {"standard": verify.verify_standard, "rtb": verify.verify_rtb, "hwr": verify.verify_hwr, "video": verify.verify_video}


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        verdicts = [name for name, holds in DIALECTS.items() if holds(os.environ["WEBHOOK_SECRET"], headers, body)]
        answer = " ".join(verdicts).encode()
        self.send_response(200 if verdicts else 403)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(f"listening (http://127.0.0.1:{server.server_port})", flush=True)
server.serve_forever()
