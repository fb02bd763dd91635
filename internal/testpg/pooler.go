package testpg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler starts a PgBouncer in transaction mode before the server, with so many connections
// to it, and returns the URL of a database behind it. Without PgBouncer it skips the test.
func (s *Server) Pooler(t testing.TB, url string, connections int) string {
	t.Helper()
	path, err := exec.LookPath("pgbouncer")
	if err != nil {
		if path = "/usr/sbin/pgbouncer"; !isFile(path) {
			t.Skip("PgBouncer is not installed; apt-get install pgbouncer")
		}
	}
	dir := filepath.Join(s.dir, "pool")
	config := fmt.Sprintf(`[databases]
* = host=%s user=newsonce
[pgbouncer]
listen_addr =
unix_socket_dir = %s
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = %d
`, s.dir, dir, connections)
	file := filepath.Join(dir, "pgbouncer.ini")
	err = os.MkdirAll(dir, 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(config), 0o644)
	}
	if err == nil && s.user != nil {
		err = os.Chown(dir, int(s.user.Uid), int(s.user.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
	c := s.command("", file)
	c.Path, c.Args[0] = path, path
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Process.Signal(syscall.SIGQUIT)
		c.Wait()
	})
	pooled := strings.Replace(url, "host="+s.dir, "port=6432&host="+dir, 1)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		conn, err := pgx.Connect(ctx, pooled)
		cancel()
		if err == nil {
			conn.Close(t.Context())
			return pooled
		}
		if time.Now().After(deadline) {
			t.Fatalf("PgBouncer does not answer: %v", err)
		}
	}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
