package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"kefu"
	"kefu/internal/sqldb"
	"kefu/internal/store"
)

// program is the real binary, built once for all tests that need a process to kill.
type program struct {
	once sync.Once
	dir  string
	path string
	err  error
}

var built program

// binary builds kefu on first use. TestMain removes it.
func (p *program) binary(t *testing.T) string {
	t.Helper()
	p.once.Do(func() {
		if p.dir, p.err = os.MkdirTemp("", "kefu-e2e-"); p.err != nil { //nolint:usetesting // it outlives the test that builds it
			return
		}
		p.path = filepath.Join(p.dir, "kefu")
		out, err := exec.Command("go", "build", "-o", p.path, "kefu/cmd/kefu").CombinedOutput()
		if err != nil {
			p.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}

func (p *program) remove() { _ = os.RemoveAll(p.dir) }

// process is a running kefu of its own.
type process struct {
	cmd   *exec.Cmd
	began time.Time
	ready time.Duration // from the start to the first 200 of /readyz
	ended chan error    // its end, once
}

// spawn starts kefu as a process and returns when it is ready.
func (r *rig) spawn() *process {
	r.t.Helper()
	p := r.launch()
	if !p.waitReady(r.ctx, r.base()) {
		r.t.Fatalf("kefu did not become ready within %s", patience)
	}
	p.ready = time.Since(p.began)
	return p
}

// launch starts kefu as a process and returns at once.
func (r *rig) launch() *process {
	r.t.Helper()
	file := filepath.Join(r.dir, "kefu.yaml")
	if err := os.WriteFile(file, r.configuration(), 0o600); err != nil {
		r.t.Fatal(err)
	}
	p := &process{ended: make(chan error, 1), cmd: exec.Command(built.binary(r.t), "serve", "--config", file)}
	p.cmd.Dir, p.cmd.Stderr, p.cmd.Stdout = r.dir, r.log, r.log
	p.cmd.Env = withoutKefu(os.Environ())
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	r.stop = func() { r.terminate(p) }
	return p
}

// waitReady asks /readyz every two milliseconds: restarts are measured by it.
func (p *process) waitReady(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if fetch(base+"/readyz").status == 200 {
			return true
		}
		select {
		case <-tick.C:
		case err := <-p.ended:
			p.ended <- err
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// withoutKefu keeps the settings of whoever runs the tests out of them.
func withoutKefu(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "KEFU_") {
			kept = append(kept, entry)
		}
	}
	return kept
}

// kill ends the process as a power cut would, and returns when it is gone.
func (r *rig) kill(p *process) {
	r.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		r.t.Fatal(err)
	}
	<-p.ended
	r.stop = nil
}

// terminate asks the process to end, and wants it to end well and in time.
func (r *rig) terminate(p *process) {
	r.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		r.t.Error(err)
	}
	select {
	case err := <-p.ended:
		if err != nil {
			r.t.Errorf("kefu ended with %v after SIGTERM", err)
		}
	case <-time.After(25 * time.Second): // two steps of ten seconds at most, one after the other
		r.t.Error("kefu did not end within 25 s of SIGTERM")
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
}

// unsettled names what of open tickets is claimed, in doubt, or a message that was not delivered. The program must not run.
func (r *rig) unsettled() (list []string) {
	r.t.Helper()
	db, err := sqldb.Open(r.ctx, r.db, sqldb.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer db.Close()
	err = store.New(db).View(r.ctx, func(tx *store.Tx) error {
		threads, err := tx.Threads("shop")
		for _, thread := range threads {
			found, err := unsettledOf(tx, thread.ConversationID)
			if err != nil {
				return err
			}
			list = append(list, found...)
		}
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func unsettledOf(tx *store.Tx, id kefu.ConversationID) (list []string, err error) {
	messages, err := tx.Messages(id, 0, 100_000)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		deliveries, err := tx.DeliveriesOf(m.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range deliveries {
			// A mark that waits is right: it shows what becomes of its message in good time.
			if d.State == kefu.DeliverySending || d.Unsure || d.Kind == kefu.DeliverMessage && d.State != kefu.DeliveryDelivered {
				list = append(list, fmt.Sprintf("%s %s %s (%q): %s", d.State, d.Kind, d.ID, m.Content.Text, d.Reason))
			}
		}
	}
	return list, nil
}
