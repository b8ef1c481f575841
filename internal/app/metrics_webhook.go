package app

import (
	"cmp"
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kefu"
	"kefu/internal/store"
)

// webhookMetrics are counted where webhooks are sent.
type webhookMetrics struct {
	attempts *prometheus.HistogramVec
	lateness prometheus.Histogram
	final    *prometheus.CounterVec
}

func newWebhookMetrics(r prometheus.Registerer) webhookMetrics {
	m := webhookMetrics{
		attempts: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kefu_webhook_attempt_seconds",
			Help:    "Attempts to deliver webhooks, by outcome: ok, or the class of the failure.",
			Buckets: []float64{.01, .05, .2, 1, 5, 30}}, []string{"outcome"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "kefu_webhook_lateness_seconds",
			Help: "How long after it was due an attempt to deliver a webhook began.", Buckets: []float64{.005, .02, .1, .5, 2, 10, 60, 300}}),
		final: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kefu_webhook_deliveries_total", Help: "Webhook deliveries that ended, by how."},
			[]string{"state"}),
	}
	r.MustRegister(m.attempts, m.lateness, m.final)
	return m
}

// webhookAttempt counts an attempt: class is that of its failure, "" when it arrived, late how long after it was due it began.
func (m *metrics) webhookAttempt(class string, took, late time.Duration) {
	m.webhooks.attempts.WithLabelValues(cmp.Or(class, "ok")).Observe(took.Seconds())
	m.webhooks.lateness.Observe(max(late.Seconds(), 0))
}

// webhookFinal counts a delivery that ended.
func (m *metrics) webhookFinal(state kefu.DeliveryState) {
	m.webhooks.final.WithLabelValues(string(state)).Inc()
}

// webhookCollector tells what the database knows of endpoints and alerts. Labels are ids of endpoints, never their names or addresses.
type webhookCollector struct{ store *store.Store }

// webhookFigures are read at one time.
type webhookFigures struct {
	now               time.Time
	queues            []store.WebhookQueue
	ill               []store.IllEndpoint
	enabled, disabled int64
	alerts            []kefu.Alert
}

type webhookDescs struct{ waiting, oldest, failing, endpoints, alerts *prometheus.Desc }

func (*webhookCollector) descs() webhookDescs {
	endpoint := []string{"endpoint"}
	return webhookDescs{
		waiting: prometheus.NewDesc("kefu_webhook_waiting", "Webhook deliveries that are not final, by endpoint; those of which some are.", endpoint, nil),
		oldest: prometheus.NewDesc("kefu_webhook_oldest_seconds",
			"How long the first of them has been due, by endpoint; 0 while all of them are retries of later.", endpoint, nil),
		failing:   prometheus.NewDesc("kefu_webhook_endpoint_failing_seconds", "How long nothing has arrived but failures, by endpoint; those that fail.", endpoint, nil),
		endpoints: prometheus.NewDesc("kefu_webhook_endpoints", "Webhook endpoints, by state: enabled or disabled.", []string{"state"}, nil),
		alerts:    prometheus.NewDesc("kefu_alerts_open", "Alerts that are open, by kind and severity.", []string{"kind", "severity"}, nil),
	}
}

// Describe names the figures.
func (c *webhookCollector) Describe(ch chan<- *prometheus.Desc) {
	d := c.descs()
	for _, one := range []*prometheus.Desc{d.waiting, d.oldest, d.failing, d.endpoints, d.alerts} {
		ch <- one
	}
}

func (c *webhookCollector) read(ctx context.Context) (f webhookFigures, err error) {
	err = c.store.View(ctx, func(tx *store.Tx) (err error) {
		f.now = tx.Now
		if f.queues, err = tx.WebhookQueues(); err != nil {
			return err
		}
		if f.ill, err = tx.IllEndpoints(); err != nil {
			return err
		}
		if f.enabled, f.disabled, err = tx.CountEndpoints(); err != nil {
			return err
		}
		f.alerts, err = tx.OpenAlerts()
		return err
	})
	return f, err
}

// Collect reads the figures; a database that does not answer within two seconds shows none.
func (c *webhookCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), queueTime)
	defer cancel()
	d := c.descs()
	f, err := c.read(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(d.waiting, err)
		return
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	gauge(d.endpoints, float64(f.enabled), "enabled")
	gauge(d.endpoints, float64(f.disabled), "disabled")
	for _, q := range f.queues {
		gauge(d.waiting, float64(q.Waiting), string(q.EndpointID))
		gauge(d.oldest, q.Late(f.now).Seconds(), string(q.EndpointID))
	}
	for _, e := range f.ill {
		if e.Enabled {
			gauge(d.failing, max(f.now.Sub(e.FailingSince).Seconds(), 0), string(e.ID))
		}
	}
	type sort struct {
		kind     kefu.AlertKind
		severity kefu.Severity
	}
	open := map[sort]int{}
	for _, a := range f.alerts {
		open[sort{a.Kind, a.Severity}]++
	}
	for s, n := range open {
		gauge(d.alerts, float64(n), string(s.kind), string(s.severity))
	}
}
