package main

import "time"

// VideoOutputFlags say where a clip goes and how it is written.
type VideoOutputFlags struct {
	Output       string `short:"o" help:"File. Default: NAME-cutout.webm beside the clip." placeholder:"FILE" predictor:"file"`
	Format       string `help:"webm (VP9), mov (ProRes 4444), mp4 (H.264, with a background), gif, webp, png_sequence (zip), stacked_video (mp4, colour above its alpha) or pro_bundle (zip of color.mp4 and alpha.mp4). Default: what --output ends in, else webm." placeholder:"FORMAT" predictor:"videoformat"`
	ContactSheet string `help:"PNG to write with pictures of the result at even distances." placeholder:"FILE" predictor:"file"`
	Force        bool   `help:"Overwrite what is there already. The clip itself is never overwritten."`
}

// VideoMatteFlags say how the subject is found.
type VideoMatteFlags struct {
	Model string `help:"original: best for its time. light: several times as fast. pro: finer and slower. human: people, fastest." enum:"original,light,pro,human" default:"original"`
}

// VideoSceneFlags say what the subject is put into.
type VideoSceneFlags struct {
	Background      string        `help:"transparent, blur (the clip's own, out of focus), a colour by name or as six hexadecimal digits, or a file: a picture, or another clip, which is repeated." default:"transparent" placeholder:"BACKGROUND" predictor:"videobackground"`
	Canvas          string        `help:"Size of the result in pixels. Default: the clip's." placeholder:"WxH"`
	Anchor          string        `help:"Where the clip stands on the canvas: center, top-left, top-center, top-right, center-left, center-right, bottom-left, bottom-center or bottom-right." default:"center" placeholder:"WHERE" predictor:"anchor"`
	Scale           float64       `help:"Size of the clip on the canvas: 1 is as large as fits." default:"1" placeholder:"N"`
	Offset          string        `help:"Pixels by which the clip is moved right and down (--offset=-40,0)." placeholder:"X,Y"`
	PreviewDuration time.Duration `help:"Treat only the beginning, such as 5s." placeholder:"TIME"`
}

// VideoRunFlags say how the work is told.
type VideoRunFlags struct {
	JSON  bool `name:"json" help:"Print one JSON object on stdout."`
	Quiet bool `short:"q" help:"Print errors only."`
}

// Help is printed below the flags of "mattebox video".
func (*VideoCmd) Help() string {
	return `Sound, frame rate (a variable one, too), length and the way up are kept. A clip that is transparent already keeps its own alpha.

A file appears under its name only when it is complete. ffmpeg does the reading and writing: H.264, H.265, VP8, VP9, AV1, MPEG-4, ProRes and Motion JPEG come in. mp4 cannot be transparent: give it a background.

Examples:

    mattebox video clip.mp4                                  clip-cutout.webm beside it
    mattebox video clip.mp4 -o out.webm --model light --background '#00ff00'
    mattebox video clip.mov -o out.mov                       ProRes 4444, for an editor
    mattebox video clip.mp4 -o out.mp4 --background blur
    mattebox video talk.mp4 -o out.mp4 --model human --background office.jpg
    mattebox video clip.mp4 -o out.mp4 --background sea.mp4 --canvas 1080x1920 --anchor bottom-center --scale 1.2
    mattebox video clip.mp4 -o try.webm --preview-duration 3s --contact-sheet try.png
    mattebox video clip.mp4 -o frames.zip --format png_sequence
    mattebox video clip.mp4 -o out.gif --json | jq .frames

Exit codes: 0 done; 1 failed; 2 wrong flags, or a clip that cannot be used; 3 something is not installed; 130 interrupted.`
}
