package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"kefu/internal/knowledge"
)

// writer makes what writes the bot's answers; nil when none is configured.
func (a *App) writer() *knowledge.Writer {
	b := a.cfg.Bot
	if b.WriterURL == "" {
		return nil
	}
	return knowledge.NewWriter(knowledge.WriterOptions{Store: a.store, Log: a.Log, URL: b.WriterURL, Model: b.WriterModel, Key: b.WriterKey,
		Timeout: b.WriterTimeout, TokensPerDay: int64(b.WriterTokensPerDay), MaxAnswer: b.WriterMaxAnswer, Wrote: a.metrics.wrote})
}

// botMetrics are counted where the bot answers.
type botMetrics struct{ writer *prometheus.CounterVec }

func newBotMetrics(r prometheus.Registerer) botMetrics {
	m := botMetrics{writer: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kefu_writer_answers_total",
		Help: "Questions that the writer was to answer, by outcome: ok, or why what it wrote was not said."}, []string{"outcome"})}
	r.MustRegister(m.writer)
	return m
}

func (m *metrics) wrote(outcome string) { m.bot.writer.WithLabelValues(outcome).Inc() }
