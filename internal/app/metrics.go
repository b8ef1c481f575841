package app

import (
	"context"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"kefu"
	"kefu/internal/store"
)

// metrics are what /metrics shows. Labels are inboxes, kinds and outcomes: none of them is made by users.
type metrics struct {
	registry  *prometheus.Registry
	hooks     *prometheus.CounterVec
	attempts  *prometheus.HistogramVec
	recovered prometheus.Counter
	webhooks  webhookMetrics
	bot       botMetrics
}

func newMetrics(version string) *metrics {
	m := &metrics{registry: prometheus.NewRegistry(),
		hooks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kefu_hooks_total", Help: "Hooks received, by inbox and HTTP status."}, []string{"inbox", "status"}),
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kefu_delivery_attempt_seconds", Help: "Attempts to deliver, by inbox, kind and outcome.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 45}}, []string{"inbox", "kind", "outcome"}),
		recovered: prometheus.NewCounter(prometheus.CounterOpts{Name: "kefu_messages_recovered_total", Help: "Messages that were missed and found by comparing with the site or reading a channel back."}),
	}
	m.webhooks, m.bot = newWebhookMetrics(m.registry), newBotMetrics(m.registry)
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "kefu_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(m.hooks, m.attempts, m.recovered, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) hook(inbox kefu.InboxID, status int) {
	m.hooks.WithLabelValues(string(inbox), strconv.Itoa(status)).Inc()
}

func (m *metrics) attempt(inbox kefu.InboxID, kind kefu.DeliveryKind, outcome kefu.Outcome, took time.Duration) {
	m.attempts.WithLabelValues(string(inbox), string(kind), string(outcome)).Observe(took.Seconds())
}

func (m *metrics) recoveredMessages(n int) { m.recovered.Add(float64(n)) }

// watch adds the figures that are read from the database when somebody asks.
func (m *metrics) watch(s *store.Store) {
	m.registry.MustRegister(&queueCollector{store: s}, &webhookCollector{store: s})
}

// queueCollector tells how much waits, and for how long.
type queueCollector struct{ store *store.Store }

const queueTime = 2 * time.Second

func (q *queueCollector) descs() (size, age, lag *prometheus.Desc) {
	return prometheus.NewDesc("kefu_deliveries_waiting", "Deliveries that are not final, by inbox and state.", []string{"inbox", "state"}, nil),
		prometheus.NewDesc("kefu_deliveries_oldest_seconds", "Age of the oldest delivery that is not final, by inbox and state.", []string{"inbox", "state"}, nil),
		prometheus.NewDesc("kefu_search_events_behind", "Events that the search index has not taken in yet.", nil, nil)
}

// Describe names the figures.
func (q *queueCollector) Describe(ch chan<- *prometheus.Desc) {
	size, age, lag := q.descs()
	ch <- size
	ch <- age
	ch <- lag
}

// Collect reads the figures; a database that does not answer within two seconds shows none.
func (q *queueCollector) Collect(ch chan<- prometheus.Metric) {
	size, age, lag := q.descs()
	ctx, cancel := context.WithTimeout(context.Background(), queueTime)
	defer cancel()
	var sizes []store.QueueSize
	var behind int64
	now := time.Now()
	err := q.store.View(ctx, func(tx *store.Tx) (err error) {
		now = tx.Now
		if sizes, err = tx.QueueSizes(); err != nil {
			return err
		}
		behind, _, err = tx.SearchLag()
		return err
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(size, err)
		return
	}
	ch <- prometheus.MustNewConstMetric(lag, prometheus.GaugeValue, float64(behind))
	for _, s := range sizes {
		labels := []string{string(s.InboxID), string(s.State)}
		ch <- prometheus.MustNewConstMetric(size, prometheus.GaugeValue, float64(s.Count), labels...)
		ch <- prometheus.MustNewConstMetric(age, prometheus.GaugeValue, max(now.Sub(s.Oldest).Seconds(), 0), labels...)
	}
}
