package knowledge

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"kefu"
	"kefu/internal/safehttp"
	"kefu/internal/secret"
	"kefu/internal/store"
)

// Why the writer's answer was not used.
const (
	WriterBudget        = "budget"         // the day's tokens are spent
	WriterResting       = "resting"        // it failed repeatedly, and is left alone for a while
	WriterTimeout       = "timeout"        // it took too long
	WriterUnreachable   = "unreachable"    // there was no answer
	WriterStatus        = "status"         // it answered with an error
	WriterBad           = "bad_answer"     // what it answered is not an answer
	WriterLong          = "too_long"       // it wrote more than it may
	WriterNoCitation    = "no_citation"    // it named no article
	WriterWrongCitation = "wrong_citation" // it named one that there is not
	WriterLink          = "foreign_link"   // it wrote an address that is in no article that it cites
	WriterMention       = "mention"        // it wrote what would call people
)

const (
	maxWritten  = 256 << 10 // bytes of a whole answer
	breakAfter  = 5         // failures in a row
	breakFor    = 30 * time.Second
	mostOffered = 10 // times what was reserved: a service that says it cost more is not believed
)

// WriterOptions are what a writer is built from.
type WriterOptions struct {
	Store *store.Store
	Log   *slog.Logger
	// URL is the address of the service up to its version, as in https://api.openai.com/v1.
	URL   string
	Model string
	Key   secret.Text // "" sends none
	// Timeout is for a whole answer; 0 is 8 s.
	Timeout time.Duration
	// TokensPerDay bounds the cost of a day (UTC); 0 is 200,000.
	TokensPerDay int64
	// MaxAnswer is how many characters an answer may have; 0 is 600.
	MaxAnswer int
	// Wrote is told what became of each question: "ok", or why the answer was not used. Nil tells nobody; it must not block.
	Wrote func(outcome string)
}

// Writer writes answers from articles by a language model behind any service that speaks OpenAI's chat completions. What it writes is used only
// when it cites the articles and has nothing in it that they do not have.
type Writer struct {
	WriterOptions

	client  *http.Client
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]

	mu    sync.Mutex
	spent time.Time // when it was last said that the budget is
}

// NewWriter makes a writer.
func NewWriter(o WriterOptions) *Writer {
	o.Timeout = cmp.Or(o.Timeout, 8*time.Second)
	o.TokensPerDay = cmp.Or(o.TokensPerDay, 200_000)
	o.MaxAnswer = cmp.Or(o.MaxAnswer, 600)
	if o.Wrote == nil {
		o.Wrote = func(string) {}
	}
	return &Writer{WriterOptions: o,
		client: safehttp.Operator(safehttp.Options{Timeout: o.Timeout, MaxBody: maxWritten, UserAgent: "Kefu"}),
		breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{Name: "writer", MaxRequests: 1, Timeout: breakFor,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakAfter }}),
	}
}

// write answers a question from articles. why says why there is nothing to say; err is one of the context or the store.
func (w *Writer) write(ctx context.Context, question string, locale kefu.Locale, hits []Hit) (c checked, why string, err error) {
	body, err := w.request(question, locale, hits)
	if err != nil {
		return c, "", err
	}
	c, why, err = w.ask(ctx, body, hits)
	if err == nil {
		w.Wrote(cmp.Or(why, "ok"))
	}
	if why != "" {
		w.Log.DebugContext(ctx, "the writer's answer is not used", "why", why)
	}
	return c, why, err
}

// ask sends a question, within the budget and unless the service is left alone.
func (w *Writer) ask(ctx context.Context, body []byte, hits []Hit) (c checked, why string, err error) {
	done, err := w.breaker.Allow()
	if err != nil {
		return c, WriterResting, nil //nolint:nilerr // the breaker says no, which is no fault
	}
	day, err := w.reserve(ctx, w.most(body))
	if err != nil || day == "" {
		done(nil)
		if err == nil {
			w.saySpent(ctx)
		}
		return c, WriterBudget, err
	}
	got, why := w.post(ctx, body)
	if ctx.Err() != nil {
		done(nil) // who asked went away: that says nothing of the service
		return c, "", ctx.Err()
	}
	var failure error
	if why != "" {
		failure = errors.New(why)
	}
	done(failure)
	if err := w.settle(ctx, day, w.most(body), got); err != nil {
		return c, "", err
	}
	if why != "" {
		return c, why, nil
	}
	c, why = check(got.text, hits, w.MaxAnswer)
	return c, why, nil
}

// request is the body for a question.
func (w *Writer) request(question string, locale kefu.Locale, hits []Hit) ([]byte, error) {
	messages, err := prompt(question, locale, hits, w.MaxAnswer)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Model     string        `json:"model"`
		Messages  []chatMessage `json:"messages"`
		MaxTokens int           `json:"max_tokens"`
	}{w.Model, messages, w.maxTokens()})
}

// maxTokens is how long an answer may be: a Chinese character has two tokens at most.
func (w *Writer) maxTokens() int { return 2*w.MaxAnswer + 64 }

// most is what a call may cost: two bytes make a token at least, in every language that we answer in.
func (w *Writer) most(body []byte) int64 { return int64(len(body)/2 + w.maxTokens()) }

func (w *Writer) reserve(ctx context.Context, tokens int64) (day string, err error) {
	err = w.Store.Update(ctx, func(tx *store.Tx) (err error) {
		day, err = tx.ReserveWriter(tokens, w.TokensPerDay)
		return err
	})
	return day, err
}

// settle counts what was used instead of what was reserved, if the service says it and can be believed.
func (w *Writer) settle(ctx context.Context, day string, reserved int64, got written) error {
	used := reserved
	switch {
	case !got.sent:
		used = 0
	case got.tokens > 0:
		used = min(got.tokens, mostOffered*reserved)
	}
	if used == reserved {
		return nil
	}
	return w.Store.Update(ctx, func(tx *store.Tx) error { return tx.AdjustWriter(day, used-reserved) })
}

// saySpent says once a day that the budget is spent.
func (w *Writer) saySpent(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if today := time.Now().UTC().Truncate(24 * time.Hour); !w.spent.Equal(today) {
		w.spent = today
		w.Log.WarnContext(ctx, "the writer's tokens of today are spent: the bot answers with excerpts until midnight UTC", "tokens_per_day", w.TokensPerDay)
	}
}

// written is what the service answered.
type written struct {
	text   string
	tokens int64 // 0 is not said
	sent   bool  // it may have cost something
}

// post sends a request and reads the answer; why is "" when there is a text.
func (w *Writer) post(ctx context.Context, body []byte) (got written, why string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(w.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return got, WriterUnreachable
	}
	req.Header.Set("Content-Type", "application/json")
	if w.Key != "" {
		req.Header.Set("Authorization", "Bearer "+w.Key.Reveal())
	}
	resp, sent, err := safehttp.Do(w.client, req)
	got.sent = sent
	if err != nil {
		return got, w.failed(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		w.Log.WarnContext(ctx, "the writer answers with an error", "status", resp.StatusCode)
		return got, WriterStatus
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return got, w.failed(ctx, err)
	}
	if err := got.read(raw); err != nil {
		w.Log.WarnContext(ctx, "the writer's answer cannot be read", "error", err)
		return got, WriterBad
	}
	return got, ""
}

// failed names an error of the way.
func (w *Writer) failed(ctx context.Context, err error) string {
	if ctx.Err() == nil {
		w.Log.WarnContext(ctx, "the writer does not answer", "error", err)
	}
	var slow net.Error
	switch {
	case errors.Is(err, safehttp.ErrTooLarge):
		return WriterBad
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return WriterTimeout
	}
	return WriterUnreachable
}

// read takes the one text out of an answer.
func (g *written) read(raw []byte) error {
	var a struct {
		Choices []struct {
			Message struct {
				Content *string `json:"content"`
			} `json:"message"`
			FinishReason string `json:"finish_reason"`
		} `json:"choices"`
		Usage struct {
			TotalTokens float64 `json:"total_tokens"`
		} `json:"usage"`
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return errors.New("it is not JSON of a chat completion")
	}
	if n := a.Usage.TotalTokens; n > 0 && n < 1e12 {
		g.tokens = int64(n)
	}
	switch {
	case len(a.Choices) != 1:
		return fmt.Errorf("it has %d choices, and one was asked for", len(a.Choices))
	case a.Choices[0].FinishReason != "stop" && a.Choices[0].FinishReason != "":
		// What was cut off in the middle may leave out the half that matters.
		return fmt.Errorf("it ended for the reason %q", kefu.Excerpt(a.Choices[0].FinishReason, 40))
	case a.Choices[0].Message.Content == nil:
		return errors.New("it has no text")
	}
	g.text = *a.Choices[0].Message.Content
	return nil
}
