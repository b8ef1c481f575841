package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

// roleRemote is the process of the fakes.
const roleRemote = "remote"

// remoteInfo is what the remote tells of itself.
type remoteInfo struct {
	API      string   `json:"api"`
	Guild    string   `json:"guild"`
	Token    string   `json:"token"`
	Site     string   `json:"site"`
	Channels []string `json:"channels"` // made for the baseline, which cannot open any
}

// remote is the fakes behind a ledger.
type remote struct {
	guild  *discord.Server
	site   *wordpress.Server
	ledger *ledger
	info   remoteInfo
}

func runRemote(ctx context.Context, args []string) error {
	f := flag.NewFlagSet(roleRemote, flag.ContinueOnError)
	listen := f.String("listen", "", "address")
	channels := f.Int("channels", 0, "channels that are there from the start")
	if err := f.Parse(args); err != nil {
		return err
	}
	r := &remote{ledger: newLedger(), site: wordpress.New(wordpress.Options{}), guild: discord.New(discord.Options{RequestRing: -1})}
	defer func() { _ = r.guild.Close() }()
	defer r.site.Close()
	if err := r.site.Start("127.0.0.1:0"); err != nil {
		return err
	}
	r.info = remoteInfo{API: "http://" + *listen + "/api/v10", Guild: r.guild.GuildID(), Token: r.guild.Token(), Site: r.site.URL()}
	for i := range *channels {
		ch := r.guild.AddChannel(discord.Channel{Type: discord.TypeText, Name: fmt.Sprint("bare-", i)})
		r.info.Channels = append(r.info.Channels, ch.ID)
	}
	return serve(ctx, *listen, r.handler())
}

func (r *remote) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, r.info) })
	mux.HandleFunc("GET /bench/report", func(w http.ResponseWriter, _ *http.Request) { answer(w, r.ledger.report()) })
	mux.HandleFunc("GET /bench/count", func(w http.ResponseWriter, _ *http.Request) { answer(w, r.ledger.count()) })
	mux.HandleFunc("POST /bench/reset", func(w http.ResponseWriter, _ *http.Request) { r.ledger.reset(); answer(w, true) })
	mux.HandleFunc("POST /bench/limits", func(w http.ResponseWriter, _ *http.Request) {
		r.guild.SetRateLimits(discord.RealisticLimits())
		answer(w, true)
	})
	mux.Handle("/", r.watched(r.guild.Handler()))
	return mux
}

// watched notes each message before the fake looks at it.
func (r *remote) watched(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodPost && strings.HasSuffix(q.URL.Path, "/messages") {
			at := time.Now()
			body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, 1<<20))
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			q.Body = io.NopCloser(bytes.NewReader(body))
			watch := &statusWatch{ResponseWriter: w}
			next.ServeHTTP(watch, q)
			// Only what was taken counts as arrived: a 429 is no arrival.
			if s, ok := findStamp(body); ok && watch.status/100 == 2 {
				r.ledger.note(s, at)
			}
			return
		}
		next.ServeHTTP(w, q)
	})
}

type statusWatch struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWatch) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is what http.ResponseController looks for.
func (w *statusWatch) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) //nolint:errchkjson // whoever asked may be gone
}

// serve answers on an address until ctx ends.
func serve(ctx context.Context, listen string, h http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); ctx.Err() == nil {
		return err
	}
	return nil
}
