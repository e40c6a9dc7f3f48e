package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"mattebox/engine/pool"
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("mattebox_"+name, help, labels, nil)
}

// poolFigures tells of the engine children.
type poolFigures struct {
	stats func() pool.Stats

	children, ready, busy, waiting, pictures, refused, crashes, seconds, restarts, resident *prometheus.Desc
}

func newPoolFigures(stats func() pool.Stats) *poolFigures {
	return &poolFigures{
		stats:    stats,
		children: desc("engines", "Engine processes that are kept when all is well."),
		ready:    desc("engines_ready", "Engine processes that live and have loaded their networks."),
		busy:     desc("engines_busy", "Engine processes that have a picture in hand."),
		waiting:  desc("engine_requests_waiting", "Pictures that wait for an engine."),
		pictures: desc("engine_pictures_total", "Pictures that the engines made or measured."),
		refused:  desc("engine_refused_total", "Pictures that the engines refused."),
		crashes:  desc("engine_crashes_total", "Pictures whose engine crashed, hung or grew too large."),
		seconds:  desc("engine_busy_seconds_total", "Time that engines had pictures in hand."),
		restarts: desc("engine_restarts_total", "Engine processes that were replaced, by cause.", "cause"),
		resident: desc("engine_resident_bytes", "Memory of all engine processes."),
	}
}

// Describe lists the figures.
func (f *poolFigures) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		f.children, f.ready, f.busy, f.waiting, f.pictures, f.refused, f.crashes, f.seconds, f.restarts, f.resident,
	} {
		out <- d
	}
}

// Collect reads them.
func (f *poolFigures) Collect(out chan<- prometheus.Metric) {
	s := f.stats()
	gauge := func(d *prometheus.Desc, v float64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
	}
	count := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge(f.children, float64(s.Children))
	gauge(f.ready, float64(s.Ready))
	gauge(f.busy, float64(s.Busy))
	gauge(f.waiting, float64(s.Waiting))
	count(f.pictures, float64(s.Pictures))
	count(f.refused, float64(s.Refused))
	count(f.crashes, float64(s.Crashes))
	count(f.seconds, s.Seconds)
	for cause, n := range s.Restarts {
		count(f.restarts, float64(n), string(cause))
	}
	var resident int64
	for _, p := range s.Processes {
		resident += p.Resident
	}
	gauge(f.resident, float64(resident))
}
