// Package testpg starts a private PostgreSQL server for tests, from the binaries of
// Debian's package postgresql, version 15 or later.
package testpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// least is the oldest major version that newsonce works with.
const least = 15

// Server is a cluster that listens on a unix socket alone.
type Server struct {
	bin  string // folder of the binaries
	dir  string // owned by the user of the server; holds the cluster and its socket
	user *account
	made atomic.Int64 // databases so far

	mu      sync.Mutex // guards process
	process *exec.Cmd
}

// errMissing says that there is no PostgreSQL to test with.
var errMissing = fmt.Errorf("PostgreSQL %d or later is not installed; apt-get install postgresql", least)

// shared is the server of the test process.
var shared struct {
	sync.Once
	server *Server
	err    error
}

// Run runs the tests of a package, and then stops the server that they have started.
// TestMain calls it.
func Run(m *testing.M) int {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		os.Exit(1)
	}()
	defer stop()
	return m.Run()
}

func stop() {
	if s := shared.server; s != nil {
		s.Stop()
		os.RemoveAll(s.dir)
	}
}

// Shared returns the server of the test process, started by the first test that needs
// it. Without PostgreSQL it skips the test, or fails it where CI=true is set. The
// package's TestMain must call Run.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Do(func() { shared.server, shared.err = start() })
	switch err := shared.err; {
	case errors.Is(err, errMissing) && os.Getenv("CI") != "true":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return shared.server
}

// Database makes an empty database on the shared server, which is dropped after the
// test, and returns its URL.
func Database(t testing.TB) string {
	t.Helper()
	s := Shared(t)
	url, err := s.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Drop(context.WithoutCancel(t.Context()), url); err != nil {
			t.Errorf("drop %s: %v", url, err)
		}
	})
	return url
}

// start makes a cluster and starts it.
func start() (s *Server, err error) {
	s = &Server{}
	if s.bin, err = binaries(); err != nil {
		return nil, err
	}
	if s.user, err = unprivileged(); err != nil {
		return nil, err
	}
	// A unix socket has a short path, whatever TMPDIR says, and the server's user must
	// be able to enter all folders above it.
	if s.dir, err = os.MkdirTemp("/tmp", "pg"); err != nil {
		return nil, err
	}
	if s.user != nil {
		if err := os.Chown(s.dir, int(s.user.Uid), int(s.user.Gid)); err != nil {
			return nil, err
		}
	}
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return nil, err
	}
	init := s.command("initdb", "-D", s.data(), "-U", "newsonce", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	if out, err := init.CombinedOutput(); err != nil {
		os.RemoveAll(s.dir)
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	// Tests look for answers, not for durability after a power cut.
	settings := []byte("fsync = off\nmax_connections = 200\nshared_buffers = 64MB\nmax_wal_size = 2GB\njit = off\n")
	if err := os.WriteFile(filepath.Join(s.data(), "postgresql.auto.conf"), settings, 0o644); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	if s.user != nil { // ALTER SYSTEM replaces it
		if err := os.Chown(filepath.Join(s.data(), "postgresql.auto.conf"), int(s.user.Uid), int(s.user.Gid)); err != nil {
			return nil, err
		}
	}
	hba := []byte("local all " + Locked + " scram-sha-256\nlocal all all trust\n")
	if err := os.WriteFile(filepath.Join(s.data(), "pg_hba.conf"), hba, 0o644); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	if err := s.Start(); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	return s, nil
}

// Locked is the name of a role that needs a password to connect. Tests create it.
const Locked = "locked"

// binaries returns the folder of the newest PostgreSQL.
func binaries() (string, error) {
	list, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	version := func(path string) int {
		n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err != nil {
			return 0
		}
		return n
	}
	slices.SortFunc(list, func(a, b string) int { return version(b) - version(a) })
	if len(list) == 0 || version(list[0]) < least {
		return "", errMissing
	}
	return filepath.Dir(list[0]), nil
}

// account is a user of the system.
type account struct{ Uid, Gid uint32 }

// unprivileged returns the user postgres for root, since the server refuses to run as
// root; nil for others.
func unprivileged() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &account{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// command is a command of PostgreSQL, run as the user of the server.
func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.Dir = s.dir
	c.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH")}
	c.SysProcAttr = attributes(s.user)
	return c
}

// Start starts the server and waits until it answers.
func (s *Server) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return errors.New("the server runs already")
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	c := s.command("postgres", "-D", s.data(), "-k", s.dir, "-c", "listen_addresses=")
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return err
	}
	s.process = c
	deadline := time.Now().Add(time.Minute)
	for {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			conn.Close(ctx)
		}
		cancel()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the server does not answer: %w\n%s", err, text)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Stop stops the server, without waiting for its clients.
func (s *Server) Stop() { s.end(syscall.SIGINT) }

// Crash stops the server as a crash does.
func (s *Server) Crash() { s.end(syscall.SIGQUIT) }

func (s *Server) end(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	s.process.Process.Signal(sig)
	s.process.Wait()
	s.process = nil
}

// URL returns the URL of a database on the server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://newsonce@/%s?host=%s", database, s.dir)
}

// Create makes an empty database and returns its URL.
func (s *Server) Create(ctx context.Context) (string, error) {
	name := fmt.Sprintf("t%d", s.made.Add(1))
	if err := s.Exec(ctx, "postgres", "CREATE DATABASE "+name); err != nil {
		return "", fmt.Errorf("create database: %w", err)
	}
	return s.URL(name), nil
}

// Drop drops a database, whoever uses it.
func (s *Server) Drop(ctx context.Context, url string) error {
	name, _, _ := strings.Cut(strings.TrimPrefix(url, "postgres://newsonce@/"), "?")
	return s.Exec(ctx, "postgres", "DROP DATABASE "+name+" WITH (FORCE)")
}

// Exec runs a statement in a database, as its owner.
func (s *Server) Exec(ctx context.Context, database, statement string) error {
	return s.ExecIn(ctx, s.URL(database), statement)
}

// ExecIn runs statements in the database at url.
func (s *Server) ExecIn(ctx context.Context, url, statements string) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.PgConn().Exec(ctx, statements).ReadAll()
	return err
}
