package judged

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	_ "modernc.org/sqlite" // to break indexes
)

func open(t *testing.T, path string) *File {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func document(id, head uint64, name, text string) Document {
	_, sketch := dedupe.Read("A title", text)
	d := Document{Head: head, Name: json.RawMessage(name)}
	d.ID, d.Sketch, d.URL, d.Site = id, sketch, "https://x.example/"+name, "x.example"
	return d
}

var prose = strings.Repeat("The council adopted the plan of harbour works on Thursday with twelve votes against three. ", 5)

func TestFileKeepsWhatIsCommitted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d.db")
	f := open(t, path)
	first, second := document(1, 1, `"a"`, prose), document(2, 1, "7", prose+"More.")
	first.When = time.Date(2025, 3, 1, 10, 0, 0, 0, time.UTC)
	for _, d := range []Document{first, second} {
		if err := f.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(f.Commit(), f.Close()); err != nil {
		t.Fatal(err)
	}

	f = open(t, path)
	if err := errors.Join(f.Add(document(3, 3, `"lost"`, prose)), f.Close()); err != nil {
		t.Fatal(err)
	}

	f = open(t, path)
	defer f.Close()
	if f.Len() != 2 {
		t.Errorf("%d documents, want the 2 that were committed", f.Len())
	}
	got, found, err := f.Named(t.Context(), json.RawMessage(`"a"`))
	if err != nil || !found || got.ID != 1 || got.Head != 1 || !got.When.Equal(first.When) || got.URL != first.URL || got.Site != first.Site {
		t.Errorf("found %v, %v: %+v, want %+v", found, err, got, first)
	}
	if got, _, _ := f.Named(t.Context(), json.RawMessage("7")); got.Head != 1 || !got.When.IsZero() {
		t.Errorf("the second is %+v", got)
	}
	if _, found, err := f.Named(t.Context(), json.RawMessage(`"lost"`)); found || err != nil {
		t.Errorf("what was not committed is found: %v, %v", found, err)
	}
	if name, err := f.Name(2); string(name) != "7" || err != nil {
		t.Errorf("name %s, %v", name, err)
	}
	sketch, err := f.Sketch(2)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := sketch.AppendBinary(nil)
	if b, _ := second.Sketch.AppendBinary(nil); !bytes.Equal(a, b) {
		t.Error("the sketch is another one")
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, statements string) string {
		path := filepath.Join(dir, name)
		f := open(t, path)
		if err := errors.Join(f.Commit(), f.Close()); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statements); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
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
		{"another program's database", file("foreign", "PRAGMA application_id = 7"), ErrForeign},
		{"a later schema", file("later", "PRAGMA user_version = 99"), ErrVersion},
		{"another normal form", file("form", "UPDATE made SET normal_form = 99"), ErrVersion},
	} {
		before, err := os.ReadFile(test.path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(test.path); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.path) {
			t.Errorf("%s: %v, want %v with the path", test.name, err, test.want)
		}
		if after, err := os.ReadFile(test.path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: the file was changed (%v)", test.name, err)
		}
	}
}

func TestOneRunAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen.db")
	f := open(t, path)
	if _, err := Open(path); !errors.Is(err, ErrLocked) {
		t.Errorf("while it is new: %v, want ErrLocked", err)
	}
	if err := errors.Join(f.Commit(), f.Close()); err != nil {
		t.Fatal(err)
	}
	f = open(t, path)
	defer f.Close()
	if _, err := Open(path); !errors.Is(err, ErrLocked) {
		t.Errorf("%v, want ErrLocked", err)
	}
}
