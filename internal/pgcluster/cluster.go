package pgcluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"
)

const (
	startLimit = 60 * time.Second // for a cluster to answer
	stopLimit  = 10 * time.Second // for it to end before it is killed
	superuser  = "kefu"
)

// Options tune Start.
type Options struct {
	Fsync bool // make commits durable: on for benchmarks, off for tests
}

// Cluster is a running PostgreSQL server with a directory of its own.
type Cluster struct {
	dir, bin string
	port     int
	log      *bytes.Buffer // read only once exited is closed
	process  *os.Process
	exited   chan struct{}
	stop     sync.Once
}

// Start makes a cluster and returns once it answers. It returns ErrNoBinaries when the machine has no PostgreSQL. ctx bounds the start
// only; the cluster runs until Stop.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(tempRoot(), "kefu-pg-")
	if err != nil {
		return nil, fmt.Errorf("pgcluster: %w", err)
	}
	c := &Cluster{dir: dir, bin: bin, exited: make(chan struct{}), log: &bytes.Buffer{}}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	if err := c.start(ctx, o); err != nil {
		c.Stop()
		return nil, fmt.Errorf("pgcluster: %w", err)
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, o Options) error {
	if err := giveAway(c.dir); err != nil {
		return err
	}
	if err := c.initdb(ctx); err != nil {
		return err
	}
	if err := c.configure(ctx, o); err != nil {
		return err
	}
	if err := c.launch(); err != nil {
		return err
	}
	return c.await(ctx)
}

func (c *Cluster) data() string { return filepath.Join(c.dir, "data") }

func (c *Cluster) initdb(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"),
		"--pgdata", c.data(), "--username", superuser, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync")
	cmd.Dir = c.dir
	cmd.SysProcAttr = unprivileged()
	out, err := cmd.CombinedOutput()
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("initdb: %w: the server's user cannot enter %s: point TMPDIR to a directory open to all", err, tempRoot())
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

// configure appends to the cluster's own configuration: the last setting of a name counts.
func (c *Cluster) configure(ctx context.Context, o Options) (err error) {
	if c.port, err = freePort(ctx); err != nil {
		return err
	}
	address, socket := "", c.dir
	if runtime.GOOS == "windows" {
		address, socket = "127.0.0.1", ""
	}
	onOff := map[bool]string{true: "on", false: "off"}[o.Fsync]
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "\nlisten_addresses = '%s'\nunix_socket_directories = '%s'\nport = %d\nfsync = %s\nsynchronous_commit = %s\n"+
		"full_page_writes = %s\nmax_connections = 500\nshared_buffers = 64MB\nmax_wal_size = 512MB\ntimezone = 'UTC'\n",
		address, socket, c.port, onOff, onOff, onOff)
	return errors.Join(err, f.Close())
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err := errors.Join(err, l.Close()); err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// launch starts the server from a goroutine that keeps its thread: Linux ends the server when the thread that started it ends.
func (c *Cluster) launch() error {
	cmd := exec.Command(filepath.Join(c.bin, "postgres"), "-D", c.data()) //nolint:noctx // it outlives the start's context
	cmd.Dir = c.dir
	cmd.Stdout, cmd.Stderr = c.log, c.log
	cmd.SysProcAttr = tied(unprivileged())
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(c.exited)
		err := cmd.Start()
		c.process = cmd.Process
		started <- err
		if err == nil {
			_ = cmd.Wait() // its log tells more than its exit code
		}
	}()
	return <-started
}

// await polls until the server accepts commands.
func (c *Cluster) await(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := command(ctx, c.URL("postgres"), "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-c.exited:
			return fmt.Errorf("the server ended: %s", c.log)
		case <-ctx.Done():
			return fmt.Errorf("the server does not answer: %w", err)
		}
	}
}

// URL returns the url of a database of this cluster, for its superuser, without password.
func (c *Cluster) URL(db string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + db}
	q := url.Values{"sslmode": {"disable"}}
	if runtime.GOOS == "windows" {
		u.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(c.port))
	} else {
		q.Set("host", c.dir)
		q.Set("port", strconv.Itoa(c.port))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// CreateDatabase makes an empty database.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) error {
	return CreateDatabase(ctx, c.URL("postgres"), name)
}

// Stop ends the server without ceremony and removes its directory. It may be called again.
func (c *Cluster) Stop() {
	c.stop.Do(func() {
		if c.process != nil {
			c.end()
		}
		os.RemoveAll(c.dir)
	})
}

func (c *Cluster) end() {
	_ = c.process.Signal(immediate()) // fails when it has ended by itself
	select {
	case <-c.exited:
	case <-time.After(stopLimit):
		_ = c.process.Kill()
		<-c.exited
	}
}
