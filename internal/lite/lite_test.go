package lite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
)

func open(t testing.TB) *Conn {
	t.Helper()
	c, err := Open(filepath.Join(t.TempDir(), "a.db"), time.Second, "synchronous(OFF)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	do(t, c, "CREATE TABLE x(a, b)")
	return c
}

func do(t testing.TB, c *Conn, query string, args ...any) {
	t.Helper()
	if err := c.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

func count(t testing.TB, c *Conn) (n int) {
	t.Helper()
	if err := c.First("SELECT count(*) FROM x", nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// raw puts an error of Within down as what was done.
func raw(doing string, err error) error { return fmt.Errorf("%s: %w", doing, err) }

// TestValues: what is bound comes back as it was.
func TestValues(t *testing.T) {
	c := open(t)
	var (
		i   int
		i64 int64
		u32 uint32
		u64 uint64
		u8  uint8
		b   bool
		s   string
		raw = []byte("left from before")
	)
	for _, test := range []struct {
		in   any
		dest any
		got  func() any
	}{
		{math.MinInt64, &i, func() any { return i }},
		{int64(math.MaxInt64), &i64, func() any { return i64 }},
		{uint32(math.MaxUint32), &u32, func() any { return u32 }},
		{uint64(math.MaxUint64), &u64, func() any { return u64 }},
		{uint8(255), &u8, func() any { return u8 }},
		{true, &b, func() any { return b }},
		{"", &s, func() any { return s }},
		{"a\x00b, ü", &s, func() any { return s }},
	} {
		if err := c.First("SELECT ?", []any{test.in}, test.dest); err != nil {
			t.Fatal(err)
		}
		if got := test.got(); got != test.in {
			t.Errorf("%#v came back as %#v", test.in, got)
		}
	}
	for _, in := range [][]byte{nil, {}, {0, 1, 255}} {
		var null bool
		if err := c.First("SELECT ?1, ?1 IS NULL", []any{in}, &raw, &null); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, in) || null != (in == nil) {
			t.Errorf("%#v came back as %#v, null %t", in, raw, null)
		}
	}
	i = 7
	if err := c.First("SELECT ?", []any{nil}, &i); err != nil || i != 0 {
		t.Errorf("NULL is %d, %v, want 0", i, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a time was bound")
		}
	}()
	c.Exec("SELECT ?", time.Now())
}

// TestRows: none, one and many, and a query that is left before its end.
func TestRows(t *testing.T) {
	c := open(t)
	number := func(r Row) (n int) { r.Scan(&n); return n }
	var n int
	if err := c.First("SELECT a FROM x", nil, &n); !errors.Is(err, ErrNoRow) {
		t.Errorf("got %v, want ErrNoRow", err)
	}
	if _, ok, err := One(c, number, "SELECT a FROM x"); ok || err != nil {
		t.Errorf("one of none: %t, %v", ok, err)
	}
	for _, size := range []int{0, 1, 5, 21, 100} {
		do(t, c, "DELETE FROM x")
		want := make([]int, size)
		for i := range want {
			want[i] = i
		}
		if err := Insert(c, "INSERT INTO x(a, b)", want, func(b *Binder, n *int) { b.Add(*n, "text") }); err != nil {
			t.Fatal(err)
		}
		if got, err := Collect(c, number, "SELECT a FROM x WHERE b = ? ORDER BY a", "text"); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d rows: got %v, %v", size, got, err)
		}
	}
	if got, ok, err := One(c, number, "SELECT a FROM x ORDER BY a DESC"); got != 99 || !ok || err != nil {
		t.Errorf("one of many: %d, %t, %v", got, ok, err)
	}
	enough := errors.New("enough")
	seen := 0
	if err := c.Each("SELECT a FROM x", nil, func(Row) error { seen++; return enough }); err != enough || seen != 1 {
		t.Errorf("%v after %d rows, want the error of the first", err, seen)
	}
	do(t, c, "DROP TABLE x") // which an open query would forbid
}

// TestView lends a column for as long as its row lasts.
func TestView(t *testing.T) {
	c := open(t)
	do(t, c, "INSERT INTO x VALUES (?, NULL)", []byte("some bytes"))
	err := c.Each("SELECT a, b FROM x", nil, func(r Row) error {
		var got []byte
		for i := range 2 {
			if err := r.View(i, func(b []byte) error { got = append(got, b...); return nil }); err != nil {
				return err
			}
		}
		if string(got) != "some bytes" {
			t.Errorf("got %q", got)
		}
		return r.View(0, func([]byte) error { return context.Canceled })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the error of View", err)
	}
}

// TestWithin: a transaction is kept whole or not at all.
func TestWithin(t *testing.T) {
	c := open(t)
	insert := func() error { return c.Exec("INSERT INTO x(a) VALUES (1)") }
	if err := c.Within(t.Context(), raw, insert); err != nil || count(t, c) != 1 {
		t.Fatalf("%d rows, %v", count(t, c), err)
	}
	broken := errors.New("broken")
	if err := c.Within(t.Context(), raw, func() error { return errors.Join(insert(), broken) }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		c.Within(t.Context(), raw, func() error { insert(); panic("at the disco") })
	}()
	ctx, cancel := context.WithCancel(t.Context())
	err := c.Within(ctx, raw, func() error {
		cancel()
		for { // the interrupt comes beside us
			if err := insert(); err != nil {
				return err
			}
		}
	})
	if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultInterrupt {
		t.Errorf("got %v, want an interrupt", err)
	}
	if n := count(t, c); n != 1 {
		t.Errorf("%d rows, want the one of the first", n)
	}
	if err := c.Within(t.Context(), raw, insert); err != nil || count(t, c) != 2 {
		t.Errorf("%d rows, %v: the connection is not usable", count(t, c), err)
	}
	// A statement may end the transaction by itself.
	do(t, c, "CREATE UNIQUE INDEX once ON x(b) WHERE b IS NOT NULL")
	err = c.Within(t.Context(), raw, func() error {
		if err := c.Exec("INSERT INTO x(b) VALUES (1)"); err != nil {
			return err
		}
		return c.Exec("INSERT OR ROLLBACK INTO x(b) VALUES (1)")
	})
	if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultConstraint || count(t, c) != 2 {
		t.Errorf("%d rows, %v, want 2 and a constraint", count(t, c), err)
	}
}

// TestUntil ends a query that would run for ever.
func TestUntil(t *testing.T) {
	c := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	free := c.Until(ctx)
	var n int
	err := c.First("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT count(*) FROM n", nil, &n)
	if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultInterrupt {
		t.Errorf("got %v, want an interrupt", err)
	}
	free()
	count(t, c)
}

// TestAllocations: binding and scanning numbers costs nothing.
func TestAllocations(t *testing.T) {
	c := open(t)
	do(t, c, "INSERT INTO x VALUES (1000000, 2000000)")
	n := testing.AllocsPerRun(100, func() {
		var a, b int64
		if err := c.First("SELECT a, b FROM x WHERE a = ?", []any{int64(1000000)}, &a, &b); err != nil || b != 2000000 {
			t.Fatal(b, err)
		}
		if err := c.Exec("UPDATE x SET b = ? WHERE a = ?", b, a); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%.0f allocations", n)
	}
}
