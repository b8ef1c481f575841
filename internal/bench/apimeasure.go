package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"time"
)

// The figures of the open API. Those of lists and searches have names made of what is asked, by whom, and on how many messages.
const (
	figCreate1     figure = "create1"
	figCreate8     figure = "create8"
	figCreate64    figure = "create64"
	figCreateCost  figure = "create cost"
	figCreateLarge figure = "create64 large"
	figIndexed     figure = "indexed" // messages a second, when all of them are new to the index
	figSocket      figure = "socket"  // kB for each
	figFanFirst    figure = "fan first"
	figFanMedian   figure = "fan median"
	figFanLast     figure = "fan last"
	figIdle        figure = "idle" // percent of one core
	figIdleSockets figure = "idle sockets"
)

const (
	listRate   = 50  // lists a second
	writeRate  = 100 // messages a second beside them
	searchRate = 4   // searches a second
	pageWanted = 50
)

func figList(what, who string, writes, large bool) figure {
	return figure(fmt.Sprint("list ", what, who, writes, large))
}

func figSearch(t term, who, quantile string) figure {
	return figure(fmt.Sprint("search ", t.word, who, quantile))
}

// What is listed.
const (
	listTalks    = "conversations"
	listMessages = "messages"
)

// creation measures how many messages are taken, with so many connections after each other.
func (h *house) creation(ctx context.Context, f figures, clients ...int) error {
	s := script{Tokens: h.keys}
	for _, id := range h.talks {
		s.Questions = append(s.Questions, question{Method: http.MethodPost, Target: "/api/v1/messages",
			Body: fmt.Sprintf(`{"conversation_id":%q,"content":"第 {n} 則：%s"}`, id, words)})
	}
	for _, n := range clients {
		before, err := h.written(ctx)
		if err != nil {
			return err
		}
		spent := h.near.processor()
		a, err := h.asks(ctx, s, n, 0, h.point)
		if err != nil {
			return err
		}
		spent = h.near.processor() - spent
		after, err := h.written(ctx)
		if err != nil {
			return err
		}
		if h.name != nameBare && after-before != a.Count {
			return fmt.Errorf("%d messages were accepted, and there are %d more", a.Count, after-before)
		}
		f[figure("create"+strconv.Itoa(n))] = float64(a.Count) / a.Took.Seconds()
		f[figCreateCost] = float64(spent.Microseconds()) / float64(a.Count)
		h.say("%d clients: %.0f messages/s created, p50 %.2f ms, p99 %.2f ms, %.0f µs of processor time each", n, float64(a.Count)/a.Took.Seconds(), ms(a.P50), ms(a.P99), f[figCreateCost])
	}
	return nil
}

// written is how many messages the conversations have that are written to.
func (h *house) written(ctx context.Context) (n int, err error) {
	if h.name == nameBare {
		return 0, nil
	}
	for i, id := range h.talks {
		var c struct {
			LastSeq int `json:"last_seq"`
		}
		if err := h.read(ctx, "/api/v1/conversations/"+id, h.keys[i%len(h.keys)], &c); err != nil {
			return 0, err
		}
		n += c.LastSeq
	}
	return n, nil
}

// lists measures the lists that people wait for, by who sees everything and who sees little.
func (h *house) lists(ctx context.Context, f figures, large bool) error {
	for _, writes := range []bool{false, true} {
		for _, who := range []string{kindAdmin, kindFew} {
			for what, s := range map[string]script{listTalks: h.talkLists(who), listMessages: h.messageLists(who)} {
				a, err := h.beside(ctx, writes, s)
				if err != nil {
					return err
				}
				f[figList(what, who, writes, large)] = ms(a.P99)
				h.say("%d %s, %s%s: p50 %.2f ms, p99 %.2f ms, %d bytes", pageWanted, what, seesWords(who), map[bool]string{true: ", with writes"}[writes], ms(a.P50), ms(a.P99), a.Bytes/int64(a.Count))
			}
		}
	}
	return nil
}

func (h *house) talkLists(who string) script {
	return script{Tokens: h.staff[who], Questions: []question{{Method: http.MethodGet, Target: "/api/v1/conversations?limit=" + strconv.Itoa(pageWanted)}}}
}

// messageLists asks for the long conversations, each by whose it is.
func (h *house) messageLists(who string) script {
	s := script{Tokens: h.staff[who]}
	for j := 1; j <= apiLong; j++ {
		id, whose := h.seed.long(j)
		q := question{Method: http.MethodGet, Target: "/api/v1/conversations/" + id + "/messages?limit=" + strconv.Itoa(pageWanted)}
		if who == kindFew {
			q.Token = h.staff[who][whose-1]
		}
		s.Questions = append(s.Questions, q)
	}
	return s
}

// beside asks at the rate of lists, with or without messages that are written at the same time.
func (h *house) beside(ctx context.Context, writes bool, s script) (answers, error) {
	if !writes {
		return h.asks(ctx, s, 16, listRate, 2*h.point)
	}
	w := script{Tokens: h.keys}
	for _, id := range h.talks {
		w.Questions = append(w.Questions, question{Method: http.MethodPost, Target: "/api/v1/messages", Body: fmt.Sprintf(`{"conversation_id":%q,"content":"{n} %s"}`, id, words)})
	}
	ended := make(chan error, 1)
	go func() {
		_, err := h.asks(ctx, w, 16, writeRate, 2*h.point)
		ended <- err
	}()
	a, err := h.asks(ctx, s, 16, listRate, 2*h.point)
	return a, errors.Join(err, <-ended)
}

// seesWords says who asks.
func seesWords(who string) string {
	return map[string]string{kindAdmin: "admin", kindFew: fmt.Sprintf("agent who sees %d", apiFewSee), kindTeam: fmt.Sprintf("agent who sees 1 of %d", apiTeams)}[who]
}

// indexLimit bounds the wait for the index.
const indexLimit = time.Minute

// indexed holds the index against the seed: the rarest term is found in every message that has it.
func (h *house) indexed(ctx context.Context, f figures, large bool) error {
	want := (h.seed.messages-7)/rareEach + 2 // the long conversations have one more
	began := time.Now()
	for got := 0; got < want; {
		var err error
		if got, err = h.found(ctx, terms()[0]); err != nil {
			return err
		}
		if time.Since(began) > indexLimit {
			return fmt.Errorf("%d of %d messages with %s are found after %s", got, want, terms()[0].word, indexLimit)
		}
		if err := wait(ctx, 250*time.Millisecond); err != nil {
			return err
		}
	}
	if large {
		f[figIndexed] = float64(h.seed.messages) / h.indexing.Seconds()
	}
	return nil
}

// found counts the messages that a search finds, over all its pages.
func (h *house) found(ctx context.Context, t term) (n int, err error) {
	for cursor, key := "", 0; ; key++ {
		var page struct {
			Items  []struct{} `json:"items"`
			Cursor string     `json:"next_cursor"`
		}
		target := searchFor(t.word).Target + "&limit=200"
		if cursor != "" {
			target += "&cursor=" + url.QueryEscape(cursor)
		}
		if err := h.read(ctx, target, h.keys[key%len(h.keys)], &page); err != nil {
			return 0, err
		}
		n += len(page.Items)
		if cursor = page.Cursor; cursor == "" {
			return n, nil
		}
	}
}

// searched are the words that somebody looks for.
func searched(who string) []term {
	if who == kindAdmin {
		return terms()
	}
	return append(terms(), otherTeams())
}

func (h *house) searches(ctx context.Context, f figures) error {
	for _, who := range []string{kindAdmin, kindTeam, kindFew} {
		for _, t := range searched(who) {
			s := script{Tokens: h.staff[who], Questions: []question{searchFor(t.word)}}
			if _, err := h.asks(ctx, s, 1, 2, time.Second); err != nil { // what comes first reads the index from the disk
				return err
			}
			a, err := h.asks(ctx, s, 8, searchRate, 2*h.point)
			if err != nil {
				return err
			}
			f[figSearch(t, who, "p50")], f[figSearch(t, who, "p95")] = ms(a.P50), ms(a.P95)
			h.say("search %s, %s: p50 %.1f ms, p95 %.1f ms", t.word, seesWords(who), ms(a.P50), ms(a.P95))
		}
	}
	return nil
}

// listeners measures WebSockets: what they weigh, how fast they hear, and what they cost while nothing happens.
func (h *house) listeners(ctx context.Context, f figures) error {
	var err error
	if f[figIdle], err = h.busy(ctx); err != nil {
		return err
	}
	before := h.near.resident()
	host, err := freeHost(ctx)
	if err != nil {
		return err
	}
	file, err := h.write("sockets.json", script{Tokens: h.keys, Questions: []question{{Method: http.MethodPost, Target: "/api/v1/messages",
		Body: fmt.Sprintf(`{"conversation_id":%q,"content":"bench {n}."}`, h.talks[0])}}})
	if err != nil {
		return err
	}
	far, took, err := startChild(ctx, filepath.Join(h.dir, "sockets.log"), host, nil, h.self, roleSockets, "-listen", host, "-host", h.near.host,
		"-sockets", strconv.Itoa(h.plan.sockets), "-script", file)
	if err != nil {
		return err
	}
	defer far.stop()
	h.say("%d sockets opened in %.1f s", h.plan.sockets, took.Seconds())
	if f[figIdleSockets], err = h.busy(ctx); err != nil {
		return err
	}
	f[figSocket] = float64(h.near.resident()-before) / 1000 / float64(h.plan.sockets)
	h.say("%.1f kB a socket; idle: %.2f %% of a core without, %.2f %% with them", f[figSocket], f[figIdle], f[figIdleSockets])
	const times = 5
	var rounds []figures
	for range times {
		var got fanned
		if err := ask(ctx, "http://"+host+"/bench/fan", &got); err != nil {
			return err
		}
		if got.Heard != h.plan.sockets {
			return fmt.Errorf("%d of %d sockets heard it: %+v", got.Heard, h.plan.sockets, got)
		}
		rounds = append(rounds, figures{figFanFirst: ms(got.First), figFanMedian: ms(got.Median), figFanLast: ms(got.Last)})
	}
	maps.Copy(f, medians(rounds))
	h.say("one message to all of them: first %.1f ms, median %.1f ms, last %.1f ms", f[figFanFirst], f[figFanMedian], f[figFanLast])
	return nil
}

// busy is the share of one core that the server takes while nobody asks anything, in percent. It waits first for what was left to do.
func (h *house) busy(ctx context.Context) (float64, error) {
	length := max(2*h.point, 5*time.Second)
	if err := wait(ctx, h.point); err != nil {
		return 0, err
	}
	before := h.near.processor()
	if err := wait(ctx, length); err != nil {
		return 0, err
	}
	return 100 * (h.near.processor() - before).Seconds() / length.Seconds(), nil
}
