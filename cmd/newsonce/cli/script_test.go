package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/schema"
	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"newsonce": func() {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Options{}))
	}})
}

// TestScript runs testdata/script: each file is a session with the program.
// $SEED is the folder of the seed pages. Besides testscript's commands there are
//
//	exits CODE COMMAND...  the command ends with this exit code
//	world SITES ARTICLES   serves a news world, writes crawl.yaml for it
//	publish N              has it publish N articles
//	breaks PATH STATUS     has it answer this path of its first site so; STATUS 0: with an empty page
//	mends                  has it answer as ever
//	truth FILE             the file holds what the world published, item by item
//	bucket NAME            serves an object storage with a bucket, names it in crawl.yaml
//	storage answers STATUS CODE PART  has it refuse objects with PART in their names
//	storage works          has it answer as ever
//	objects FILE           writes the lines of all objects to the file
//	append FILE LINE       adds a line to a file
//	items FILE             each line of the file agrees with docs/item.schema.json
func TestScript(t *testing.T) {
	seed, err := filepath.Abs("../../../crawler/extract/testdata/seed")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SEED", seed)
			e.Values[worldKey{}] = new(*demosite.World)
			e.Values[bucketKey{}] = new(*testbucket.Server)
			return nil
		},
		Condition: func(name string) (bool, error) {
			if name != "storage" { // the build tag small leaves object storage out
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return withStorage, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "world": serve, "publish": publish, "breaks": breaks, "mends": mends, "truth": truth, "items": items,
			"bucket": bucket, "storage": storage, "objects": objects, "append": appendLine,
		},
	})
}

type worldKey struct{}

func world(ts *testscript.TestScript) *demosite.World {
	w, ok := ts.Value(worldKey{}).(**demosite.World)
	if !ok || *w == nil {
		ts.Fatalf("there is no world yet; begin with: world SITES ARTICLES")
	}
	return *w
}

// want checks the form of a command.
func want(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) < n {
		ts.Fatalf("usage: %s", usage)
	}
}

func number(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "exits CODE COMMAND...")
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if code != number(ts, args[0]) {
		ts.Fatalf("exit %d, want %s", code, args[0])
	}
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "world SITES ARTICLES")
	w := demosite.New(demosite.Options{Sites: number(ts, args[0]), Articles: number(ts, args[1])})
	stop, err := w.Serve()
	ts.Check(err)
	ts.Defer(stop)
	*ts.Value(worldKey{}).(**demosite.World) = w
	dir := ts.MkAbs(".")
	ts.Check(os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(w.Config(dir, demosite.WithSelectors)), 0o644))
}

func publish(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "publish N")
	world(ts).Publish(number(ts, args[0]))
}

func breaks(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "breaks PATH STATUS")
	status := number(ts, args[1])
	world(ts).SetFault(func(site int, r *http.Request) demosite.Fault {
		switch {
		case site != 0 || r.URL.Path != args[0]:
			return demosite.Fault{}
		case status == 0:
			return demosite.Fault{Kind: demosite.Rewrite, Rewrite: func([]byte) []byte { return []byte("<html><body></body></html>") }}
		}
		return demosite.Fault{Kind: demosite.Status, Status: status}
	})
}

func mends(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 0, "mends")
	world(ts).SetFault(nil)
}

func truth(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "truth FILE")
	items(ts, neg, args)
	if differences := world(ts).Truth().Check(strings.NewReader(ts.ReadFile(args[0]))); len(differences) > 0 {
		ts.Fatalf("%s differs from what the world published:\n%s", args[0], strings.Join(differences, "\n"))
	}
}

func appendLine(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "append FILE LINE")
	text := strings.TrimRight(ts.ReadFile(args[0]), "\n") + "\n" + args[1] + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func items(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "items FILE")
	for line := range bytes.Lines([]byte(ts.ReadFile(args[0]))) {
		if err := schema.Validate(line); err != nil {
			ts.Fatalf("%s: %v", args[0], err)
		}
	}
}

type bucketKey struct{}

// scriptTB is a script as testbucket needs it.
type scriptTB struct{ *testscript.TestScript }

func (scriptTB) Helper()               {}
func (s scriptTB) Fatal(args ...any)   { s.Fatalf("%s", fmt.Sprint(args...)) }
func (s scriptTB) Cleanup(stop func()) { s.Defer(stop) }

func bucket(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "bucket NAME")
	s := testbucket.Start(scriptTB{ts}, args[0])
	*ts.Value(bucketKey{}).(**testbucket.Server) = s
	ts.Setenv("AWS_ACCESS_KEY_ID", testbucket.Key)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", testbucket.Secret)
	f, err := os.OpenFile(ts.MkAbs("crawl.yaml"), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = fmt.Fprintf(f, "s3: {endpoint: %q, region: %s}\n", s.URL, testbucket.Region)
	ts.Check(errors.Join(err, f.Close()))
}

func storage(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "storage works, or storage answers STATUS CODE PART")
	s := *ts.Value(bucketKey{}).(**testbucket.Server)
	if args[0] == "works" {
		s.Fail(nil)
		return
	}
	want(ts, neg, args, 4, "storage answers STATUS CODE PART")
	status := number(ts, args[1])
	s.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method == http.MethodPut && strings.Contains(r.URL.Path, args[3]) {
			testbucket.Answer(w, status, args[2])
			return
		}
		next.ServeHTTP(w, r)
	})
}

func objects(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "objects FILE")
	s := *ts.Value(bucketKey{}).(**testbucket.Server)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(s.Lines(scriptTB{ts}, "news")), 0o644))
}
