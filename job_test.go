package mattebox

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func TestCredits(t *testing.T) {
	for _, c := range []struct {
		model  JobModel
		length time.Duration
		want   Credits
		text   string
	}{
		{ModelOriginal, time.Minute, 60_00, "60.00"}, {ModelLight, time.Minute, 45_00, "45.00"}, {ModelPro, time.Minute, 180_00, "180.00"}, {ModelHuman, time.Minute, 45_00, "45.00"},
		{ModelOriginal, 10 * time.Second, 10_00, "10.00"}, {ModelLight, time.Second, 75, "0.75"}, {ModelPro, 9664 * time.Millisecond, 29_00, "29.00"},
		{ModelOriginal, time.Nanosecond, 1, "0.01"}, {ModelOriginal, 10 * time.Millisecond, 1, "0.01"}, {ModelOriginal, 10*time.Millisecond + 1, 2, "0.02"},
		{ModelOriginal, 0, 0, "0.00"}, {ModelOriginal, -time.Second, 0, "0.00"}, {ModelPro, 24 * time.Hour, 180 * 60 * 24 * 100, "259200.00"},
	} {
		if got := c.model.Credits(c.length); got != c.want || got.String() != c.text {
			t.Errorf("%v with %s cost %d (%s), want %d (%s)", c.length, c.model, got, got, c.want, c.text)
		}
	}
}

func TestVideoPrice(t *testing.T) {
	two := int64(2)
	table := PriceTable{USD: {}, EUR: {VideoCredit: &two}}
	for _, c := range []struct {
		table    PriceTable
		currency Currency
		credits  Credits
		want     int64
	}{
		{table, USD, 25_00, 25}, {table, USD, 25_01, 26}, {table, USD, 1, 1}, {table, USD, 0, 0}, {table, EUR, 25_01, 51}, {nil, DKK, 25_00, 0},
		{FlatPrices(Money{95, USD}), USD, 25_00, 25}, {FlatPrices(Money{0, USD}), USD, 25_00, 0},
	} {
		if got, err := c.table.Video(c.currency, c.credits); err != nil || got != (Money{c.want, c.currency}) {
			t.Errorf("%s credits cost %v in %s, error %v; want %d", c.credits, got, c.currency, err, c.want)
		}
	}
	if _, err := table.Video(GBP, 1); CodeOf(err) != CodeInvalid {
		t.Errorf("a currency without prices: %v", err)
	}
	minus := int64(-1)
	prices := FlatPrices(Money{95, USD})
	list := prices[USD]
	list.VideoCredit = &minus
	if err := (PriceTable{USD: list}).Validate(); CodeOf(err) != CodeInvalid {
		t.Errorf("a negative price of credits: %v", err)
	}
}

func TestJobOrder(t *testing.T) {
	good := JobOrder{VideoURL: "https://e.com/a.mp4", Model: ModelOriginal, Format: FormatWebM}
	for name, c := range map[string]struct {
		change func(*JobOrder)
		field  string // at fault; empty: none
	}{
		"as it is":     {func(*JobOrder) {}, ""},
		"no clip":      {func(o *JobOrder) { o.VideoURL = "" }, "video_url"},
		"two clips":    {func(o *JobOrder) { o.Upload = "vid_1" }, "video_url"},
		"long address": {func(o *JobOrder) { o.VideoURL = "https://e.com/" + strings.Repeat("a", 2048) }, "video_url"},
		"two lines":    {func(o *JobOrder) { o.WebhookURL = "https://e.com/\nx" }, "webhook_url"},
		"model":        {func(o *JobOrder) { o.Model = "" }, "model"},
		"format":       {func(o *JobOrder) { o.Format = "avi" }, "output_format"},
		"mp4":          {func(o *JobOrder) { o.Format = FormatMP4 }, "output_format"},
		"green mp4":    {func(o *JobOrder) { o.Format, o.Background.Kind = FormatMP4, BehindColor }, ""},
		"prompt":       {func(o *JobOrder) { o.Model, o.TextPrompt = ModelPro, "the dog" }, "text_prompt"},
		"empty prompt": {func(o *JobOrder) { o.TextPrompt = " " }, ""},
		"preview":      {func(o *JobOrder) { o.Preview = -1 }, "preview_duration"},
		"background":   {func(o *JobOrder) { o.Background.Kind = "sea" }, "background"},
		"no picture":   {func(o *JobOrder) { o.Background.Kind = BehindImage }, "background"},
		"two films": {func(o *JobOrder) {
			o.Background = JobBackground{Kind: BehindVideo, URL: "https://e.com", Upload: "vid_1"}
		}, "background"},
		"film": {func(o *JobOrder) { o.Background = JobBackground{Kind: BehindVideo, Upload: "vid_1"} }, ""},
		"canvas": {func(o *JobOrder) {
			o.Composition = Composition{Width: 1920, Height: 1080, Anchor: "top-left", Scale: .5, OffsetX: -40}
		}, ""},
		"one side":    {func(o *JobOrder) { o.Composition.Width = 100 }, "composition.canvas"},
		"vast canvas": {func(o *JobOrder) { o.Composition.Width, o.Composition.Height = 5000, 10 }, "composition.canvas"},
		"anchor":      {func(o *JobOrder) { o.Composition.Anchor = "left" }, "composition.foreground.anchor"},
		"scale":       {func(o *JobOrder) { o.Composition.Scale = math.NaN() }, "composition.foreground.scale"},
		"offset":      {func(o *JobOrder) { o.Composition.OffsetY = 1 << 20 }, "composition.foreground.offset"},
		"metadata":    {func(o *JobOrder) { o.Metadata = json.RawMessage(` {"a": [1]}`) }, ""},
		"text":        {func(o *JobOrder) { o.Metadata = json.RawMessage(`"a"`) }, "metadata"},
		"no JSON":     {func(o *JobOrder) { o.Metadata = json.RawMessage(`{"a"`) }, "metadata"},
		"NUL":         {func(o *JobOrder) { o.Metadata = json.RawMessage(`{"a":"\u0000"}`) }, "metadata"},
		"much":        {func(o *JobOrder) { o.Metadata = json.RawMessage(`{"a":"` + strings.Repeat("b", MaxMetadata) + `"}`) }, "metadata"},
	} {
		o := good
		c.change(&o)
		err := o.Validate()
		var fault *Error
		if errors.As(err, &fault); (err == nil) != (c.field == "") || err != nil && (fault.Code != CodeInvalid || fault.Field != c.field) {
			t.Errorf("%s: %v, want a fault of %q", name, err, c.field)
		}
	}
}

func TestJobProgress(t *testing.T) {
	for _, f := range JobFormats() {
		before := -1
		for _, step := range []struct {
			stage JobStage
			share float64
		}{{StageFetch, 0}, {StageCut, 0}, {StageCut, .5}, {StageCut, 1}, {StageCut, 7}, {StageJoin, 0}, {StageJoin, .5}, {StageJoin, 1}} {
			got := f.Progress(step.stage, step.share)
			if got < before || got > 99 {
				t.Errorf("%s at %v: %d after %d", f, step, got, before)
			}
			before = got
		}
	}
	if got := FormatGIF.Progress(StageJoin, 0); got != 74 {
		t.Errorf("joining a GIF begins at %d", got)
	}
}

func TestJobStates(t *testing.T) {
	for state, want := range map[JobState][3]bool{
		JobCreated: {true, true, false}, JobProcessing: {false, true, false}, JobCompleted: {false, false, true},
		JobFailed: {true, false, true}, JobCancelled: {false, false, true},
	} {
		if got := [3]bool{state.Startable(), state.Cancellable(), state.Done()}; got != want {
			t.Errorf("%s: startable, cancellable, done %v, want %v", state, got, want)
		}
	}
	j := Job{Account: 7, UID: NewJobUID()}
	if len(j.UID) != 20 || !strings.HasPrefix(j.UID, "job_") || j.UID == NewJobUID() || j.OutputPath() != "" {
		t.Errorf("uid %s, path %q", j.UID, j.OutputPath())
	}
}
