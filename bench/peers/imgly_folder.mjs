// @imgly/background-removal-node (medium) over a folder, in one process, with
// the protocol of protocol.py.
//
//   imgly_folder.mjs png|lossless SOURCE TARGET
//
// png is what the package hands out by default: a PNG of quality 0.8, which sharp
// quantises to a palette. lossless asks it for raw RGBA and writes that as it is,
// so that its matte is judged and not its palette.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import removeBackground from "@imgly/background-removal-node";
import sharp from "sharp";

const here = dirname(fileURLToPath(import.meta.url));
const publicPath = `file://${join(here, "node_modules/@imgly/background-removal-node/dist")}/`;
const types = { ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp" };
const [mode, source, target] = process.argv.slice(2);
const format = mode === "lossless" ? "image/x-rgba8" : "image/png";

const report = (fields) => process.stdout.write(JSON.stringify(fields) + "\n");

async function encode(blob) {
  const bytes = Buffer.from(await blob.arrayBuffer());
  if (mode !== "lossless") return bytes;
  const [, width, height] = /width=(\d+);height=(\d+)/.exec(blob.type);
  return sharp(bytes, { raw: { width: +width, height: +height, channels: 4 } }).png({ compressionLevel: 1 }).toBuffer();
}

async function cut(file, output) {
  const photo = new Blob([readFileSync(file)], { type: types[extname(file).toLowerCase()] });
  const result = await removeBackground(photo, { publicPath, model: "medium", output: { format } });
  writeFileSync(output, await encode(result));
}

mkdirSync(target, { recursive: true });
for (const name of readdirSync(source).sort()) {
  if (!types[extname(name).toLowerCase()]) continue;
  const file = join(source, name);
  const output = join(target, basename(name, extname(name)) + ".png");
  const start = performance.now();
  try {
    await cut(file, output);
    report({ file, output, milliseconds: { total: performance.now() - start } });
  } catch (fault) {
    report({ file, error: String(fault) });
    process.exitCode = 1;
  }
}
