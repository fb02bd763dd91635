package testpg_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/internal/testpg"
)

func TestMain(m *testing.M) { os.Exit(testpg.Run(m)) }

func TestRestart(t *testing.T) {
	url := testpg.Database(t)
	s := testpg.Shared(t)
	for _, end := range []func(){s.Stop, s.Crash} {
		end()
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		c, err := pgx.Connect(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		c.Close(t.Context())
	}
}
