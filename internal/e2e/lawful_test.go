package e2e

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/discord/judge"
)

// lawful judges everything that the program sent to Discord: by the fake's own rules, and by Discord's document.
func (r *rig) lawful() {
	for _, v := range r.guild.Violations() {
		r.t.Errorf("broke a rule of Discord: %s: %s", v.Rule, v.Text)
	}
	court, err := open()
	if errors.Is(err, judge.ErrNoSpec) {
		r.t.Logf("NOT CHECKED against Discord's official document: %v", err)
	} else if err != nil {
		r.t.Fatal(err)
	}
	for _, q := range r.guild.Requests() {
		if strings.Contains(string(q.Body), "allowed_mentions") && !strings.Contains(string(q.Body), `"parse":[]`) {
			r.t.Errorf("%s %s may ping: %s", q.Method, q.Path, q.Body)
		}
		if court == nil {
			continue
		}
		if err := court.judged(q); err != nil {
			r.t.Errorf("Discord's document refuses %s %s: %v\n%s", q.Method, q.Path, err, q.Body)
		}
	}
}

// court judges each form of a request once: judging takes up to 30 ms, and the hundredth request of a form tells nothing new.
type court struct {
	judge *judge.Judge
	mu    sync.Mutex
	known map[string]error
}

// open loads the document, once for all tests.
var open = sync.OnceValues(func() (*court, error) {
	path, err := judge.FindSpec()
	if err != nil {
		return nil, err
	}
	j, err := judge.Load(path)
	return &court{judge: j, known: map[string]error{}}, err
})

func (c *court) judged(q discord.Request) error {
	body := q.Body
	if q.PayloadJSON != nil {
		body = q.PayloadJSON
	}
	var v any
	_ = json.Unmarshal(body, &v) // what is no JSON is a form of its own
	form := q.Method + " " + q.Route + " " + formOf(v)
	c.mu.Lock()
	defer c.mu.Unlock()
	err, judged := c.known[form]
	if !judged {
		err = c.judge.Check(q)
		if err != nil && len(q.Files) > 0 && strings.Contains(err.Error(), "/id': got number, want string") {
			err = nil // the number of an upload within its own request is no id, and Discord documents it as a number
		}
		c.known[form] = err
	}
	return err
}

// formOf is what a value is made of, without what it says.
func formOf(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var b strings.Builder
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(k + ":" + formOf(v[k]) + ",")
		}
		return "{" + b.String() + "}"
	case []any:
		forms := make([]string, 0, len(v))
		for _, x := range v {
			forms = append(forms, formOf(x))
		}
		slices.Sort(forms)
		return "[" + strings.Join(slices.Compact(forms), ",") + "]"
	case string:
		return "s"
	case float64:
		return "n"
	case bool:
		return "b"
	}
	return "0"
}
