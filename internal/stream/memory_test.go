package stream

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"kefu"
	"kefu/internal/storetest"
	"kefu/internal/switchboard"
)

// most is what one idle connection may cost, in bytes.
const most = 40_000

func TestAnIdleConnectionIsSmall(t *testing.T) {
	per := idle(t, newRig(t, storetest.SQLite(t), func(l *Limits) { l.PerCaller = 1000 }), 500)
	t.Logf("%d bytes for a connection", per)
	if per > most {
		t.Errorf("a connection costs %d bytes, and may cost %d", per, most)
	}
}

// idle opens connections that do nothing, over plain sockets whose own weight is small, and tells what one costs.
func idle(tb testing.TB, r *rig, n int) uint64 {
	tb.Helper()
	_, ken := r.talk("ken", switchboard.NewConversation{})
	warm := dialRaw(tb, r, ken)
	before := inUse()
	lines := make([]net.Conn, n)
	var dialling sync.WaitGroup
	for w := range 8 {
		dialling.Go(func() {
			for i := w; i < n; i += 8 {
				lines[i] = dialRaw(tb, r, ken)
			}
		})
	}
	dialling.Wait()
	eventually(r.t, func() bool {
		r.hub.mu.Lock()
		defer r.hub.mu.Unlock()
		live := 0
		for c := range r.hub.conns {
			if c.live {
				live++
			}
		}
		return live == n+1
	})
	after := inUse()
	runtime.KeepAlive(warm)
	for _, l := range lines {
		l.Close()
	}
	warm.Close()
	return (after - before) / uint64(n)
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

func dialRaw(tb testing.TB, r *rig, by kefu.Caller) net.Conn {
	tb.Helper()
	c, err := (&net.Dialer{}).DialContext(tb.Context(), "tcp", strings.TrimPrefix(r.server.URL, "http://"))
	if err != nil {
		tb.Error(err)
		return nil
	}
	fmt.Fprintf(c, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer %s\r\n\r\n", by.ID)
	res, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		tb.Errorf("%v %v", res, err)
		return c
	}
	_ = res.Body.Close()
	return c
}
