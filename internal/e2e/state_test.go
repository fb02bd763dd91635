package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
	_ "modernc.org/sqlite" // to damage states
)

// exec changes a state as another program may.
func (s *setup) exec(statement string) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path("newsonce.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// With an unusable state a crawl ends before it sends a request, and changes
// neither state nor output. With the right state back it continues.
func TestUnusableState(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, c := range []struct {
		name  string
		harm  func(s *setup)
		texts []string
	}{
		{"no database", func(s *setup) {
			s.write("newsonce.db", "this is my diary, not a database, and it is long enough to be read\n")
		},
			[]string{"is not a newsonce state", "newsonce state rebuild"}},
		{"another program's database", func(s *setup) {
			s.remove("newsonce.db")
			s.exec("CREATE TABLE bookmarks(url TEXT)")
		}, []string{"is not a newsonce state", "another program's SQLite file"}},
		{"newer schema", func(s *setup) {
			s.exec("PRAGMA user_version = 999")
		}, []string{"newer newsonce", "upgrade newsonce"}},
		{"newer URL key", func(s *setup) {
			s.exec("UPDATE meta SET value = '999' WHERE name = 'urlkey'")
		}, []string{"newer newsonce", "upgrade newsonce"}},
		{"older URL key", func(s *setup) {
			s.exec("UPDATE meta SET value = '0' WHERE name = 'urlkey'")
		}, []string{"would not be recognised"}},
		{"damaged pages", func(s *setup) {
			b := s.read("newsonce.db")
			for i := 4096; i < len(b); i += 4096 {
				copy(b[i:], bytes.Repeat([]byte{0xa5}, 200))
			}
			s.write("newsonce.db", string(b))
		}, []string{"damaged", "newsonce state rebuild"}},
		{"cut in the middle", func(s *setup) { s.write("newsonce.db", string(s.read("newsonce.db")[:3*4096+100])) },
			[]string{"damaged", "newsonce state rebuild"}},
		{"a pipe", func(s *setup) {
			s.remove("newsonce.db")
			if err := syscall.Mkfifo(s.path("newsonce.db"), 0o644); err != nil {
				t.Skipf("cannot make a pipe: %v", err)
			}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			s.crawl().exits(t, 0)
			s.complete()
			good, items := s.read("newsonce.db"), s.items()
			c.harm(s)
			s.world.Publish(5)
			s.world.ResetLog()
			s.crawl().exits(t, 1, append(c.texts, s.path("newsonce.db"))...)
			s.silent()
			if !bytes.Equal(s.items(), items) {
				t.Error("the output was changed")
			}
			if r := run(t, s.args([]string{"status"})...); r.code != 1 && !strings.Contains(c.name, "URL key") {
				t.Errorf("status reports no error\n%s", r)
			}
			s.remove("newsonce.db")
			s.write("newsonce.db", string(good))
			s.crawl().exits(t, 0)
			s.complete()
		})
	}
}

func (s *setup) remove(name string) {
	s.t.Helper()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(s.path(name + suffix)); err != nil && !os.IsNotExist(err) {
			s.t.Fatal(err)
		}
	}
}

// The state may not be read.
func TestUnreadableState(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	if err := os.Chmod(s.path("newsonce.db"), 0); err != nil {
		t.Fatal(err)
	}
	s.crawl().exits(t, 1, s.path("newsonce.db"), "must be writable")
	if err := os.Chmod(s.path("newsonce.db"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.crawl().exits(t, 0)
	s.complete()
}

// A crawl without its state refuses the output that it does not know, rather than
// writing everything again.
func TestStateGone(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	s.remove("newsonce.db")
	items := s.items()
	s.crawl().exits(t, 1, s.path("items.jsonl"), "that this state did not write", "--accept-output")
	if !bytes.Equal(s.items(), items) {
		t.Error("the output was changed")
	}
	s.crawl("--accept-output").exits(t, 0, "everything that it holds will be fetched and written again")
}
