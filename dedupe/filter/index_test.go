package filter

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

func open(t *testing.T, path string) *indexFile {
	t.Helper()
	f, err := openIndex(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// put adds the next document.
func put(t *testing.T, f *indexFile, head uint64, id, text string, when time.Time) dedupe.Doc {
	t.Helper()
	_, sketch := dedupe.Read("A title", text)
	d := dedupe.Doc{ID: f.next(), Sketch: sketch, URL: "http://x.example/" + id, Site: "x.example", When: when}
	if err := f.add(d, head, json.RawMessage(id)); err != nil {
		t.Fatal(err)
	}
	return d
}

var prose = strings.Repeat("The council adopted the plan of harbour works on Thursday with twelve votes against three. ", 5)

// TestIndexKeepsCommitted: what was committed is found again, and nothing else.
func TestIndexKeepsCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d.db")
	f := open(t, path)
	first := put(t, f, 1, `"a"`, prose, time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC))
	second := put(t, f, 1, "7", prose+"More.", time.Time{})
	if err := errors.Join(f.commit(), f.close()); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	put(t, f, 3, `"lost"`, prose, time.Time{})
	if err := f.close(); err != nil {
		t.Fatal(err)
	}

	f = open(t, path)
	defer f.close()
	if f.next() != 3 {
		t.Errorf("the next document is %d, want 3", f.next())
	}
	for _, test := range []struct {
		id   string
		want dedupe.Doc
		head uint64
	}{{`"a"`, first, 1}, {"7", second, 1}, {`"lost"`, dedupe.Doc{}, 0}} {
		got, head, ok, err := f.find(t.Context(), json.RawMessage(test.id))
		if err != nil || ok != (test.head != 0) || head != test.head || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, %v: head %d, %+v; want %d, %+v", test.id, ok, err, head, got, test.head, test.want)
		}
	}
	if id, err := f.id(2); string(id) != "7" || err != nil {
		t.Errorf("document 2 has the id %s, %v; want 7", id, err)
	}
	if sketch, err := f.sketch(2); err != nil || !reflect.DeepEqual(sketch, second.Sketch) {
		t.Errorf("document 2 has another sketch (%v)", err)
	}
	if _, err := f.sketch(3); !errors.Is(err, errMissing) {
		t.Errorf("document 3: %v, want errMissing", err)
	}
}

func TestIndexRefusesFiles(t *testing.T) {
	dir := t.TempDir()
	changed := func(name string, statement string) string {
		path := filepath.Join(dir, name)
		f := open(t, path)
		if err := errors.Join(f.commit(), f.close()); err != nil {
			t.Fatal(err)
		}
		conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(sqlitex.ExecuteTransient(conn, statement, nil), conn.Close()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("{}\n", 400)), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		want       error
	}{
		{"a text", text, ErrForeign},
		{"another program's database", changed("foreign", "PRAGMA application_id = 7"), ErrForeign},
		{"a later schema", changed("later", "PRAGMA user_version = 99"), ErrVersion},
		{"another normal form", changed("form", "UPDATE made SET normal_form = 99"), ErrVersion},
	} {
		before, err := os.ReadFile(test.path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := openIndex(test.path); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.path) {
			t.Errorf("%s: %v, want %v with the path", test.name, err, test.want)
		}
		if after, err := os.ReadFile(test.path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the file was changed (%v)", test.name, err)
		}
	}
}

func TestIndexIsLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen.db")
	f := open(t, path)
	if _, err := openIndex(path); !errors.Is(err, ErrLocked) {
		t.Errorf("while it is new: %v, want ErrLocked", err)
	}
	if err := errors.Join(f.commit(), f.close()); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	defer f.close()
	if _, err := openIndex(path); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want ErrLocked", err)
	}
}
