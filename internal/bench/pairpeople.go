package main

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"os"
	"runtime/pprof"
	"strings"
	"time"
)

// rolePeople is the process of those on both sides of a pairing, with the fakes that they write in.
const rolePeople = "people"

// pairInfo is what Kefu is configured with.
type pairInfo struct {
	Inboxes []map[string]any `json:"inboxes"`
	Routes  []map[string]any `json:"routes"`
}

// pair is a pairing that is played.
type pair struct {
	crowd            *crowd
	customers, staff medium // the same when both use one
}

func runPeople(ctx context.Context, args []string) error {
	f := flag.NewFlagSet(rolePeople, flag.ContinueOnError)
	listen := f.String("listen", "", "address of the process's own doors")
	customer := f.String("customer", "", "where customers write")
	desk := f.String("desk", "", "where staff answer")
	kefu := f.String("kefu", "", "host and port of the server")
	keyFile := f.String("keys", "", "file with the keys of programs, one a line")
	talks := f.Int("talks", pairTalks, "conversations")
	flight := f.Int("flight", pairFlight, "messages on their way in each")
	profile := f.String("profile", "", "file for a CPU profile")
	if err := f.Parse(args); err != nil {
		return err
	}
	ended, err := profiledTo(*profile)
	if err != nil {
		return err
	}
	defer ended()
	keys, err := readLines(*keyFile)
	if err != nil {
		return err
	}
	p, err := newPair(ctx, *customer, *desk, newCrowd(*talks, *flight, *kefu, keys))
	if err != nil {
		return err
	}
	defer p.close()
	return serve(ctx, *listen, p.doors())
}

// profiledTo writes a profile of this process until the returned function is called; none is named "".
func profiledTo(file string) (ended func(), err error) {
	if file == "" {
		return func() {}, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// newPair readies the fakes of both sides.
func newPair(ctx context.Context, customer, desk string, c *crowd) (*pair, error) {
	p := &pair{crowd: c}
	var err error
	if p.customers, err = newMedium(customer, c); err != nil {
		return nil, err
	}
	p.staff = p.customers
	if desk != customer {
		if p.staff, err = newMedium(desk, c); err != nil {
			return nil, err
		}
		err = p.staff.start(ctx, false, true)
	}
	if err = errors.Join(err, p.customers.start(ctx, true, desk == customer)); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *pair) close() {
	p.customers.close()
	if p.staff != p.customers {
		p.staff.close()
	}
}

// info is the configuration of this pairing: one customer inbox, routed to the one desk, or to none when staff use the API.
func (p *pair) info() pairInfo {
	list, from, to := p.customers.inboxes()
	if p.staff != p.customers {
		more, _, desk := p.staff.inboxes()
		list, to = append(list, more...), desk
	}
	route := map[string]any{"from": from, "to": []string{}}
	if to != "" {
		route["to"] = []string{to}
	}
	return pairInfo{Inboxes: list, Routes: []map[string]any{route}}
}

// begin opens all talks, when both sides can be used.
func (p *pair) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
	if err := p.customers.ready(ctx); err != nil {
		return err
	}
	if p.staff != p.customers {
		if err := p.staff.ready(ctx); err != nil {
			return err
		}
	}
	return p.crowd.begin(ctx, p.customers)
}

func (p *pair) doors() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answer(w, p.info()) })
	mux.HandleFunc("POST /bench/open", func(w http.ResponseWriter, r *http.Request) {
		told(w, true, p.begin(r.Context()))
	})
	mux.HandleFunc("POST /bench/point", func(w http.ResponseWriter, r *http.Request) {
		length, err := time.ParseDuration(r.FormValue("for"))
		if err != nil {
			told(w, nil, err)
			return
		}
		way, write := r.FormValue("way"), p.customers.ask
		if way == wayOut {
			write = p.staff.reply
		}
		got, err := p.crowd.point(r.Context(), way, length, write)
		told(w, got, err)
	})
	return mux
}

// told answers with what was found, or with what went wrong.
func told(w http.ResponseWriter, v any, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	answer(w, v)
}

// readLines reads a file; none is named "".
func readLines(file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n"), nil
}
