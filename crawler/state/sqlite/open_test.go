package sqlite

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	engine "zombiezen.com/go/sqlite"
)

// filled makes a state with n known URLs at path.
func filled(t *testing.T, path string, n int) {
	t.Helper()
	s := open(t, path)
	defer s.Close()
	if err := s.Begin(t.Context(), state.Run{ID: "r", Begun: time.Now()}); err != nil {
		t.Fatal(err)
	}
	claim(t, s, 1, n)
}

// claim commits a listing with n links whose keys count from first.
func claim(t testing.TB, s *leased, first, n int) []state.LinkVerdict {
	t.Helper()
	var got []state.LinkVerdict
	err := s.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(first, n)}},
		func(v []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
			got = v[0].Links
			return state.Effects{}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func links(first, n int) state.Visit {
	v := state.Visit{Site: "a", State: state.Done, At: time.Unix(1e9, 0)}
	for i := first; i < first+n; i++ {
		v.Links = append(v.Links, state.Link{URL: fmt.Sprintf("https://a.example/article/%d/", i), Key: uint64(i),
			Origin: "https://a.example", Site: "a"})
	}
	return v
}

// change rewrites a file.
func change(t *testing.T, path string, edit func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, edit(b), 0o644); err != nil {
		t.Fatal(err)
	}
}

// inSQL runs statements on the file, as somebody with the sqlite3 shell would.
func inSQL(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// TestWrongFiles opens files that are not a sound state of ours. Each must be
// refused with the file's name and what to do, and left as it is.
func TestWrongFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string)
		want error
		says []string // besides the path
	}{
		{"bytes overwritten in the middle", func(t *testing.T, path string) {
			filled(t, path, 2000)
			change(t, path, func(b []byte) []byte {
				copy(b[len(b)/2:], bytes.Repeat([]byte{0xa5}, 3*4096))
				return b
			})
		}, state.ErrDamaged, []string{"newsonce state rebuild"}},
		{"cut in half", func(t *testing.T, path string) {
			filled(t, path, 2000)
			change(t, path, func(b []byte) []byte { return b[:len(b)/2] })
		}, state.ErrDamaged, []string{"newsonce state rebuild"}},
		{"cut within a page", func(t *testing.T, path string) {
			filled(t, path, 2000)
			change(t, path, func(b []byte) []byte { return b[:len(b)-1000] })
		}, state.ErrDamaged, []string{"newsonce state rebuild"}},
		{"garbage for a header", func(t *testing.T, path string) {
			filled(t, path, 10)
			change(t, path, func(b []byte) []byte {
				copy(b, bytes.Repeat([]byte{0xff}, 100))
				return b
			})
		}, state.ErrForeign, []string{"not a database", "newsonce state rebuild"}},
		{"a text file", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("{\"type\":\"article\"}\n", 50)), 0o644); err != nil {
				t.Fatal(err)
			}
		}, state.ErrForeign, []string{`"state:"`}},
		{"another program's SQLite file", func(t *testing.T, path string) {
			inSQL(t, path, "CREATE TABLE bookmark(url TEXT); INSERT INTO bookmark VALUES ('https://a.example/')")
		}, state.ErrForeign, []string{"another program's", `"state:"`}},
		{"another program's SQLite file with our schema number", func(t *testing.T, path string) {
			inSQL(t, path, "CREATE TABLE meta(name TEXT); PRAGMA user_version = 1; PRAGMA application_id = 7")
		}, state.ErrForeign, nil},
		{"a newer schema", func(t *testing.T, path string) {
			filled(t, path, 10)
			inSQL(t, path, "PRAGMA user_version = 999")
		}, state.ErrNewer, []string{"schema 999", "upgrade newsonce"}},
		{"a newer URL key", func(t *testing.T, path string) {
			filled(t, path, 10)
			inSQL(t, path, "UPDATE meta SET value = '4' WHERE name = 'urlkey'")
		}, state.ErrNewer, []string{"version 4 of URL keys", "upgrade newsonce"}},
		{"a newer normal form", func(t *testing.T, path string) {
			filled(t, path, 10)
			inSQL(t, path, "UPDATE meta SET value = '3' WHERE name = 'normal_form'")
		}, state.ErrNewer, []string{"version 3 of the normal form"}},
		{"an older URL key", func(t *testing.T, path string) {
			filled(t, path, 10)
			inSQL(t, path, "UPDATE meta SET value = '2' WHERE name = 'urlkey'")
		}, nil, []string{"version 2 of URL keys", "would not be recognised"}},
		{"a version that is no number", func(t *testing.T, path string) {
			filled(t, path, 10)
			inSQL(t, path, "UPDATE meta SET value = 'x' WHERE name = 'urlkey'")
		}, state.ErrDamaged, []string{`"x"`}},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}, nil, []string{"is a folder", "name a file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			c.make(t, path)
			before, _ := os.ReadFile(path)
			s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			for _, want := range append(c.says, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("message does not say %q:\n%v", want, err)
				}
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the refused file was changed")
			}
			if c.want == state.ErrForeign || strings.Contains(c.name, "schema") || c.name == "a folder" {
				if r, err := OpenReader(path); err == nil {
					r.Close()
					t.Error("OpenReader opened it")
				} else if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), path) {
					t.Errorf("OpenReader: got %v, want %v with the path", err, c.want)
				}
			}
		})
	}
}

// TestKeyLogMismatch damages the key log so that SQLite sees nothing wrong.
// The first claim must find it, and store nothing.
func TestKeyLogMismatch(t *testing.T) {
	for _, c := range []struct{ name, damage, says string }{
		{"a row is missing", "DELETE FROM keylog", "0 url keys are logged, the newest row has id 10"},
		{"a row too many", "INSERT INTO keylog(headlines) VALUES (x'0100000000000000')",
			"1 headline keys are logged, the newest row has id 0"},
		{"a key twice", "INSERT INTO keylog(urls) SELECT urls FROM keylog", " is logged twice"},
		{"a bit", "UPDATE keylog SET urls = x'ff' || substr(urls, 2)", "row 1 of the key log does not match its checksum"},
		{"half a key", "UPDATE keylog SET urls = substr(urls, 1, 77)", "77 bytes"},
		{"a URL row is missing", "DELETE FROM url WHERE id = 10", "10 url keys are logged, the newest row has id 9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			filled(t, path, 10)
			inSQL(t, path, c.damage)
			s := open(t, path)
			defer s.Close()
			err := s.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(20, 1)}},
				func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
					t.Error("decide was called")
					return state.Effects{}, nil
				})
			if !errors.Is(err, state.ErrDamaged) {
				t.Fatalf("got %v, want ErrDamaged", err)
			}
			for _, want := range []string{c.says, path, "newsonce state rebuild"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("message does not say %q:\n%v", want, err)
				}
			}
		})
	}
}

// TestKeyLogIsMerged makes more rows of the key log than are kept.
func TestKeyLogIsMerged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	filled(t, path, 10)
	// As many commits with one URL each as are kept, and one.
	inSQL(t, path, fmt.Sprintf(`
		WITH RECURSIVE n(i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 10 + %d)
		INSERT INTO url(id, site, origin, state, url, source, found_on, found_at) SELECT i, 1, 1, 1, i, '', '', 0 FROM n`, maxKeylogRows))
	var all strings.Builder
	all.WriteString("BEGIN;")
	for i := 11; i <= 10+maxKeylogRows; i++ {
		fmt.Fprintf(&all, "INSERT INTO keylog(urls) VALUES (x'%x');", binary.LittleEndian.AppendUint64(nil, uint64(i)))
	}
	all.WriteString("COMMIT")
	inSQL(t, path, all.String())

	s := open(t, path)
	// A failed commit leaves the rows, and memory that agrees with them.
	failed := errors.New("full")
	if err := s.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(1, 1)}},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) { return state.Effects{}, failed }); err != failed {
		t.Fatal(err)
	}
	if n := count(t, s, "keylog"); n != maxKeylogRows+1 {
		t.Errorf("%d rows after a failed commit, want %d", n, maxKeylogRows+1)
	}
	claim(t, s, 10+maxKeylogRows, 2) // one known, one new
	s.Close()
	for range 2 {
		s = open(t, path)
		got := claim(t, s, 1, 11+maxKeylogRows)
		for i, lv := range got {
			if lv.New || lv.ID != state.URLID(i+1) {
				t.Fatalf("key %d: %+v, want known with id %d", i+1, lv, i+1)
			}
		}
		if n := count(t, s, "keylog"); n != 1 {
			t.Errorf("%d rows after the merge, want 1", n)
		}
		s.Close()
	}
}

func count(t *testing.T, s *leased, table string) int64 {
	t.Helper()
	n, err := only(s.conn, number, "SELECT count(*) FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEmptyFileBecomesAState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReader(path); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("OpenReader: got %v, want that it is empty", err)
	}
	filled(t, path, 3)
	s := open(t, path)
	defer s.Close()
	if id, err := s.LastURL(t.Context()); id != 3 || err != nil {
		t.Errorf("newest URL %d, %v, want 3", id, err)
	}
}

func TestOddFileNames(t *testing.T) {
	for _, name := range []string{"with space.db", "a?mode=ro.db", "50%.db", "x#y.db", "ü&=+.db", "file:x.db"} {
		path := filepath.Join(t.TempDir(), name)
		filled(t, path, 1)
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q was not made: %v", name, err)
		}
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere; run this test as another user")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions})
	if err == nil {
		s.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "must be writable") {
		t.Errorf("message: %v", err)
	}
}

// TestDiskFull bounds the file as a full disk does. The commit that does not
// fit must leave nothing; with room again the same commit is stored.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	filled(t, path, 100)
	s := open(t, path)
	defer s.Close()
	claim(t, s, 1, 1)
	pages, err := only(s.conn, number, "PRAGMA page_count")
	if err != nil {
		t.Fatal(err)
	}
	limit := func(n int64) {
		if err := exec(s.conn, fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 1)
	for range 2 {
		err := s.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(101, 2000)}},
			func([]state.Verdict, []state.Withdrawn) (state.Effects, error) { return state.Effects{}, nil })
		if err == nil {
			t.Fatal("2000 URLs fit into one page")
		}
		for _, want := range []string{path, "disk is full", "make room"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("message does not say %q: %v", want, err)
			}
		}
	}
	limit(1 << 30)
	got := claim(t, s, 100, 2001)
	if got[0].New || !got[1].New || got[1].ID != 101 || got[2000].ID != 2100 {
		t.Errorf("with room again: %+v, %+v … %+v", got[0], got[1], got[2000])
	}
}

// TestStatementsUseTheQueueIndexes holds the plans of the queries that every run
// and every host asks, at any size of the table.
func TestStatementsUseTheQueueIndexes(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "state.db"))
	defer s.Close()
	for _, q := range []struct {
		name, query, plan string
		args              []any
	}{
		{"due", dueQuery(wallsSchema, queuedOnly), "url_queue (site=? AND origin=? AND next_at<?)", []any{"a", "a.example", 0, 10}},
		{"due revisits", dueQuery(wallsSchema, revisitsOnly), "url_revisit (site=? AND origin=? AND next_at>? AND next_at<?)",
			[]any{"a", "a.example", 0, 10}},
		{"next revisit", nextQuery(revisitsOnly), "url_revisit (site=? AND origin=? AND next_at>?)",
			[]any{"a", "a.example", 0}},
		{"queues", queuesQuery, "url_revisit (site=? AND origin>?)", nil},
		{"end of revisits", endRevisits, "url_revisit (site=?)", []any{"a"}},
	} {
		t.Run(q.name, func(t *testing.T) {
			var plan strings.Builder
			if err := each(s.conn, "EXPLAIN QUERY PLAN "+q.query, q.args, func(row *engine.Stmt) error {
				plan.WriteString(row.ColumnText(3) + "\n")
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if got := plan.String(); !strings.Contains(got, q.plan) || strings.Contains(got,
				"SCAN url\n") || q.name[:3] == "due" && strings.Contains(got, "TEMP B-TREE") {
				t.Errorf("plan:\n%s", got)
			}
		})
	}
}

// TestKeyLogClaimsTooMuch has a row of the key log say that it holds 2 GB, in a
// state that is too large to be checked as a whole when it is opened. Nothing
// may be allocated for that.
func TestKeyLogClaimsTooMuch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	filled(t, path, 10)
	inSQL(t, path, "PRAGMA journal_mode = DELETE; UPDATE run SET ended = 5; CREATE TABLE ballast(b); INSERT INTO ballast VALUES (zeroblob(17000000));"+
		"DELETE FROM keylog; INSERT INTO keylog(seq, urls) VALUES (77, zeroblob(40000))")
	// A cell of a table: size of the payload, rowid, then the header: its size and
	// a serial type a column, 0 for NULL (SQLite database file format, 1.6, 2.1).
	cell := func(blob int) []byte {
		header := append([]byte{0}, varint(uint64(2*blob+12))...)
		header = append(header, 0, 0, 0, 0)
		header = append([]byte{byte(len(header) + 1)}, header...)
		return append(append(varint(uint64(blob+len(header))), 77), header...)
	}
	change(t, path, func(b []byte) []byte {
		at := bytes.Index(b, cell(40000))
		if at < 0 {
			t.Fatal("the row is not where it was expected")
		}
		copy(b[at:], cell(2_000_000_000))
		return b
	})
	s := open(t, path)
	defer s.Close()
	err := s.Commit(t.Context(), state.Batch{Visits: []state.Visit{links(20, 1)}},
		func([]state.Verdict, []state.Withdrawn) (state.Effects, error) {
			t.Error("decide was called")
			return state.Effects{}, nil
		})
	if !errors.Is(err, state.ErrDamaged) || !strings.Contains(err.Error(),
		"claims 2000000000 bytes") || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want ErrDamaged with what is claimed and the path", err)
	}
}

// varint is a number as SQLite's varint, the highest 7 bits first.
func varint(n uint64) (b []byte) {
	for b = []byte{byte(n & 127)}; n > 127; {
		n >>= 7
		b = append([]byte{byte(n&127) | 128}, b...)
	}
	return b
}

// TestReadErrorIsNoDamage: quick_check reports what the disk could not read as damage.
func TestReadErrorIsNoDamage(t *testing.T) {
	for verdict, want := range map[string]engine.ResultCode{
		"ok": engine.ResultOK,
		"Tree 2 page 9: unable to get the page. error code=266": engine.ResultIOErrRead,
		"Tree 2 page 9: unable to get the page. error code=10":  engine.ResultIOErr,
		"Tree 2 page 9: unable to get the page. error code=11":  engine.ResultOK,
		"Tree 2 page 9 cell 1: Offset 9 out of range 1..2":      engine.ResultOK,
	} {
		if got := readError(verdict); got != want {
			t.Errorf("%s: %v, want %v", verdict, got, want)
		}
	}
}

// TestDerivedDataIsStartedAnew damages pages of the near-duplicate data: the state opens,
// says so, and holds all else.
func TestDerivedDataIsStartedAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	filled(t, path, 2000)
	inSQL(t, path, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
	    INSERT INTO sketch SELECT i, zeroblob(900) || x'5ce7c4' FROM n`)
	mark := bytes.Repeat([]byte{0x5c, 0xe7, 0xc4}, 1)
	change(t, path, func(b []byte) []byte {
		at := bytes.LastIndex(b, mark) / pageSize * pageSize
		copy(b[at:], bytes.Repeat([]byte{0xa5}, pageSize))
		return b
	})
	var said []string
	s, err := Open(t.Context(), path, state.OpenOptions{Versions: versions, Repaired: func(what string) { said = append(said, what) }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(said) != 1 || !strings.Contains(said[0], "near-duplicates") || !strings.Contains(said[0], path) {
		t.Errorf("said %q", said)
	}
	if n := count(t, &leased{Store: s}, "sketch"); n != 0 {
		t.Errorf("%d sketches are left", n)
	}
	if n := count(t, &leased{Store: s}, "url"); n != 2000 {
		t.Errorf("%d URLs are left, want 2000", n)
	}
	fresh := filepath.Join(t.TempDir(), "fresh.db")
	filled(t, fresh, 1)
	f := open(t, fresh)
	defer f.Close()
	const schema = "SELECT group_concat(sql, '\n') FROM (SELECT sql FROM sqlite_master WHERE tbl_name IN ('near', 'sketch') ORDER BY name)"
	want, err := only(f.conn, text, schema)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := only(s.conn, text, schema); got != want || err != nil {
		t.Errorf("schema afterwards\n%s\n%v, want\n%s", got, err, want)
	}
}
