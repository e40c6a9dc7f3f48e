// Sends a file with tus-js-client and prints what became of it as JSON: the upload's
// address, what its last answer said, how often it was tried again and from where it
// went on. The environment says what to send: BASE, KEY, FILE, CHUNK (bytes), and STORE,
// a file that remembers addresses of uploads between runs.
const fs = require('fs')
const tus = require('tus-js-client')
const { FileUrlStorage } = tus

const out = { heads: [], statuses: [], retries: 0 }
const upload = new tus.Upload(fs.createReadStream(process.env.FILE), {
  endpoint: process.env.BASE + '/v1/uploads/resumable',
  headers: { 'X-Api-Key': process.env.KEY },
  chunkSize: Number(process.env.CHUNK),
  retryDelays: [0, 50, 100, 200, 400, 800, 1600],
  metadata: { filename: 'my clip.mov', filetype: 'video/mp4' },
  ...(process.env.STORE ? { urlStorage: new FileUrlStorage(process.env.STORE), storeFingerprintForResuming: true } : { storeFingerprintForResuming: false }),
  onShouldRetry: (error, attempt, options) => {
    out.retries++
    const status = error.originalResponse ? error.originalResponse.getStatus() : 0
    return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500
  },
  onAfterResponse: (request, response) => {
    out.statuses.push(request.getMethod() + ' ' + response.getStatus())
    if (request.getMethod() === 'HEAD') out.heads.push(Number(response.getHeader('Upload-Offset')))
    out.videoId = response.getHeader('X-Video-Id') || out.videoId
    out.videoUrl = response.getHeader('X-Video-Url') || out.videoUrl
  },
  onProgress: (sent) => process.stderr.write(sent + '\n'),
  onSuccess: () => finish(0),
  onError: (error) => {
    out.error = error.message
    out.status = error.originalResponse ? error.originalResponse.getStatus() : 0
    finish(1)
  },
})

function finish(code) {
  out.url = upload.url
  process.stdout.write(JSON.stringify(out) + '\n', () => process.exit(code))
}

if (process.env.STORE) {
  upload.findPreviousUploads().then((previous) => {
    if (previous.length) upload.resumeFromPreviousUpload(previous[0])
    upload.start()
  })
} else {
  upload.start()
}
