'use strict';
// Reads a PSD with ag-psd and prints what it found as JSON; samples are base64,
// RGBA interleaved, little-endian where they are 16 bits deep. A second
// argument "layers" leaves the composite alone: ag-psd knows no 16-bit composite
// with transparency.
const fs = require('fs');
const { initializeCanvas, readPsd } = require('ag-psd');

initializeCanvas(
  () => { throw new Error('no canvas here'); },
  (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4) }),
);

const [, , file, what] = process.argv;
const psd = readPsd(fs.readFileSync(file), {
  useImageData: true,
  skipThumbnail: true,
  throwForMissingFeatures: true,
  skipCompositeImageData: what === 'layers',
});

const base64 = ({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
const rect = (r) => [r.left, r.top, r.right, r.bottom];

process.stdout.write(JSON.stringify({
  size: [psd.width, psd.height],
  channels: psd.channels,
  bits: psd.bitsPerChannel,
  dpi: psd.imageResources.resolutionInfo ? psd.imageResources.resolutionInfo.horizontalResolution : 0,
  merged: psd.imageResources.versionInfo.hasRealMergedData,
  pixels: psd.imageData ? base64(psd.imageData) : '',
  layers: psd.children.map((l) => ({
    name: l.name,
    rect: rect(l),
    opacity: Math.round(l.opacity * 255),
    hidden: l.hidden,
    blend: l.blendMode,
    pixels: base64(l.imageData),
    mask: l.mask && { rect: rect(l.mask), outside: l.mask.defaultColor, pixels: base64(l.mask.imageData) },
  })),
}));
