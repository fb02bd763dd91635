package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// olderState makes a state of schema 1 with one URL and one output at path.
func olderState(t *testing.T, path string) {
	t.Helper()
	c, err := connect(path, "page_size(4096)", "journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), c, path, newest(t)[:1], state.OpenOptions{Versions: versions}); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"INSERT INTO site(id, name, urls) VALUES (1, 'a', 1)",
		"INSERT INTO origin(id, name) VALUES (1, 'https://a.example')",
		"INSERT INTO url(id, site, origin, state, url, source, found_on, found_at) VALUES (1, 1, 1, 0, 'https://a.example/article/1/', '', '', 0)",
		"INSERT INTO keylog(urls) VALUES (x'0100000000000000')",
		"INSERT INTO output VALUES ('items.jsonl', 10, 1, -1, 0, 0, 0, 0, 0, '', '', '')",
	} {
		if err := exec(c, statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func newest(t *testing.T) []step {
	t.Helper()
	list, err := steps()
	if err != nil || len(list) < 2 {
		t.Fatalf("%d steps, %v", len(list), err)
	}
	return list
}

// TestMigrationKeepsACopy opens a state of an earlier schema: what is about to
// happen is told, the copy is the state as it was, and the state knows the same.
func TestMigrationKeepsACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	olderState(t, path)
	if err := os.WriteFile(path+".bak-1.part", []byte("of a migration that was killed"), 0o644); err != nil {
		t.Fatal(err)
	}
	var told []state.Migration
	s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions,
		Migrating: func(m state.Migration) { told = append(told, m) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0].From != 1 || told[0].To != len(newest(t)) || told[0].Copy != path+".bak-1" || told[0].Bytes == 0 {
		t.Errorf("told %+v, want one migration from 1 with its copy", told)
	}
	if text := told[0].String(); !strings.Contains(text, path) || !strings.Contains(text, "kB") || !strings.Contains(text,
		"about 1s") {
		t.Errorf("the message %q lacks the path, the size or the time", text)
	}
	leases, err := s.Lease(t.Context(), "test", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := claim(t, &leased{s, leases}, 1, 2); got[0].New || !got[1].New {
		t.Errorf("after the migration: %+v, want one known and one new", got)
	}
	s.Close()

	told = nil
	s, err = Open(t.Context(), path, state.OpenOptions{Versions: versions,
		Migrating: func(m state.Migration) { told = append(told, m) }})
	if err != nil || len(told) > 0 {
		t.Fatalf("opened again: %v, told %+v", err, told)
	}
	s.Close()

	c, err := openReader(path + ".bak-1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := schemaVersion(c, path, 1); n != 1 || err != nil {
		t.Errorf("schema of the copy: %d, %v, want 1", n, err)
	}
	if n, err := only(c, number, "SELECT count(*) FROM url"); n != 1 || err != nil {
		t.Errorf("%d URLs in the copy, %v, want 1", n, err)
	}
	if _, err := os.Stat(path + ".bak-1.part"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished copy: %v, want that it is gone", err)
	}
}

// TestMigrationFails leaves the state as it was, and readable.
func TestMigrationFails(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	olderState(t, path)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name string
		ctx  context.Context
		to   []step
		want string
	}{
		{"a step that fails", t.Context(), append(newest(t),
			step{"last.sql", "CREATE TABLE half(a); UPDATE absent SET a = 1"}), "no such table: absent"},
		{"it is stopped", cancelled, newest(t), "context canceled"},
		{"other versions", t.Context(), nil, "version 3 of URL keys"},
	} {
		conn, err := connect(path)
		if err != nil {
			t.Fatal(err)
		}
		o := state.OpenOptions{Versions: versions}
		if c.to == nil {
			c.to, o.Versions.URLKey = newest(t), 2
		}
		if err := migrate(c.ctx, conn, path, c.to, o); err == nil || !strings.Contains(err.Error(),
			c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %q and the path", c.name, err, c.want)
		}
		if n, err := schemaVersion(conn, path, 1); n != 1 || err != nil {
			t.Errorf("%s: schema %d afterwards, %v, want 1", c.name, n, err)
		}
		conn.Close()
		if _, err := os.Stat(path + ".bak-1.part"); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: it left an unfinished copy: %v", c.name, err)
		}
	}
	r, err := OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	outputs, err := r.Outputs(t.Context())
	if err != nil || len(outputs) != 1 || !strings.Contains(string(outputs[0].Data), `"tail":"18446744073709551615"`) {
		t.Errorf("outputs of the state that was not migrated: %+v, %v", outputs, err)
	}
	if _, _, err := r.Due(t.Context(), state.Queue{Site: "a", Origin: "https://a.example"}, time.Now(), 1); err != nil {
		t.Errorf("queue of the state that was not migrated: %v", err)
	}
}

func TestMigrationNeedsRoom(t *testing.T) {
	m := state.Migration{State: "news.db", From: 1, To: 2, Copy: "news.db.bak-1", Bytes: 1000}
	if err := hasRoom(m, 2000); err != nil {
		t.Errorf("with enough room: %v", err)
	}
	err := hasRoom(m, 1999)
	if err == nil {
		t.Fatal("it found room")
	}
	for _, want := range []string{"news.db.bak-1", "need 2.0 kB", "make room", "nothing was changed"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("message %q lacks %q", err, want)
		}
	}
}
