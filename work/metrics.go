package work

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"mattebox"
	"mattebox/engine/pool"
)

// Metrics count what the workers do. A nil *Metrics counts nothing.
type Metrics struct {
	images     *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	answered   *prometheus.HistogramVec
	waited     *prometheus.HistogramVec
	receivers  *prometheus.GaugeVec
	seconds    *prometheus.HistogramVec
	waiting    *prometheus.GaugeVec
	swept      *prometheus.CounterVec
	steps      *prometheus.CounterVec
}

// NewMetrics registers the collectors.
func NewMetrics(r prometheus.Registerer) (*Metrics, error) {
	m := &Metrics{
		images: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mattebox_images_total", Help: "Images by what a worker's claim came to.",
		}, []string{"outcome"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mattebox_delivery_attempts_total", Help: "Attempts to deliver by their class and the webhook's dialect.",
		}, []string{"class", "dialect"}),
		answered: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mattebox_delivery_attempt_seconds", Help: "Time that an attempt to deliver took.",
			Buckets: prometheus.ExponentialBuckets(.002, 2, 14), // 2 ms to 16 s
		}, []string{"dialect"}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mattebox_delivery_wait_seconds", Help: "Time from an event to the first attempt to tell of it.",
			Buckets: prometheus.ExponentialBuckets(.002, 2, 20), // 2 ms to 17 min
		}, []string{"dialect"}),
		receivers: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mattebox_receivers", Help: "Receivers of webhooks to which nothing is sent for the time being, by why.",
		}, []string{"state"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mattebox_step_seconds", Help: "Time that a step of the work took.",
			Buckets: prometheus.ExponentialBuckets(.005, 2, 16), // 5 ms to 164 s
		}, []string{"step"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "mattebox_waiting", Help: "Rows that wait for a worker, by the kind of job.",
		}, []string{"kind"}),
		swept: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mattebox_swept_total", Help: "Rows that the sweeper put right, by what they were.",
		}, []string{"what"}),
	}
	m.steps = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mattebox_video_steps_total", Help: "Steps of video jobs by their kind and what a worker's claim came to.",
	}, []string{"kind", "outcome"})
	for _, c := range []prometheus.Collector{m.steps, m.images, m.deliveries, m.answered, m.waited, m.receivers, m.seconds, m.waiting, m.swept} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *Metrics) step(kind mattebox.Kind, outcome string) {
	if m != nil {
		m.steps.WithLabelValues(string(kind), outcome).Inc()
	}
}

func (m *Metrics) image(outcome string) {
	if m != nil {
		m.images.WithLabelValues(outcome).Inc()
	}
}

// attempt counts an attempt to deliver; of the first one, how long it was in coming.
func (m *Metrics) attempt(s mattebox.Sending, a mattebox.Attempt) {
	if m == nil {
		return
	}
	d := s.Delivery
	m.deliveries.WithLabelValues(a.Class, d.Dialect).Inc()
	m.answered.WithLabelValues(d.Dialect).Observe(a.Ended.Sub(a.Started).Seconds())
	if d.Attempts == 1 && d.Interruptions == 0 && !s.Resend {
		m.waited.WithLabelValues(d.Dialect).Observe(max(a.Started.Sub(d.Created), 0).Seconds())
	}
}

// rests notes how many receivers rest, by state.
func (m *Metrics) rests(n map[mattebox.ReceiverState]int) {
	if m == nil {
		return
	}
	for _, state := range []mattebox.ReceiverState{mattebox.ReceiverBroken, mattebox.ReceiverPaused, mattebox.ReceiverGone} {
		m.receivers.WithLabelValues(string(state)).Set(float64(n[state]))
	}
}

// time is to be deferred with the step's beginning.
func (m *Metrics) time(step string, began time.Time) { m.took(step, time.Since(began)) }

func (m *Metrics) took(step string, d time.Duration) {
	if m != nil {
		m.seconds.WithLabelValues(step).Observe(d.Seconds())
	}
}

// engine notes the times that a child measured.
func (m *Metrics) engine(s pool.Steps) {
	for step, d := range map[string]time.Duration{
		"engine decode": s.Decode, "engine net": s.Net, "engine refine": s.Refine,
		"engine foreground": s.Foreground, "engine compose": s.Compose, "engine encode": s.Encode,
	} {
		if d > 0 {
			m.took(step, d)
		}
	}
}

func (m *Metrics) backlog(b mattebox.Backlog) {
	if m == nil {
		return
	}
	for kind, n := range map[mattebox.Kind]int{mattebox.KindFetch: b.Fetch, mattebox.KindProduce: b.Produce, mattebox.KindDeliver: b.Deliver, "video": b.Video} {
		m.waiting.WithLabelValues(string(kind)).Set(float64(n))
	}
}

func (m *Metrics) sweep(r mattebox.SweepReport) {
	if m == nil {
		return
	}
	m.swept.WithLabelValues("image").Add(float64(r.Images))
	m.swept.WithLabelValues("video step").Add(float64(r.Steps))
	m.swept.WithLabelValues("delivery").Add(float64(r.Deliveries))
	m.swept.WithLabelValues("lost job").Add(float64(r.Woken))
}
