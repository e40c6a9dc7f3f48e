package main

import "time"

// VideoWorkFlags say how much is done at a time for video jobs, and how long their
// files are kept.
type VideoWorkFlags struct {
	VideoEngines string `help:"Engines of --engines that videos may have at a time. Default: one fewer than these, so that pictures need not wait; at least 1." env:"MATTEBOX_VIDEO_ENGINES" placeholder:"N"`
	KeepVideos   string `help:"Days after its end that a video job's output is removed; 0 for never. Default: ${default}." env:"MATTEBOX_KEEP_VIDEOS" default:"30" placeholder:"DAYS"`
	KeepUploads  string `help:"Days after which an upload of the video API is removed, unless a job in hand uses it; 0 for never. Default: ${default}." env:"MATTEBOX_KEEP_UPLOADS" default:"7" placeholder:"DAYS"`
}

func (c *VideoWorkFlags) read(r settingReader, s *serveSettings) {
	if c.VideoEngines != "" {
		s.videoEngines = r.number("--video-engines", c.VideoEngines, 1, maxWorkers)
	}
	s.keepVideos = time.Duration(r.number("--keep-videos", c.KeepVideos, 0, 36500)) * day
	s.keepUploads = time.Duration(r.number("--keep-uploads", c.KeepUploads, 0, 36500)) * day
}

// videoFetches is how many clips are brought and looked at at a time.
const videoFetches = 2

// videoEngines is how many of the engines videos may have at a time.
func (s *service) videoEngines() int {
	if s.settings.videoEngines > 0 {
		return min(s.settings.videoEngines, s.engines())
	}
	return max(1, s.engines()-1)
}
