package salvage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// script makes a table with rowids, one without, and rows of all kinds and sizes.
const script = `PRAGMA journal_mode = WAL;
CREATE TABLE a (id INTEGER PRIMARY KEY, n INTEGER, t TEXT, b BLOB, r REAL);
CREATE TABLE w (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE INDEX a_n ON a(n);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 600)
INSERT INTO a SELECT i * 3, CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE (i - 300) * (1 << (i % 40)) END,
    substr(hex(zeroblob(6000)), 1, i * i % 9000), zeroblob(i % 50), i + 0.5 FROM c;
INSERT INTO w SELECT 'name ' || id, zeroblob(id * 5 % 3000) FROM a;
`

// newFile makes a database by a script, with its log, and returns its rows as SQLite
// reads them, by table and key.
func newFile(t testing.TB, script string) (path string, rows map[string][]Value) {
	t.Helper()
	dir := t.TempDir()
	c, err := engine.OpenConn(filepath.Join(dir, "live.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for statement := range strings.SplitSeq(strings.TrimSuffix(script, ";\n"), ";\n") {
		if err := sqlitex.ExecuteTransient(c, strings.TrimSpace(statement), nil); err != nil {
			t.Fatal(err)
		}
	}
	rows = map[string][]Value{}
	for table, query := range map[string]string{"a": "SELECT * FROM a", "w": "SELECT * FROM w"} {
		err := sqlitex.Execute(c, query, &sqlitex.ExecOptions{ResultFunc: func(s *engine.Stmt) error {
			row := make([]Value, s.ColumnCount())
			for i := range row {
				switch s.ColumnType(i) {
				case engine.TypeInteger:
					row[i] = s.ColumnInt64(i)
				case engine.TypeFloat:
					row[i] = s.ColumnFloat(i)
				case engine.TypeText:
					row[i] = s.ColumnText(i)
				case engine.TypeBlob:
					b := make([]byte, s.ColumnLen(i))
					s.ColumnBytes(i, b)
					row[i] = b
				}
			}
			rows[fmt.Sprint(table, " ", row[0])] = row
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(dir, "copy.db")
	for _, suffix := range []string{"", "-wal"} { // while the log is not written back
		b, err := os.ReadFile(filepath.Join(dir, "live.db") + suffix)
		if err == nil {
			err = os.WriteFile(path+suffix, b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return path, rows
}

// read returns the rows that Rows finds, as newFile does.
func read(t testing.TB, path string, stray bool) (map[string][]Value, Lost) {
	t.Helper()
	f, err := Open(path, 4096)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[string][]Value{}
	lost, err := f.Rows(func(table string, id int64, row []Value) error {
		switch {
		case table == "" && stray && len(row) == 5 && id > 0:
			table = "a"
		case table == "":
			return nil
		}
		if id != 0 {
			row[0] = id
		}
		key := fmt.Sprint(table, " ", row[0])
		if _, ok := rows[key]; !ok {
			rows[key] = row
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows, lost
}

// Rows of an undamaged file are those that SQLite reads, with the log or without.
func TestRowsOfASoundFile(t *testing.T) {
	for name, script := range map[string]string{
		"in the log":   script,
		"written back": script + "PRAGMA wal_checkpoint(TRUNCATE);\n",
		"in both":      script + "PRAGMA wal_checkpoint(TRUNCATE);\nUPDATE a SET t = 'new' WHERE id % 5 = 0;\nDELETE FROM w WHERE name LIKE '%7';\n",
	} {
		path, want := newFile(t, script)
		got, lost := read(t, path, false)
		if lost.Any() || len(got) != len(want) {
			t.Errorf("%s: %d rows, lost %+v, want %d", name, len(got), lost, len(want))
		}
		for key, row := range want {
			if !reflect.DeepEqual(got[key], row) {
				t.Errorf("%s: %s is %.80v, want %.80v", name, key, got[key], row)
			}
		}
	}
}

// A log that is damaged counts up to the damage, as whole transactions.
func TestRowsOfADamagedLog(t *testing.T) {
	path, _ := newFile(t, script+"PRAGMA wal_checkpoint(TRUNCATE);\nUPDATE a SET n = -1;\nUPDATE a SET n = -2;\n")
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	log[len(log)-100]++
	if err := os.WriteFile(path+"-wal", log, 0o644); err != nil {
		t.Fatal(err)
	}
	got, _ := read(t, path, false)
	for id := int64(3); id <= 1800; id += 3 {
		if row := got[fmt.Sprint("a ", id)]; len(row) == 0 || row[1] != int64(-1) {
			t.Fatalf("row %d is %.60v, want the one before the damaged transaction", id, row)
		}
	}
}

// What is damaged costs its own rows, and no other.
func TestRowsOfADamagedFile(t *testing.T) {
	path, want := newFile(t, script+"PRAGMA wal_checkpoint(TRUNCATE);\n")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		damage func([]byte) []byte
		least  int // rows of table a
	}{
		"no header":         {func(b []byte) []byte { clear(b[:100]); return b }, 500},
		"no first page":     {func(b []byte) []byte { clear(b[:4096]); return b }, 500},
		"the first half":    {func(b []byte) []byte { return b[:len(b)/2] }, 100},
		"a page of zeros":   {func(b []byte) []byte { clear(b[40*4096 : 41*4096]); return b }, 500},
		"nothing":           {func([]byte) []byte { return nil }, 0},
		"a byte is missing": {func(b []byte) []byte { return b[:len(b)-1] }, 590},
		"every second zero": {func(b []byte) []byte {
			for i := 8; i < len(b); i += 8192 {
				clear(b[i:min(len(b), i+4088)])
			}
			return b
		}, 0},
	} {
		if err := os.WriteFile(path, c.damage(append([]byte{}, sound...)), 0o644); err != nil {
			t.Fatal(err)
		}
		got, _ := read(t, path, true)
		n := 0
		for key, row := range got {
			if strings.HasPrefix(key, "a ") {
				n++
			}
			if w, ok := want[key]; ok && name != "every second zero" && !reflect.DeepEqual(row, w) {
				t.Errorf("%s: %s is %.80v, want %.80v", name, key, row, w)
			}
		}
		if n < c.least {
			t.Errorf("%s: %d rows, want at least %d", name, n, c.least)
		}
	}
}

// No bytes make it panic, run for ever or use memory without end.
func FuzzRows(f *testing.F) {
	path, _ := newFile(f, strings.ReplaceAll(script, "600)", "40)")+"PRAGMA wal_checkpoint(TRUNCATE);\n")
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for seed := range uint64(20) {
		f.Add(seed, 30)
	}
	f.Fuzz(func(t *testing.T, seed uint64, n int) {
		b := append([]byte{}, sound...)
		r := rand.New(rand.NewPCG(seed, 0))
		for range min(max(n, 0), 1000) {
			page := r.IntN(len(b) / 4096)
			b[page*4096+r.IntN(4096)>>r.IntN(9)] = byte(r.Uint32() >> r.IntN(32))
		}
		path := filepath.Join(t.TempDir(), "damaged.db")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		rows, _ := read(t, path, true)
		if len(maps.Clone(rows)) > len(b) {
			t.Errorf("%d rows of %d bytes", len(rows), len(b))
		}
	})
}

func TestParseRecord(t *testing.T) {
	for _, c := range []struct {
		name string
		b    []byte
		want []Value
	}{
		{"null, 0, 1", []byte{4, 0, 8, 9}, []Value{nil, int64(0), int64(1)}},
		{"one byte, negative", []byte{2, 1, 0xff}, []Value{int64(-1)}},
		{"three bytes", []byte{2, 3, 1, 0, 2}, []Value{int64(65538)}},
		{"a text and a blob", []byte{3, 17, 14, 'o', 'k', 7}, []Value{"ok", []byte{7}}},
		{"an empty text", []byte{2, 13}, []Value{""}},
		{"no column", []byte{1}, nil},
		{"nothing", nil, nil},
		{"bytes left over", []byte{2, 8, 1}, nil},
		{"too short", []byte{2, 4, 1, 2}, nil},
		{"a header longer than all", []byte{9, 8}, nil},
		{"a type that is not used", []byte{2, 10}, nil},
		{"no text", []byte{2, 15, 0xff}, nil},
	} {
		got, ok := parseRecord(c.b)
		if ok != (c.want != nil) || ok && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, ok, c.want)
		}
	}
}

func TestVarint(t *testing.T) {
	for _, c := range []struct {
		b []byte
		v uint64
		n int
	}{
		{[]byte{0}, 0, 1}, {[]byte{0x7f}, 127, 1}, {[]byte{0x81, 0}, 128, 2}, {[]byte{0x81}, 0, 0}, {nil, 0, 0},
		{[]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, 1<<64 - 1, 9},
	} {
		if v, n := varint(c.b); v != c.v || n != c.n {
			t.Errorf("varint(%x) = %d, %d, want %d, %d", c.b, v, n, c.v, c.n)
		}
	}
}
