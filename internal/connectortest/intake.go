package connectortest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"kefu"
	"kefu/internal/connector"
)

func intakes() []check {
	return []check{
		{"a hook is believed by its signature alone", (*kit).badSignature},
		{"the same hook has the same key", (*kit).hookTwice},
		{"what a person writes comes in", (*kit).written},
		{"our own message is known when it comes back", (*kit).echo},
		{"listening ends with its context", (*kit).listenEnds},
	}
}

// hook makes a person write and gives the hook that tells of it.
func (k *kit) hook(t connector.Thread, text string) *connector.Request {
	k.t.Helper()
	k.remote.Write(t, text)
	found, err := k.hooks.wait(k.ctx, 1, text)
	if err != nil {
		k.t.Fatalf("no hook came: %v", err)
	}
	return found[0]
}

func (k *kit) receive(r *connector.Request) connector.Inbound {
	k.t.Helper()
	got, err := k.can.Receiver.Receive(k.ctx, r)
	k.secrets.note(err)
	if err != nil || len(got.Inbound) != 1 || got.Respond == nil {
		k.t.Fatalf("the hook is refused: %v, %+v", err, got)
	}
	return got.Inbound[0]
}

// unbelieved wants a hook to be refused for who sent it.
func (k *kit) unbelieved(what string, r *connector.Request) {
	k.t.Helper()
	got, err := k.can.Receiver.Receive(k.ctx, r)
	k.secrets.note(err)
	var e *kefu.Error
	if !errors.As(err, &e) || e.Kind != kefu.KindUnauthorized || len(got.Inbound) != 0 {
		k.t.Errorf("%s: %v, %+v; want kind %s and nothing taken", what, err, got.Inbound, kefu.KindUnauthorized)
	}
}

func (k *kit) badSignature() {
	if k.can.Receiver == nil {
		return
	}
	good := k.hook(k.open(1), "signed words")
	k.receive(good)
	changed := *good
	changed.Body = []byte(strings.NewReplacer("signed words", "forged words", "signed+words", "forged+words").Replace(string(good.Body)))
	k.unbelieved("a changed body", &changed)
	unsigned := *good
	unsigned.Header = http.Header{"Content-Type": good.Header["Content-Type"]}
	k.unbelieved("no signature", &unsigned)
	other := *good
	other.Header = good.Header.Clone()
	for name, values := range other.Header {
		if strings.Contains(strings.ToLower(name), "signature") {
			other.Header.Set(name, values[0][:len(values[0])/2])
		}
	}
	k.unbelieved("half a signature", &other)
}

func (k *kit) hookTwice() {
	if k.can.Receiver == nil {
		return
	}
	t := k.open(1)
	r := k.hook(t, "equal words")
	before := k.state()
	first, second := k.receive(r), k.receive(r)
	if first.Key == "" || first.Key != second.Key {
		k.t.Errorf("keys %q and %q", first.Key, second.Key)
	}
	if k.state() != before {
		k.t.Error("to receive has changed the remote")
	}
	k.remote.Write(t, "equal words")
	both, err := k.hooks.wait(k.ctx, 2, "equal words")
	if err != nil {
		k.t.Fatal(err)
	}
	if other := k.receive(both[1]); other.Key == first.Key {
		k.t.Errorf("two hooks have the key %q", other.Key)
	}
}

// intake is what a connector takes in, by hook or by connection.
type intake struct {
	mu      sync.Mutex
	taken   []connector.Inbound
	changed chan struct{}
}

// emit is connector.Emit.
func (i *intake) emit(_ context.Context, in connector.Inbound) (connector.Result, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.taken = append(i.taken, in)
	close(i.changed)
	i.changed = make(chan struct{})
	return connector.Result{}, nil
}

// wait gives everything that was taken in once one of it has the text.
func (i *intake) wait(ctx context.Context, text string) ([]connector.Inbound, error) {
	for {
		i.mu.Lock()
		changed, all := i.changed, append([]connector.Inbound(nil), i.taken...)
		i.mu.Unlock()
		for _, in := range all {
			if in.Content.Text == text {
				return all, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// listen holds the connection until stop, which gives Listen's error.
func (k *kit) listen() (in *intake, stop func() error) {
	k.t.Helper()
	in = &intake{changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(k.ctx)
	ended := make(chan error, 1)
	go func() { ended <- k.can.Listener.Listen(ctx, in.emit) }()
	var once sync.Once
	var err error
	stop = func() error {
		once.Do(func() {
			cancel()
			select {
			case err = <-ended:
			case <-time.After(patience):
				err = errors.New("it goes on")
			}
			k.secrets.note(err)
		})
		return err
	}
	k.t.Cleanup(func() { _ = stop() })
	if err := k.remote.Ready(k.ctx); err != nil {
		k.t.Fatalf("waiting for the connection: %v", err)
	}
	return in, stop
}

// written makes a person write, and looks at what comes in.
func (k *kit) written() {
	t := k.open(1)
	var in connector.Inbound
	switch {
	case k.can.Receiver != nil:
		for _, in = range said(k.taken(k.hook(t, "words of a person"))) {
			if in.Content.Text == "words of a person" {
				break
			}
		}
	case k.can.Listener != nil:
		taken, _ := k.listen()
		id := k.remote.Write(t, "words of a person")
		in = k.one(taken, "words of a person")
		if in.ExternalID != id {
			k.t.Errorf("external id %q, want %q", in.ExternalID, id)
		}
	default:
		return
	}
	if in.ThreadID != t.ExternalID || in.Content.Text != "words of a person" || in.Key == "" || in.Sender.Name == "" || in.OccurredAt.IsZero() {
		k.t.Errorf("came in as %+v", in)
	}
}

func (k *kit) one(taken *intake, text string) connector.Inbound {
	k.t.Helper()
	all, err := taken.wait(k.ctx, text)
	if err != nil {
		k.t.Fatalf("what was written did not come in: %v", err)
	}
	return all[len(all)-1]
}

// known tells whether what came in is known as the message that went out.
func known(in connector.Inbound, parts []connector.Part) bool {
	for _, p := range parts {
		if in.ExternalID != "" && in.ExternalID == p.ExternalID || in.FingerprintSent != "" && in.FingerprintSent == p.Fingerprint {
			return true
		}
	}
	return false
}

// echo lets a message of ours come back. It may be left out, or be known as ours; a person who writes the same words is no echo.
func (k *kit) echo() {
	switch t := k.open(1); {
	case k.can.Receiver != nil && k.remote.Echoes:
		k.echoByHook(t)
	case k.can.Listener != nil:
		k.echoByConnection(t)
	}
}

const ours = "words that we send"

func (k *kit) echoByHook(t connector.Thread) {
	k.t.Helper()
	sent := k.deliver(k.message(t, 1, ours))
	back, err := k.hooks.wait(k.ctx, 1, ours)
	if err != nil {
		k.t.Fatalf("the remote sent nothing back: %v", err)
	}
	for _, in := range said(k.taken(back[0])) {
		if !known(in, sent.Parts) {
			k.t.Errorf("our own message came in as a stranger's: %+v, sent as %+v", in, sent.Parts)
		}
	}
	k.remote.Write(t, ours)
	both, err := k.hooks.wait(k.ctx, 2, ours)
	if err != nil {
		k.t.Fatal(err)
	}
	in := said(k.taken(both[1]))
	if len(in) == 0 || known(in[len(in)-1], sent.Parts) {
		k.t.Errorf("a person's message came in as ours: %+v", in)
	}
}

func (k *kit) echoByConnection(t connector.Thread) {
	k.t.Helper()
	taken, _ := k.listen()
	sent := k.deliver(k.message(t, 1, ours))
	k.remote.Write(t, "words of a person")
	all, err := taken.wait(k.ctx, "words of a person")
	if err != nil {
		k.t.Fatalf("what was written did not come in: %v", err)
	}
	for _, in := range all {
		person := in.Content.Text == "words of a person"
		if known(in, sent.Parts) == person {
			k.t.Errorf("came in as a stranger's although it is ours, or the other way: %+v, sent as %+v", in, sent.Parts)
		}
	}
}

func (k *kit) listenEnds() {
	if k.can.Listener == nil {
		return
	}
	_, stop := k.listen()
	if err := stop(); err != nil && !errors.Is(err, context.Canceled) {
		k.t.Errorf("listening ended with %v", err)
	}
}
