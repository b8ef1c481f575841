package demo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kefu/internal/fake/discord"
	"kefu/internal/fake/wordpress"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// once gives the show and returns what it printed.
func once(t *testing.T, change func(*Options)) (string, error) {
	t.Helper()
	scratch := t.TempDir()
	var out bytes.Buffer
	o := Options{Out: &out, Log: slog.New(slog.DiscardHandler), Version: "test", Lang: TraditionalChinese, Width: 150, Once: true, Listen: "127.0.0.1:0", scratch: scratch}
	change(&o)
	err := Run(t.Context(), o)
	left, readErr := os.ReadDir(scratch)
	if readErr != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, readErr)
	}
	return out.String(), err
}

func TestOnce(t *testing.T) {
	t.Parallel()
	out, err := once(t, func(*Options) {})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(out, "❌") || strings.Contains(out, "\x1b[") {
		t.Errorf("failures or colours in\n%s", out)
	}
	for _, want := range []string{
		"WordPress ──▶ Kefu              200 POST /ticket/create", `"ticket_id":33,"ticket_title":"關於訂單 #8806 商品運送問題"`,
		"Kefu ◀── Discord      MESSAGE_CREATE", "500 POST /wp-json/dragonshop/v1/ticket/update", "DELETE /channels/#網站-客-0033",
		"18 / 18 步", "3 / 3 則", "2 次 500，送達 1 次", "全部正確",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "✅ WordPress → Discord") + strings.Count(out, "✅ Discord → WordPress"); n != 2 {
		t.Errorf("%d of 2 directions pass in\n%s", n, out)
	}
}

func TestBrokenStepIsNamed(t *testing.T) {
	t.Parallel()
	out, err := once(t, func(o *Options) {
		o.patience = 2 * time.Second
		o.sabotage = func(site *wordpress.Server, _ *discord.Server) {
			site.Inject(wordpress.Fault{Kind: wordpress.FaultErrorJSON, Route: wordpress.RouteUpdate, Status: 403, Code: "rest_forbidden"})
		}
	})
	var failed *FailedError
	if !errors.As(err, &failed) {
		t.Fatalf("error is %v, want a FailedError\n%s", err, out)
	}
	if step := TraditionalChinese.say("scene_answer"); failed.Failed[0] != step {
		t.Errorf("first failure is %q, want %q", failed.Failed[0], step)
	}
	for _, want := range []string{"❌ 沒有等到：網站以 ticket/update 收到「" + answer1 + "」（等了 2 秒）", "403 POST", "這一步不演"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "全部正確") {
		t.Errorf("a failed show says that all is well:\n%s", out)
	}
}

// A plain hook that arrives twice is two messages: the story goes on, and the table must see it.
func TestDoubledMessageIsSeen(t *testing.T) {
	t.Parallel()
	out, err := once(t, func(o *Options) {
		o.sabotage = func(site *wordpress.Server, _ *discord.Server) {
			site.InjectHook(wordpress.HookFault{Kind: wordpress.HookTwice, Route: "update", Count: 1})
		}
	})
	var failed *FailedError
	if !errors.As(err, &failed) {
		t.Fatalf("error is %v, want a FailedError\n%s", err, out)
	}
	if !slices.Equal(failed.Failed, []string{TraditionalChinese.say("check_to_desk")}) {
		t.Errorf("failed are %q\n%s", failed.Failed, out)
	}
	if !strings.Contains(out, "4 / 3 則；到達的是") {
		t.Errorf("the table does not say what arrived:\n%s", out)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := Run(ctx, Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler), Once: true, Listen: "127.0.0.1:0"})
	var failed *FailedError
	if err == nil || errors.As(err, &failed) {
		t.Errorf("error is %v, want one that tells of the interruption", err)
	}
}

func TestTakenPortNamesTheFlag(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = once(t, func(o *Options) { o.Listen = l.Addr().String() })
	if err == nil || !strings.Contains(err.Error(), "--listen") {
		t.Errorf("error is %v, want one that names --listen", err)
	}
}

// lines collects what is printed, and signals when a text appears.
type lines struct {
	want  string
	found chan struct{}
	buf   bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	before := strings.Contains(l.buf.String(), l.want)
	l.buf.Write(p)
	if !before && strings.Contains(l.buf.String(), l.want) {
		close(l.found)
	}
	return len(p), nil
}

func TestStaysUpUntilInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &lines{want: `"force_close": true`, found: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Out: out, Log: slog.New(slog.DiscardHandler), Lang: English, Listen: "127.0.0.1:0"})
	}()
	select {
	case <-out.found:
	case err := <-ended:
		t.Fatalf("it ended with %v\n%s", err, out.buf.String())
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Ctrl-C after a good show ends with %v", err)
	}
	for _, want := range []string{"curl -X POST http://127.0.0.1:", `"ticket_id": 34`, "Good-bye"} {
		if !strings.Contains(out.buf.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.buf.String())
		}
	}
}
