package e2e

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// bug is a case of testdata/bugs. The README there explains the format.
type bug struct {
	Source, Symptom, Kind string
	Serve                 []answer
	Steps                 []step
	Raw                   []string
}

// step is a command of a bug.
type step struct {
	Run     []string
	Phase   int
	Timeout int // seconds; the test has a limit of its own
}

// answer is an answer of the web of a bug.
type answer struct {
	Path, Re, File, Body string
	Status, Phase        int
	Headers              map[string]string
	Cookie, Nocookie     string
	Cond                 string
	Raw, Gzip            bool
}

// expectation is an element of expected.json.
type expectation struct {
	Step    int      `json:",omitempty"`
	At      string   `json:",omitempty"`
	Is      any      `json:",omitempty"`
	Has     []any    `json:",omitempty"`
	Lacks   []any    `json:",omitempty"`
	OneOf   []any    `json:",omitempty"`
	Order   []any    `json:",omitempty"`
	Count   *float64 `json:",omitempty"`
	AtLeast *float64 `json:",omitempty"`
	AtMost  *float64 `json:",omitempty"`
	Absent  bool     `json:",omitempty"`
	Matches string   `json:",omitempty"`
}

// Inputs after public bug reports give what a user expects.
func TestBugs(t *testing.T) {
	t.Parallel()
	plain(t)
	files, err := filepath.Glob("testdata/bugs/*/case.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			if faults := replay(t, dir); len(faults) > 0 {
				t.Error(strings.Join(faults, "\n"))
			}
		})
	}
}

// replay runs the steps of a case and returns which expectations do not hold.
func replay(t *testing.T, dir string) (faults []string) {
	t.Helper()
	var b bug
	var expected []expectation
	readJSON(t, filepath.Join(dir, "case.json"), &b)
	readJSON(t, filepath.Join(dir, "expected.json"), &expected)
	w := &answers{dir: dir, list: b.Serve, hits: map[string]any{}}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.base = server.URL
	folder := t.TempDir()
	b.copy(t, dir, folder, w.base)
	written := 0
	for i, s := range b.Steps {
		w.set(s.Phase)
		for j := range s.Run {
			s.Run[j] = strings.ReplaceAll(s.Run[j], "{{BASE}}", w.base)
		}
		r := runIn(t, folder, s.Run...)
		if s.Run[0] != "extract" {
			items, _ := os.ReadFile(filepath.Join(folder, "items.jsonl")) // none if nothing was written
			r.out, written = string(items[written:]), len(items)
		}
		got := values(t, r, w.count())
		for _, e := range expected {
			if e.Step != i {
				continue
			}
			if v := at(got, e.At); !e.holds(v) {
				faults = append(faults, fmt.Sprintf("step %d: %s is %s, want %s\n%s", i, e.At, asJSON(v), asJSON(e), r))
			}
		}
	}
	return faults
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// copy copies the files of the case, with the placeholder replaced.
func (b bug) copy(t *testing.T, from, to, base string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(b.Raw, e.Name()) {
			data = bytes.ReplaceAll(data, []byte("{{BASE}}"), []byte(base))
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// runIn runs the program in a folder.
func runIn(t *testing.T, dir string, args ...string) result {
	t.Helper()
	times, err := json.Marshal(short)
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	cmd.Env = append(clean(os.Environ()), "TEST_TIMES="+string(times))
	cmd.Run() // its exit code tells
	return result{args: args, code: cmd.ProcessState.ExitCode(), out: out.String(), err: errs.String()}
}

// values returns what expectations look at, as decoded JSON.
func values(t *testing.T, r result, hits map[string]any) map[string]any {
	t.Helper()
	valid(t, []byte(r.out))
	articles := decode[map[string]any](t, []byte(r.out), "article")
	headlines := decode[map[string]any](t, []byte(r.out), "headline")
	lines := strings.Count(r.out, "\n")
	return map[string]any{
		"exit": float64(r.code), "err": r.err, "hits": hits, "items": make([]any, lines),
		"articles": list(articles), "headlines": list(headlines),
		"urls": sorted(articles, "url"), "titles": sorted(articles, "title"),
	}
}

func list(items []map[string]any) []any {
	l := make([]any, len(items))
	for i, item := range items {
		l[i] = item
	}
	return l
}

func sorted(items []map[string]any, key string) []any {
	l := []any{}
	for _, item := range items {
		l = append(l, item[key])
	}
	slices.SortFunc(l, func(a, b any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return l
}

// at returns the value at a path, nil if there is none. A name applied to a list
// gives the list of that name's values.
func at(v any, path string) any {
	if hit, ok := strings.CutPrefix(path, "hits."); ok {
		return v.(map[string]any)["hits"].(map[string]any)[hit]
	}
	for part := range strings.FieldsFuncSeq(path, func(r rune) bool { return strings.ContainsRune(".[]", r) }) {
		v = field(v, part)
	}
	return v
}

func field(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil {
			if i < len(v) {
				return v[i]
			}
			return nil
		}
		l := []any{}
		for _, e := range v {
			l = append(l, field(e, name))
		}
		return l
	}
	return nil
}

// holds reports whether a value is as expected.
func (e expectation) holds(v any) bool {
	text, _ := v.(string)
	n, number := v.(float64)
	if elements, ok := v.([]any); ok {
		n, number = float64(len(elements)), true
	}
	return (e.Is == nil || reflect.DeepEqual(v, e.Is)) &&
		(e.OneOf == nil || slices.ContainsFunc(e.OneOf, func(x any) bool { return reflect.DeepEqual(v, x) })) &&
		!slices.ContainsFunc(e.Has, func(x any) bool { return find(v, x) < 0 }) &&
		!slices.ContainsFunc(e.Lacks, func(x any) bool { return find(v, x) >= 0 }) &&
		slices.IsSortedFunc(e.Order, func(a, b any) int { return cmp.Compare(find(v, a), find(v, b)) }) &&
		!slices.ContainsFunc(e.Order, func(x any) bool { return find(v, x) < 0 }) &&
		(e.Count == nil || number && n == *e.Count || v == nil && *e.Count == 0) &&
		(e.AtLeast == nil || number && n >= *e.AtLeast) &&
		(e.AtMost == nil || n <= *e.AtMost) &&
		(!e.Absent || v == nil) &&
		(e.Matches == "" || regexp.MustCompile(e.Matches).MatchString(text))
}

// find returns where a text or list holds x, -1 if it does not.
func find(v, x any) int {
	switch v := v.(type) {
	case string:
		return strings.Index(v, fmt.Sprint(x))
	case []any:
		return slices.IndexFunc(v, func(e any) bool { return reflect.DeepEqual(e, x) })
	}
	return -1
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// answers is the web of a case.
type answers struct {
	dir, base string
	list      []answer

	mu    sync.Mutex // guards phase and hits
	phase int
	hits  map[string]any // number of requests by path
}

func (w *answers) set(phase int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phase, w.hits = phase, map[string]any{}
}

func (w *answers) count() map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.hits
}

func (w *answers) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	path := r.URL.RequestURI()
	w.mu.Lock()
	n, _ := w.hits[path].(float64)
	w.hits[path] = n + 1
	phase := w.phase
	w.mu.Unlock()
	for _, a := range slices.Backward(w.list) {
		if groups, ok := a.fits(r, path, phase); ok {
			w.send(rw, r, a, groups)
			return
		}
	}
	http.NotFound(rw, r)
}

// fits reports whether the answer is one to r, with the groups of its pattern.
func (a answer) fits(r *http.Request, path string, phase int) (groups []string, ok bool) {
	cookies := r.Header.Get("Cookie")
	if a.Phase != 0 && a.Phase != phase || a.Cookie != "" && !strings.Contains(cookies, a.Cookie) ||
		a.Nocookie != "" && strings.Contains(cookies, a.Nocookie) {
		return nil, false
	}
	if a.Re != "" {
		groups = regexp.MustCompile(a.Re).FindStringSubmatch(path)
		return groups, groups != nil
	}
	return nil, a.Path == path
}

func (w *answers) send(rw http.ResponseWriter, r *http.Request, a answer, groups []string) {
	body := []byte(a.Body)
	if a.File != "" {
		var err error
		if body, err = os.ReadFile(filepath.Join(w.dir, a.File)); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	if !a.Raw {
		body = []byte(w.fill(string(body), groups))
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html")
	for k, v := range a.Headers {
		h.Set(k, w.fill(v, groups))
	}
	since, match := r.Header.Get("If-Modified-Since"), r.Header.Get("If-None-Match")
	switch {
	case a.Cond == "always" && since+match != "",
		a.Cond == "date" && since != "" && since == h.Get("Last-Modified"),
		a.Cond == "etag" && match != "" && match == h.Get("ETag"):
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if a.Gzip {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		z.Write(body)
		z.Close()
		body = packed.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	rw.WriteHeader(cmp.Or(a.Status, http.StatusOK))
	rw.Write(body)
}

// fill replaces the placeholders of a text.
func (w *answers) fill(s string, groups []string) string {
	s = strings.ReplaceAll(s, "{{BASE}}", w.base)
	for i, g := range groups {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%d}", i), g)
		if n, err := strconv.Atoi(g); err == nil {
			s = strings.ReplaceAll(s, fmt.Sprintf("{%d+1}", i), strconv.Itoa(n+1))
		}
	}
	return s
}
