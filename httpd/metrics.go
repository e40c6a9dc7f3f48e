package httpd

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics is what Prometheus may ask of one process: HTTP requests, the Go
// runtime, the process, and whatever others register.
type Metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	inFlight prometheus.Gauge
}

// NewMetrics returns Metrics without any figures of other rooms.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mattebox_http_request_seconds",
			Help: "Time from a request's header to the end of its answer, by operation and HTTP status.",
			// The promise for POST Image is a p99 in milliseconds; downloads take seconds.
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"operation", "status"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "mattebox_http_requests_in_flight", Help: "Requests in hand.",
		}),
	}
	m.registry.MustRegister(m.duration, m.inFlight,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Registry is where other rooms register their figures.
func (m *Metrics) Registry() prometheus.Registerer { return m.registry }

// Handler answers /metrics.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+metricsPath, promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		// One room's fault must not hide the figures of the others.
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second,
	}))
	return mux
}

func (m *Metrics) seen(operation string, status int, took time.Duration) {
	m.duration.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}
