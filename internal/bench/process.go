package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	startLimit = 60 * time.Second // until a process answers
	stopLimit  = 20 * time.Second // for a process to end by itself
	askLimit   = 10 * time.Second
)

// child is a process that the conductor started.
type child struct {
	cmd    *exec.Cmd
	host   string
	exited chan struct{}
	log    *os.File
	began  time.Time
}

// startChild starts a process with its output in a file, and returns when its /readyz is good; that took ready.
func startChild(ctx context.Context, log, host string, env []string, program string, args ...string) (c *child, ready time.Duration, err error) {
	c = &child{host: host, exited: make(chan struct{})}
	if c.log, err = os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, 0, err
	}
	c.cmd = exec.CommandContext(context.WithoutCancel(ctx), program, args...)
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stdout, c.cmd.Stderr = c.log, c.log
	c.began = time.Now()
	if err := c.cmd.Start(); err != nil {
		return nil, 0, errors.Join(err, c.log.Close())
	}
	go func() {
		defer close(c.exited)
		_ = c.cmd.Wait() // its log tells more
		_ = c.log.Close()
	}()
	if err := c.await(ctx); err != nil {
		c.stop()
		return nil, 0, fmt.Errorf("%s: %w: %s", program, err, tail(log))
	}
	return c, time.Since(c.began), nil
}

// await asks every two milliseconds: a start is timed by it.
func (c *child) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if ask(ctx, "http://"+c.host+"/readyz", nil) == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-c.exited:
			return errors.New("ended at once")
		case <-ctx.Done():
			return errors.New("is not ready")
		}
	}
}

// stop ends the process, at first politely.
func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // fails when it has ended by itself
	select {
	case <-c.exited:
	case <-time.After(stopLimit):
		_ = c.cmd.Process.Kill()
		<-c.exited
	}
}

// resident is the memory of the process in bytes; 0 where there is no /proc.
func (c *child) resident() int64 { return memoryOf(c.cmd.Process.Pid, "VmRSS:") }

// memoryOf reads a line of what Linux tells of a process's memory, in bytes; 0 where there is no /proc.
func memoryOf(pid int, line string) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), line)
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.ParseInt(kb, 10, 64)
	return n << 10
}

// clockTick is the unit of times in /proc, on every Linux there is.
const clockTick = 10 * time.Millisecond

// processor is the time that the process has spent on processors; 0 where there is no /proc.
func (c *child) processor() time.Duration { return spentBy(c.cmd.Process.Pid) }

// spentBy is the time that a process has spent on processors; 0 where there is no /proc.
func spentBy(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The fields before are the process's number and its name, which may hold spaces.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * clockTick
}

// watchMemory notes the most memory that the process has until the returned function is called.
func (c *child) watchMemory() (most func() int64) {
	var highest atomic.Int64
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			highest.Store(max(highest.Load(), c.resident()))
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return func() int64 {
		close(stop)
		<-ended
		return highest.Load()
	}
}

// runChild runs a process to its end and decodes the JSON it writes.
func runChild(ctx context.Context, out any, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	var said, failed bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &failed
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, failed.Bytes())
	}
	return json.Unmarshal(said.Bytes(), out)
}

// ask makes a GET and decodes the answer into out unless that is nil.
func ask(ctx context.Context, url string, out any) error { return call(ctx, http.MethodGet, url, out) }

func tell(ctx context.Context, url string) error { return call(ctx, http.MethodPost, url, nil) }

func call(ctx context.Context, method, url string, out any) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 16<<20))
	switch {
	case err != nil:
		return err
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answered %s", url, res.Status)
	case out == nil:
		return nil
	}
	return json.Unmarshal(body, out)
}

// freeHost finds an address that nobody listens on now.
func freeHost(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// tail is the end of a log, for an error.
func tail(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return string(text[max(len(text)-2000, 0):])
}
