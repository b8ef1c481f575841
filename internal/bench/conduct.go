package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"kefu/internal/pgcluster"
)

// The engines by name.
const (
	engineBoth     = "both"
	engineSQLite   = "sqlite"
	enginePostgres = "postgres"
)

// outcome is what was measured on one engine.
type outcome struct {
	engine     string
	bare, kefu figures // of all parts: their names differ
}

// conduct measures everything the plan asks for and prints the table.
func conduct(ctx context.Context, p plan) error {
	dir, err := os.MkdirTemp("", "kefu-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	g := ground{plan: p, dir: dir, kefu: filepath.Join(dir, "kefu")}
	if g.self, err = os.Executable(); err != nil {
		return err
	}
	if err := build(ctx, g.kefu); err != nil {
		return err
	}
	var all []outcome
	for _, engine := range []string{engineSQLite, enginePostgres} {
		if p.engines != engineBoth && p.engines != engine {
			continue
		}
		o, err := g.engine(ctx, engine)
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
		all = append(all, o)
	}
	if len(all) == 0 {
		return fmt.Errorf("no engine is called %q", p.engines)
	}
	return publish(p, all)
}

// publish prints the tables of the parts that were measured, or puts each between its own markers.
func publish(p plan, all []outcome) error {
	for _, part := range []struct {
		name   string
		report func(plan, []outcome) string
	}{{partRelay, report}, {partAPI, apiReport}, {partWebhooks, hookReport}, {partKnowledge, knowledgeReport}, {partPairs, pairReport}} {
		if !p.has(part.name) {
			continue
		}
		text := part.report(p, all)
		if p.out == "" {
			if _, err := io.WriteString(os.Stdout, text); err != nil {
				return err
			}
			continue
		}
		if err := replaceBetweenMarkers(p.out, part.name, text); err != nil {
			return err
		}
	}
	for _, o := range all {
		if n := o.missed(p); n > 0 {
			fmt.Fprintf(p.progress, "MISSED: %d aims of the open API on %s\n", n, o.title())
		}
		if n := o.hooksMissed(); n > 0 {
			fmt.Fprintf(p.progress, "MISSED: %d aims of webhooks on %s\n", n, o.title())
		}
		if n := o.knowledgeMissed(); n > 0 {
			fmt.Fprintf(p.progress, "MISSED: %d aims of the knowledge base on %s\n", n, o.title())
		}
		if n := o.pairsMissed(p); n > 0 {
			fmt.Fprintf(p.progress, "MISSED: %d aims of pairings on %s\n", n, o.title())
		}
	}
	return nil
}

// build makes the program as `make build` does.
func build(ctx context.Context, file string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", file, "kefu/cmd/kefu")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build kefu: %w: %s", err, out)
	}
	return nil
}

// engine takes both through all rounds on one engine.
func (g ground) engine(ctx context.Context, engine string) (outcome, error) {
	fresh := func(name string) (string, error) {
		return "sqlite:" + filepath.Join(g.dir, name+".db"), nil
	}
	if engine == enginePostgres {
		cluster, err := pgcluster.Start(ctx, pgcluster.Options{Fsync: true})
		if err != nil {
			return outcome{}, err
		}
		defer cluster.Stop()
		fresh = func(name string) (string, error) {
			name = strings.ReplaceAll(name, "-", "_")
			return cluster.URL(name), cluster.CreateDatabase(ctx, name)
		}
	}
	var bare, kefu []figures
	for n := range g.repeat {
		fmt.Fprintf(g.progress, "%s, round %d of %d\n", engine, n+1, g.repeat)
		b, k := figures{}, figures{}
		for _, part := range []struct {
			name  string
			round func(context.Context, string, func(string) (string, error)) (figures, figures, error)
		}{{partRelay, g.round}, {partAPI, g.apiRound}, {partWebhooks, g.hookRound}, {partKnowledge, g.knowledgeRound}, {partPairs, g.pairRound}} {
			if !g.has(part.name) {
				continue
			}
			x, y, err := part.round(ctx, fmt.Sprintf("%s-%d", engine, n), fresh)
			if err != nil {
				return outcome{}, err
			}
			maps.Copy(b, x)
			maps.Copy(k, y)
		}
		bare, kefu = append(bare, b), append(kefu, k)
	}
	return outcome{engine: engine, bare: medians(bare), kefu: medians(kefu)}, nil
}

// noPacing makes Kefu as impolite as the baseline is. It is the tests' own variable; see cmd/kefu.
const noPacing = "KEFU_TEST_NO_PACING=1"

// round measures each point once: the baseline and Kefu one after the other, each on a fresh database.
func (g ground) round(ctx context.Context, name string, fresh func(string) (string, error)) (bare, kefu figures, err error) {
	kefu = figures{}
	env := []string{noPacing}
	if g.profile != "" {
		env = append(env, "KEFU_TEST_PROFILE="+filepath.Join(g.profile, name+".pprof"))
	}
	steps := []struct {
		name string
		do   func(ground) (figures, error)
	}{
		{"bare", func(g ground) (figures, error) { return measure(ctx, g, nameBare) }},
		{"kefu", func(g ground) (figures, error) { return measure(ctx, g, nameKefu, env...) }},
		{"limits", func(g ground) (figures, error) { return measureLimits(ctx, g) }},
		{"ready", func(g ground) (figures, error) { return measureReady(ctx, g) }},
	}
	for _, s := range steps {
		if s.name == "limits" && !g.limits || s.name == "ready" && g.stored == 0 {
			continue
		}
		f, err := g.step(name+"-"+s.name, fresh, s.do)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", s.name, err)
		}
		if s.name == "bare" {
			bare = f
			continue
		}
		maps.Copy(kefu, f)
	}
	return bare, kefu, nil
}

// step gives one contest a folder and a database of its own.
func (g ground) step(name string, fresh func(string) (string, error), do func(ground) (figures, error)) (f figures, err error) {
	g.dir = filepath.Join(g.dir, name)
	if err := os.Mkdir(g.dir, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(g.dir)) }()
	if g.database, err = fresh(name); err != nil {
		return nil, err
	}
	return do(g)
}

// medians takes the median of each figure over the rounds.
func medians(rounds []figures) figures {
	of := map[figure][]float64{}
	for _, r := range rounds {
		for name, v := range r {
			of[name] = append(of[name], v)
		}
	}
	m := figures{}
	for name, all := range of {
		slices.Sort(all)
		m[name] = all[len(all)/2]
	}
	return m
}
