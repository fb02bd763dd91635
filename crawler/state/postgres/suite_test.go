package postgres

import (
	"os"
	"testing"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/statetest"
	"github.com/newsonce/newsonce/internal/testpg"
)

func TestMain(m *testing.M) { os.Exit(testpg.Run(m)) }

var versions = state.Versions{URLKey: 3, NormalForm: 2}

// open opens the state in a database, and closes it after the test.
func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, state.OpenOptions{Versions: versions})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	server := testpg.Shared(t)
	var all []*database
	statetest.Run(t, func(t *testing.T, path string) state.Store {
		d := databaseOf(t, server, &all, path)
		s, err := Open(t.Context(), d.url, state.OpenOptions{Versions: versions})
		if err != nil {
			t.Fatal(err)
		}
		d.open = true
		return &closing{s, d}
	})
}

// database holds the state of one path of the suite. Making one takes a third of a
// second, so that those whose state was closed are emptied and used again.
type database struct {
	url, path string
	open      bool
}

// closing is a store that tells when it is closed.
type closing struct {
	*Store
	d *database
}

func (c *closing) Close() error {
	c.d.open = false
	return c.Store.Close()
}

func databaseOf(t *testing.T, server *testpg.Server, all *[]*database, path string) *database {
	t.Helper()
	var free *database
	for _, d := range *all {
		if d.path == path {
			return d
		}
		if !d.open {
			free = d
		}
	}
	if free != nil {
		free.path = path
		empty(t, free.url)
		return free
	}
	url, err := server.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := &database{url: url, path: path}
	*all = append(*all, d)
	return d
}

// empty makes the state in a database as new.
func empty(t testing.TB, url string) {
	t.Helper()
	s := open(t, url)
	defer s.Close()
	for _, query := range []string{
		`DO $$ DECLARE name text; BEGIN
		    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'newsonce'::regnamespace AND relkind = 'r'
		        AND relname <> 'meta' LOOP
		        EXECUTE 'DELETE FROM newsonce.' || name; END LOOP;
		    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'newsonce'::regnamespace AND relkind = 'S' LOOP
		        EXECUTE 'ALTER SEQUENCE newsonce.' || name || ' RESTART'; END LOOP;
		END $$`,
		"DELETE FROM newsonce.meta WHERE name IN ('withdrawals', 'walls_checked', 'unjudged_texts')",
	} {
		if _, err := s.pool.Exec(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
}
