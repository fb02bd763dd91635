//go:build unix

package crawl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/demosite"
)

// Variables that give a process of the test binary its role.
const (
	roleVar = "NEWSONCE_BENCH_ROLE" // serve, or the name of a subject
	siteVar = "NEWSONCE_BENCH_SITE" // options of the world, or the URL of its listing
	dirVar  = "NEWSONCE_BENCH_DIR"  // folder of the configuration and the output of a subject
	profVar = "NEWSONCE_BENCH_PROF" // file for a CPU profile; "" = none
)

func TestMain(m *testing.M) {
	role := os.Getenv(roleVar)
	if role == "" {
		os.Exit(m.Run())
	}
	if err := play(role); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// play runs a role.
func play(role string) error {
	if role == "serve" {
		var o demosite.Options
		if err := json.Unmarshal([]byte(os.Getenv(siteVar)), &o); err != nil {
			return err
		}
		return demosite.ServeProcess(o, os.Stdout)
	}
	if role == realRole {
		return serveReal(os.Getenv(siteVar))
	}
	if role == programRole {
		return runProgram(os.Getenv(dirVar))
	}
	for _, s := range slices.Concat(subjects, realSubjects) {
		if s.name == role {
			err := profiled(os.Getenv(profVar), func() error { return s.crawl(os.Getenv(siteVar), os.Getenv(dirVar)) })
			return errors.Join(err, noteMemory(os.Getenv(dirVar)))
		}
	}
	return fmt.Errorf("no subject %q", role)
}

// programRole makes the test binary run as newsonce, in the folder of dirVar.
const programRole = "program"

func runProgram(dir string) error {
	if err := os.Chdir(dir); err != nil {
		return err
	}
	os.Exit(cli.Main(context.Background(), []string{"backfill", "--progress", "none"}, cli.Options{}))
	return nil
}

// process returns the test binary in another role, without the variables that change
// how the Go runtime works.
func process(role, site, dir string, more ...string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "GOGC", "GOMEMLIMIT", "GODEBUG", "GOMAXPROCS":
		default:
			c.Env = append(c.Env, v)
		}
	}
	c.Env = append(c.Env, roleVar+"="+role, siteVar+"="+site, dirVar+"="+dir)
	c.Env = append(c.Env, more...)
	return c
}

// site is a world served by another process, with its twin in this one.
type site struct {
	*demosite.World
	commands io.Writer
	answers  *json.Decoder
}

func serve(tb testing.TB, o demosite.Options) *site {
	tb.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		tb.Fatal(err)
	}
	c := process("serve", string(text), "")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := c.Wait(); err != nil {
			tb.Errorf("serve: %v", err)
		}
	})
	s := &site{World: demosite.New(o), commands: in, answers: json.NewDecoder(bufio.NewReader(out))}
	var urls []string
	s.answer(tb, &urls)
	if err := s.Place(urls); err != nil {
		tb.Fatal(err)
	}
	return s
}

func (s *site) answer(tb testing.TB, v any) {
	tb.Helper()
	if err := s.answers.Decode(v); err != nil {
		tb.Fatalf("response of the serving process: %v", err)
	}
}

// pages returns how many requests the site has answered with 200, and how many in all,
// since the last call. Requests for robots.txt do not count.
func (s *site) pages(tb testing.TB) (ok, all int) {
	tb.Helper()
	var log []demosite.Request
	fmt.Fprintln(s.commands, "log")
	s.answer(tb, &log)
	fmt.Fprintln(s.commands, "reset")
	s.answer(tb, new(bool))
	for _, r := range log {
		if r.Path == "/robots.txt" {
			continue
		}
		all++
		if r.Status == 200 {
			ok++
		}
	}
	return ok, all
}

// cost is what a process used.
type cost struct {
	cpu      time.Duration // user and system
	wall     time.Duration
	pages    int // answered with 200
	requests int // answered

	megabytes float64 // the most memory that was resident
}

// costOf returns what a process used that has ended and had its memory noted in dir.
func costOf(p *os.ProcessState, dir string) cost {
	c := cost{cpu: p.UserTime() + p.SystemTime()}
	if text, err := os.ReadFile(filepath.Join(dir, memoryFile)); err == nil {
		kilobytes, _ := strconv.ParseFloat(string(text), 64)
		c.megabytes = kilobytes / 1024
	}
	return c
}

// memoryFile holds the most memory of a process that was resident, in KB. The
// kernel's count for a child that has ended includes memory of its parent.
const memoryFile = "memory"

// noteMemory writes memoryFile, on Linux.
func noteMemory(dir string) error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(dir, memoryFile), []byte(fields[0]), 0o644)
}

// perPage returns the CPU time per page in milliseconds.
func (c cost) perPage() float64 { return float64(c.cpu.Microseconds()) / 1000 / float64(c.pages) }

// run crawls the site with a subject in a process of its own.
func (s *site) run(tb testing.TB, name, dir string, more ...string) cost {
	tb.Helper()
	return s.runWith(tb, s.Config(dir, demosite.WithSelectors), name, dir, more...)
}

func (s *site) runWith(tb testing.TB, config, name, dir string, more ...string) cost {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(config), 0o644); err != nil {
		tb.Fatal(err)
	}
	s.pages(tb)
	c := process(name, s.Site(0).Listing(), dir, more...)
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	start := time.Now()
	if err := c.Run(); err != nil {
		tb.Fatalf("%s: %v\n%s", name, err, said.Bytes())
	}
	got := costOf(c.ProcessState, dir)
	got.wall = time.Since(start)
	got.pages, got.requests = s.pages(tb)
	return got
}
