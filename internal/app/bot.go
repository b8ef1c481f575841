package app

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"kefu"
	"kefu/internal/bot"
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

// answerer makes what has the bot answer.
func (a *App) answerer() *bot.Answerer {
	return &bot.Answerer{Switchboard: a.board, Knowledge: a.knowing, Store: a.store, Bus: a.signals, Log: a.Log, Node: a.node, Answered: a.metrics.answered}
}

// botMetrics are counted where the bot answers.
type botMetrics struct {
	writer  *prometheus.CounterVec
	answers *prometheus.HistogramVec
}

func newBotMetrics(r prometheus.Registerer) botMetrics {
	m := botMetrics{
		writer: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kefu_writer_answers_total",
			Help: "Questions that the writer was to answer, by outcome: ok, or why what it wrote was not said."}, []string{"outcome"}),
		answers: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kefu_bot_answer_seconds",
			Help: "Answers of the bot, by source: excerpts, writer, none (a miss), or person (one was asked for).", Buckets: []float64{.01, .05, .2, 1, 5, 30}}, []string{"source"}),
	}
	r.MustRegister(m.writer, m.answers)
	return m
}

// answered counts an answer that was given.
func (m *metrics) answered(said kefu.BotAnswer, took time.Duration) {
	source := said.Source
	if said.Person {
		source = "person"
	}
	m.bot.answers.WithLabelValues(source).Observe(took.Seconds())
}

// wrote counts what became of a question to the writer.
func (m *metrics) wrote(outcome string) { m.bot.writer.WithLabelValues(outcome).Inc() }
