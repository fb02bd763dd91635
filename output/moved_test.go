package output

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func in(base string) func(*Options) { return func(o *Options) { o.Base = base } }

func mkdir(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func move(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.Symlink(to, at); err != nil {
		t.Skipf("no symbolic links: %v", err)
	}
}

// storedAs are positions as they were stored, whatever the base was then.
func storedAs(unfinished bool, list ...Position) func(*Options) {
	return func(o *Options) {
		if unfinished {
			o.Unfinished = list
		} else {
			o.Committed = list
		}
	}
}

func TestFileKey(t *testing.T) {
	for _, c := range []struct{ base, path, want string }{
		{"/srv/news", "/srv/news/items.jsonl", "items.jsonl"},
		{"/srv/news", "/srv/news/out/a/items.jsonl", "out/a/items.jsonl"},
		{"/srv/news", "/srv/newsroom/items.jsonl", "/srv/newsroom/items.jsonl"},
		{"/srv/news", "/srv/items.jsonl", "/srv/items.jsonl"},
		{"/srv/news", "/srv/news/..items.jsonl", "..items.jsonl"},
		{"/", "/items.jsonl", "items.jsonl"},
		{"", "/srv/news/items.jsonl", "/srv/news/items.jsonl"},
	} {
		got := fileKey(filepath.FromSlash(c.base), filepath.FromSlash(c.path))
		if filepath.ToSlash(got) != c.want {
			t.Errorf("%s in %s: key %s, want %s", c.path, c.base, got, c.want)
		}
		p, err := readPosition(c.base, Position{Key: got, Data: []byte(`{}`)})
		if err != nil || p.Path != filepath.FromSlash(c.path) {
			t.Errorf("key %s in %s: path %s, %v, want %s", got, c.base, p.Path, err, c.path)
		}
	}
}

func TestPositionThatIsNoJSON(t *testing.T) {
	bad := Position{Key: "items.jsonl", Data: []byte(`{"offset":`)}
	if _, err := try(t, filepath.Join(t.TempDir(), "items.jsonl"), storedAs(false, bad)); err == nil || !strings.Contains(err.Error(), "position of output items.jsonl") {
		t.Errorf("got %v", err)
	}
}

// TestContinuedElsewhere writes to a file, leaves a tail, and changes by which
// way, or where, the file is found. It is the same file.
func TestContinuedElsewhere(t *testing.T) {
	for _, c := range []struct {
		name   string
		base   string // folder of the state, below the folder of the test
		path   string
		change func(t *testing.T, dir string)
		base2  string // afterwards
		path2  string
		key    string // under which it is stored afterwards; relative to the folder of the test when it begins with "/"
	}{
		{"the folder of the state is moved", "news", "news/out/items.jsonl",
			func(t *testing.T, dir string) { move(t, dir+"/news", dir+"/new") }, "new", "new/out/items.jsonl", "out/items.jsonl"},
		{"it is reached by a symbolic link", "news", "news/out/items.jsonl",
			func(t *testing.T, dir string) { link(t, dir+"/news", dir+"/link") }, "link", "link/out/items.jsonl", "out/items.jsonl"},
		{"only the output is named by a symbolic link", "news", "news/out/items.jsonl",
			func(t *testing.T, dir string) { link(t, dir+"/news", dir+"/link") }, "news", "link/out/items.jsonl", "out/items.jsonl"},
		{"only the state is named by a symbolic link", "news", "news/out/items.jsonl",
			func(t *testing.T, dir string) { link(t, dir+"/news", dir+"/link") }, "link", "news/out/items.jsonl", "out/items.jsonl"},
		{"a folder becomes a symbolic link to another disk", "news", "news/out/items.jsonl",
			func(t *testing.T, dir string) {
				move(t, dir+"/news/out", dir+"/disk")
				link(t, dir+"/disk", dir+"/news/out")
			}, "news", "news/out/items.jsonl", "out/items.jsonl"},
		{"state and output are moved together", "all/state", "all/out/items.jsonl",
			func(t *testing.T, dir string) { move(t, dir+"/all", dir+"/new") }, "new/state", "new/out/items.jsonl", "/new/out/items.jsonl"},
		{"an output outside is moved", "state", "out/items.jsonl",
			func(t *testing.T, dir string) { move(t, dir+"/out", dir+"/disk") }, "state", "disk/items.jsonl", "/disk/items.jsonl"},
		{"an output outside is moved into the folder", "state", "out/items.jsonl",
			func(t *testing.T, dir string) { move(t, dir+"/out", dir+"/state/out") }, "state", "state/out/items.jsonl", "out/items.jsonl"},
		{"an output gets another name", "news", "news/items.jsonl",
			func(t *testing.T, dir string) { move(t, dir+"/news/items.jsonl", dir+"/news/all.jsonl") }, "news", "news/all.jsonl", "all.jsonl"},
		{"a compressed output is moved", "state", "out/items.jsonl.gz",
			func(t *testing.T, dir string) { move(t, dir+"/out", dir+"/disk") }, "state", "disk/items.jsonl.gz", "/disk/items.jsonl.gz"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			mkdir(t, filepath.Join(dir, c.base))
			path, base := filepath.Join(dir, c.path), filepath.Join(dir, c.base)
			b := newBench(t, path, in(base))
			p := b.write(path, "a", "b")
			b.append(path, "never committed")
			b.flush()
			b.Close()
			before := positions(base, p)
			c.change(t, dir)

			path2, base2 := filepath.Join(dir, c.path2), filepath.Join(dir, c.base2)
			b = newBench(t, path2, in(base2), storedAs(true, before...))
			if len(b.warnings) > 0 {
				t.Errorf("warned %q", b.warnings)
			}
			if got := text(t, path2); got != "a\nb\n" {
				t.Errorf("holds %q: the tail was not cut", got)
			}
			key := c.key
			if strings.HasPrefix(key, "/") {
				key = filepath.Join(dir, key)
			}
			if got := fileKey(base2, b.saved[0].Path); len(b.saved) != 1 || got != key {
				t.Errorf("saved %+v under %s, want one position under %s", b.saved, got, key)
			}
			if want := before[0].Key; want != key && !slices.Equal(b.deleted, []string{want}) || want == key && len(b.deleted) > 0 {
				t.Errorf("deleted %q; it was stored as %s and is as %s", b.deleted, want, key)
			}
			ready := b.path(one[0])
			after := b.write(ready, "c")
			b.Close()
			if got := text(t, path2); got != "a\nb\nc\n" || after[0].Lines != 3 {
				t.Errorf("holds %q, %d lines", got, after[0].Lines)
			}
			if b := newBench(t, path2, in(base2), stored(after...)); len(b.saved)+len(b.deleted) > 0 {
				t.Errorf("the start after that saved %+v, deleted %q", b.saved, b.deleted)
			}
		})
	}
}

// TestAbsoluteKeys has positions of files in the folder of the state that were
// stored under whole paths, by older releases, also of files of past days.
func TestAbsoluteKeys(t *testing.T) {
	dir := t.TempDir()
	past := filepath.Join(dir, "past.jsonl")
	b := newBench(t, filepath.Join(dir, "{site}.jsonl"))
	list := append(b.write(past, "a"), b.write(b.path(one[0]), "b")...)
	b.Close()
	b = newBench(t, filepath.Join(dir, "{site}.jsonl"), storedAs(false, positions("", list)...), in(dir))
	if want := []string{past, list[1].Path}; !slices.Equal(b.deleted, want) {
		t.Errorf("deleted %q, want %q", b.deleted, want)
	}
	slices.Reverse(list) // by name
	if !slices.Equal(b.saved, list) {
		t.Errorf("saved %+v, want %+v", b.saved, list)
	}
}

// TestForeignFiles has files of which the state knows nothing, and that are not
// a moved one: they are refused.
func TestForeignFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		path string // of the file, and of the configuration
		text func(t *testing.T, p filePosition) string
		keys []Key
	}{
		{"other text", "new.jsonl", func(*testing.T, filePosition) string { return "x\ny\n" }, one},
		{"shorter", "new.jsonl", func(*testing.T, filePosition) string { return "a\n" }, one},
		{"another compression", "new.jsonl.gz", func(t *testing.T, p filePosition) string { return text(t, p.Path) }, one},
		{"a copy of a file that is written to", "{site}.jsonl", func(t *testing.T, p filePosition) string { return text(t, p.Path) },
			[]Key{{Site: "items"}, {Site: "news"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := written(t)
			path := filepath.Join(filepath.Dir(p.Path), c.path)
			file := strings.ReplaceAll(path, "{site}", "news")
			put(t, file, c.text(t, p))
			b := newBench(t, path, stored(p), func(o *Options) { o.Keys = c.keys })
			var refused *RefusedError
			if err := b.prepare(t.Context(), file); !errors.As(err, &refused) || !strings.Contains(err.Error(), "that this state did not write") {
				t.Errorf("got %v, want a refusal", err)
			}
		})
	}
}

// TestFolderVanished has the folder of the outputs gone, as when a disk is not
// mounted. Nothing is written, to the wrong disk, before somebody looks.
func TestFolderVanished(t *testing.T) {
	for what, name := range map[string]string{"one file": "items.jsonl", "a file a day": "{date}.jsonl", "a folder a site": "{site}/items.jsonl"} {
		t.Run(what, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "disk")
			pattern := filepath.Join(root, name)
			b := newBench(t, pattern)
			path := b.path(Key{Site: "news", At: noon})
			p := b.write(path, "a")
			b.Close()
			move(t, root, root+"-away")

			for _, how := range []func(*Options){stored(p...), killed(p...)} {
				var refused *RefusedError
				_, err := try(t, pattern, how)
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "as when a disk is not mounted") {
					t.Errorf("got %v, want a refusal", err)
				}
			}
			if _, err := os.Stat(root); err == nil {
				t.Error("the folder was made")
			}
			b = newBench(t, pattern, stored(p...), accept)
			b.write(path, "b")
			holds(t, path, "b\n")
		})
	}
	t.Run("during a run", func(t *testing.T) {
		root := filepath.Join(t.TempDir(), "disk")
		path := filepath.Join(root, "items.jsonl")
		b := newBench(t, path)
		b.write(path, "a")
		move(t, root, root+"-away")
		if err := b.prepare(t.Context(), path); err == nil || !strings.Contains(err.Error(), "as when a disk is not mounted") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("before anything was committed", func(t *testing.T) {
		root := filepath.Join(t.TempDir(), "disk")
		path := filepath.Join(root, "items.jsonl")
		newBench(t, path, stored(filePosition{Path: path}))
	})
	t.Run("of one site alone", func(t *testing.T) {
		pattern := filepath.Join(t.TempDir(), "{site}", "items.jsonl")
		b := newBench(t, pattern)
		path := b.path(one[0])
		p := b.write(path, "a")
		b.Close()
		if err := os.RemoveAll(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
		b = newBench(t, pattern, stored(p...))
		if len(b.warnings) != 1 || !strings.Contains(b.warnings[0], "a new file is started") {
			t.Errorf("warned %q", b.warnings)
		}
	})
}

// TestNewFoldersAreSynced: a new folder is durable when its parent is synced.
func TestNewFoldersAreSynced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "items.jsonl")
	b := newBench(t, path)
	var synced []string
	b.disk.syncDir = func(dir string) error {
		synced = append(synced, dir)
		return nil
	}
	b.write(path, "a")
	if want := []string{dir, filepath.Join(dir, "a"), filepath.Join(dir, "a", "b")}; !slices.Equal(synced, want) {
		t.Errorf("synced %q, want %q", synced, want)
	}
}

// TestLowDisk has the disk get low in mid-run: the lines are committed.
func TestLowDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	left := int64(100)
	low := system
	low.free = func(string) (int64, bool) { return left, true }
	o := newBench(t, path).Options
	o.MinFree = 100
	s, err := openFiles(t.Context(), o, low)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{fileSink: s, t: t}
	b.ready(path)
	b.append(path, "a")
	b.flush()
	left = 99
	if err := b.Committed(t.Context()); !errors.Is(err, ErrLowDisk) || !strings.Contains(err.Error(), "has 99 B left, less than min_free (100 B)") {
		t.Errorf("got %v", err)
	}
	if got := b.pos(path); got.Lines != 1 {
		t.Errorf("position %+v, want one line", got)
	}
	b.Close()
	if _, err := openFiles(t.Context(), o, low); !errors.Is(err, ErrLowDisk) {
		t.Errorf("opened with a low disk: %v", err)
	}
}

// TestDrivers chooses sinks by the scheme of the path, gives each its own
// positions, and describes them.
func TestDrivers(t *testing.T) {
	var got Options
	sinks := append(Builtin(), Driver{Scheme: "s3", Open: func(_ context.Context, o Options) (Sink, error) {
		got = o
		return &stdout{}, nil
	}, Describe: func(_ string, p Position) (Description, error) { return Description{Path: p.Key}, nil }})
	file, object := Position{"items.jsonl", []byte(`{"offset":4,"lines":2}`)}, Position{"s3://bucket/items", []byte(`{}`)}
	o := Options{Path: "s3://bucket/items", Committed: []Position{file, object}, Unfinished: []Position{file}}
	if _, err := sinks.Open(t.Context(), o); err != nil || len(got.Committed) != 1 || got.Committed[0].Key != object.Key || len(got.Unfinished) != 0 {
		t.Errorf("opened with %+v, %v", got, err)
	}
	if _, err := Builtin().Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "s3://") {
		t.Errorf("without the driver: %v", err)
	}
	for _, c := range []struct {
		p    Position
		want Description
	}{
		{file, Description{Path: "/srv/items.jsonl", Offset: 4, Lines: 2}},
		{Position{"/a.jsonl.open", []byte(`{"offset":0,"number":3}`)}, Description{Path: "/a.jsonl.open", Sealed: true}},
		{object, Description{Path: "s3://bucket/items"}},
	} {
		if d, err := sinks.Describe("/srv", c.p); err != nil || d != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.p.Key, d, err, c.want)
		}
	}
}
