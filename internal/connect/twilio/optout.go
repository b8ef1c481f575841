package twilio

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"kefu"
	"kefu/internal/connector"
	api "kefu/internal/twilio"
)

// consentKey is followed by a pair: whether it has said STOP.
const consentKey = "stop:"

// Notes for staff, who read any of the three.
const (
	stopWords = "🚫 顧客回覆了「%[1]s」，已退訂訊息。在對方傳送 START 之前，這裡寫的訊息都不會送出。\n" +
		"🚫 客户回复了“%[1]s”，已退订消息。在对方发送 START 之前，这里写的消息都不会发出。\n" +
		"🚫 The customer has answered “%[1]s” and takes no more messages. Nothing that is written here is sent until they send START."
	startWords = "✅ 顧客傳送了「%[1]s」，可以再收到訊息了。沒有送出的訊息請重送。\n" +
		"✅ 客户发送了“%[1]s”，可以再次收到消息。未发出的消息请重发。\n" +
		"✅ The customer has sent “%[1]s” and takes messages again. Please send anew what was not sent."
	helpWords = "ℹ️ 顧客傳送了「%[1]s」，由 Twilio 自動回覆。\n" +
		"ℹ️ 客户发送了“%[1]s”，由 Twilio 自动回复。\n" +
		"ℹ️ The customer has sent “%[1]s”; Twilio answers that by itself."
	lostWords = "⚠️ 有一則訊息沒有送達顧客的手機（Twilio 錯誤碼 %[1]d）。\n" +
		"⚠️ 有一条消息没有送达客户的手机（Twilio 错误码 %[1]d）。\n" +
		"⚠️ A message did not reach the customer's phone (Twilio's code %[1]d).\nhttps://www.twilio.com/docs/api/errors/%[1]d"
	refusedWords = "顧客已退訂（STOP），要等對方傳送 START 才能再送 · 客户已退订（STOP），要等对方发送 START 才能再发 · " +
		"the customer has said STOP: nothing can be sent to them until they send START"
)

// consent is what a pair last said of text messages. The time keeps an old word that is read again from undoing a newer one.
type consent struct {
	Out bool      `json:"out"`
	At  time.Time `json:"at"`
}

func (c *Connector) consentOf(ctx context.Context, p pair) (consent, error) {
	raw, err := c.deps.State.Load(ctx, consentKey+p.thread())
	var is consent
	if err != nil || raw == "" {
		return is, c.failure(err)
	}
	return is, json.Unmarshal([]byte(raw), &is)
}

// setConsent keeps a word unless a newer one is known.
func (c *Connector) setConsent(ctx context.Context, p pair, is consent) error {
	was, err := c.consentOf(ctx, p)
	if err != nil || is.At.Before(was.At) {
		return err
	}
	raw, err := json.Marshal(is)
	if err != nil {
		return err
	}
	return c.failure(c.deps.State.Save(ctx, consentKey+p.thread(), string(raw)))
}

// mayReach refuses what Twilio would refuse, and what the customer has asked us to spare them.
func (c *Connector) mayReach(ctx context.Context, p pair) error {
	is, err := c.consentOf(ctx, p)
	if err == nil && is.Out {
		err = permanent(refusedWords)
	}
	return err
}

// refusedBySTOP notes what Twilio knew before us.
func (c *Connector) refusedBySTOP(ctx context.Context, p pair, cause error) error {
	if err := c.setConsent(ctx, p, consent{Out: true, At: c.deps.Now()}); err != nil {
		return err
	}
	return &connector.SendError{Class: connector.Permanent, Scope: connector.ScopeThread, Reason: refusedWords, Err: cause}
}

// wordOf is what a message says of text messages. On WhatsApp, where carriers have no say, words such as END and YES are words like others;
// in a web chat all are.
func wordOf(p pair, text string) api.Consent {
	word := api.ConsentWord(text)
	if p.kind == kindSMS || word == api.NoConsentWord {
		return word
	}
	plain := []string{"STOP", "STOPALL", "UNSUBSCRIBE", "START", "UNSTOP"}
	if p.kind != kindChat && slices.Contains(plain, strings.ToUpper(strings.TrimSpace(text))) {
		return word
	}
	return api.NoConsentWord
}

// consent acts on a customer's STOP and START, and tells staff; it is no question to anybody. done says that the message was one of those.
func (l *looking) consent(ctx context.Context, m api.Message) (done bool, err error) {
	word := wordOf(l.room.pair, m.Body)
	if word == api.NoConsentWord || !l.theirs(m) {
		return false, nil
	}
	was, err := l.c.consentOf(ctx, l.room.pair)
	if err != nil {
		return true, err
	}
	words := helpWords
	switch {
	case word == api.OptOut:
		words = stopWords
		err = l.c.setConsent(ctx, l.room.pair, consent{Out: true, At: m.Created})
	case word == api.OptIn && !was.Out:
		// The "yes" of somebody who has not said STOP is a word like others; it is kept in case that an older STOP is read later.
		return false, l.c.setConsent(ctx, l.room.pair, consent{At: m.Created})
	case word == api.OptIn:
		words = startWords
		err = l.c.setConsent(ctx, l.room.pair, consent{At: m.Created})
	}
	if err != nil || !l.linked || l.thread.Closed {
		return true, err // nobody talks with them: there is nobody to tell
	}
	return true, l.note(ctx, messageKey(m.SID), fmt.Sprintf(words, kefu.Excerpt(strings.TrimSpace(m.Body), 20)), l.cursor(m), m)
}

// note tells staff something about the talk.
func (l *looking) note(ctx context.Context, key, words, cursor string, about api.Message) error {
	return l.send(ctx, connector.Inbound{Kind: connector.InMessage, Key: key, ThreadID: l.room.pair.thread(), Note: true, OccurredAt: about.Created,
		Cursor: cursor, Sender: connector.Sender{Kind: kefu.AuthorSystem, Name: "Twilio"}, Content: kefu.Content{Type: kefu.ContentText, Text: words}})
}

// delivered looks at what became of a message of ours: one that no phone took is told to staff, once.
func (l *looking) delivered(ctx context.Context, m api.Message) error {
	if !m.Delivery.Refused() || !l.linked || l.thread.Closed {
		return nil
	}
	key := "d:" + m.SID
	if _, told := l.c.told.get(key); told {
		return nil
	}
	receipts, err := l.c.api.Receipts(ctx, l.n.SID, m.SID)
	if err != nil {
		return l.c.failure(err)
	}
	at := slices.IndexFunc(receipts, func(r api.Receipt) bool { return r.ErrorCode != 0 })
	if at < 0 {
		return nil
	}
	words := fmt.Sprintf(lostWords, receipts[at].ErrorCode)
	if receipts[at].ErrorCode == api.CodeUnsubscribed {
		words = fmt.Sprintf(stopWords, api.OptOut)
		if err := l.c.setConsent(ctx, l.room.pair, consent{Out: true, At: m.Created}); err != nil {
			return err
		}
	}
	if err := l.note(ctx, key, words, "", m); err != nil {
		return err
	}
	l.c.told.put(key, true)
	return nil
}
