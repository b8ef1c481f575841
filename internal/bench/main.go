package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run does the role that the first argument names.
func run(ctx context.Context, args []string) error {
	roles := map[string]func(context.Context, []string) error{roleRemote: runRemote, roleLoad: runLoad, roleBaseline: runBaseline,
		roleAsk: runAsk, roleSockets: runSockets, roleReceiver: runReceiver, rolePosts: runPosts, roleHooks: runHooks, rolePeople: runPeople}
	if len(args) > 0 && roles[args[0]] != nil {
		return roles[args[0]](ctx, args[1:])
	}
	p, err := parsePlan(args)
	if err != nil {
		return err
	}
	return conduct(ctx, p)
}

// plan is what the conductor is asked for.
type plan struct {
	point      time.Duration // length of a point that is measured by time
	messages   int           // of the point that is measured by count
	stored     int           // messages in the database that a start is timed with
	repeat     int           // figures are medians of so many rounds
	engines    string        // "both", or the one to measure
	out        string        // file with the markers; "" is none
	profile    string        // folder for CPU profiles of kefu; "" is none
	limits     bool          // measure the second table
	part       string        // partAll, or the one to measure
	points     string        // of the open API and of webhooks: those to measure, separated by commas; "" is all
	sizes      []int         // messages in the databases that the open API is measured on: the small one and the large one
	sockets    int           // WebSockets that are open at once
	deliveries int           // webhooks of each rate
	articles   int           // of the knowledge base
	progress   io.Writer
	args       []string
}

// has tells whether a part is asked for.
func (p plan) has(part string) bool { return p.part == partAll || p.part == part }

// wants tells whether a point of the open API or of webhooks is asked for.
func (p plan) wants(point string) bool {
	return p.points == "" || slices.Contains(strings.Split(p.points, ","), point)
}

func parsePlan(args []string) (plan, error) {
	p := plan{progress: os.Stderr, args: args}
	var quick bool
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.DurationVar(&p.point, "point", 5*time.Second, "length of each timed point")
	f.IntVar(&p.messages, "messages", 10_000, "messages of the relay point")
	f.IntVar(&p.stored, "stored", 100_000, "stored messages when a start is timed")
	f.IntVar(&p.repeat, "repeat", 1, "rounds; figures are medians")
	f.StringVar(&p.engines, "engine", engineBoth, "sqlite, postgres or both")
	f.StringVar(&p.out, "out", "", "file whose part between the markers is replaced")
	f.StringVar(&p.profile, "profile", "", "folder for CPU profiles of kefu")
	f.BoolVar(&p.limits, "limits", true, "measure with Discord's limits on, too")
	f.StringVar(&p.part, "part", partAll, "relay (hooks to Discord), api (the open API), webhooks, knowledge (articles), pairs (every channel with every desk) or all")
	f.StringVar(&p.points, "points", "", "of the open API: create, lists, search, sockets; of webhooks: drain, flow, pickup, retries, isolation, fan, serve; of pairs: site-twilio, or site for all of its; separated by commas, all without it")
	large := f.Int("large", 1_000_000, "messages in the large database of the open API; 0 measures the small one only")
	f.IntVar(&p.sockets, "sockets", 5000, "WebSockets that are open at once")
	f.IntVar(&p.deliveries, "deliveries", 50_000, "webhooks of each rate")
	f.IntVar(&p.articles, "articles", 10_000, "articles of the knowledge base")
	f.BoolVar(&quick, "quick", false, "one second a point and a tenth of the messages: for a look, not for a table")
	if err := f.Parse(args); err != nil {
		return p, err
	}
	if quick {
		*large, p.sockets, p.deliveries = *large/10, p.sockets/10, p.deliveries/10
		p.articles /= 10
		p.point, p.messages, p.stored = time.Second, p.messages/10, p.stored/10
	}
	p.sizes = []int{apiSmall}
	if *large > apiSmall {
		p.sizes = append(p.sizes, *large/apiBlock*apiBlock)
	}
	if !slices.Contains([]string{partAll, partRelay, partAPI, partWebhooks, partKnowledge, partPairs}, p.part) {
		return p, fmt.Errorf("there is no part %q: relay, api, webhooks, knowledge, pairs or all", p.part)
	}
	if p.repeat < 1 || p.point <= 0 || p.messages < 1 || p.stored < 0 || p.deliveries < hookMany || p.articles < 100 || f.NArg() > 0 {
		return p, errors.New("the arguments make no sense: see -help")
	}
	return p, nil
}
